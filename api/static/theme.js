// Dark or light: the system's choice until the reader makes one.

const stored = localStorage.getItem("theme");
const system = matchMedia("(prefers-color-scheme: dark)");

function show(theme) {
  document.documentElement.dataset.theme = theme;
  document.getElementById("theme")?.setAttribute("aria-label", theme === "dark" ? "Light colours" : "Dark colours");
}

show(stored ?? (system.matches ? "dark" : "light"));
system.addEventListener("change", (event) => {
  if (!localStorage.getItem("theme")) show(event.matches ? "dark" : "light");
});
document.getElementById("theme")?.addEventListener("click", () => {
  const next = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
  localStorage.setItem("theme", next);
  show(next);
});
