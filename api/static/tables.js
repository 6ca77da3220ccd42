// Tables of an answer: trials with verdicts (sort, filter, export) and limits side by side.

import { labelOf } from "./charts.js";
import { el, plural, save } from "./dom.js";

const COLUMNS = [
  { key: "verdict", label: "Verdict", of: (item) => item.verdict },
  { key: "trial", label: "Trial", of: (item) => item.trial_id },
  { key: "reason", label: "Why", of: (item) => item.reason },
];
const FIRST_ROWS = 200; // drawn at once; thousands of rows would hold the page up
const VERDICTS = ["match", "excluded", "partial", "possible", "unread"];

const order = (a, b) => a.localeCompare(b, "en", { numeric: true });

function rowOf(item, actions) {
  const unknown = item.unknown?.length
    ? el("span", { class: "unknown" }, `Still to be checked: ${item.unknown.join("; ")}`) : null;
  return el("tr", {},
    el("td", {}, el("span", { class: `badge ${item.verdict}` }, item.verdict)),
    el("th", { scope: "row" },
      el("button", { type: "button", class: "trial-link", onclick: (event) => actions.openTrial(item, event.currentTarget) }, item.trial_id),
      el("span", { class: "title" }, item.title)),
    el("td", { class: "reason" }, item.reason, " ", ...item.citations.map((number) => actions.pill(number)), unknown));
}

export function resultTable(answer, actions) {
  const items = answer.result_set.items;
  let sorted = { key: null, down: false };
  let needle = "";
  let verdict = "";
  let limit = FIRST_ROWS;
  const body = el("tbody");
  const count = el("span", { class: "hint", role: "status" });
  const more = el("button", { type: "button", class: "quiet", hidden: true, onclick: () => { limit = Infinity; draw(); } });
  const heads = COLUMNS.map((column) => el("th", { scope: "col", "aria-sort": "none" },
    el("button", { type: "button", onclick: () => {
      sorted = { key: column.key, down: sorted.key === column.key && !sorted.down };
      draw();
    } }, column.label)));

  function shown() {
    const rank = (item) => VERDICTS.indexOf(item.verdict);
    let list = items.filter((item) => (!verdict || item.verdict === verdict)
      && `${item.trial_id} ${item.title} ${item.reason}`.toLowerCase().includes(needle));
    const column = COLUMNS.find((one) => one.key === sorted.key);
    if (column) {
      list = [...list].sort((a, b) => (column.key === "verdict" ? rank(a) - rank(b) : order(column.of(a), column.of(b)))
        || order(a.trial_id, b.trial_id));
      if (sorted.down) list.reverse();
    }
    return list;
  }

  function draw() {
    const list = shown();
    heads.forEach((head, at) => head.setAttribute("aria-sort",
      COLUMNS[at].key !== sorted.key ? "none" : sorted.down ? "descending" : "ascending"));
    body.replaceChildren(...list.slice(0, limit).map((item) => rowOf(item, actions)));
    more.hidden = list.length <= limit;
    more.textContent = `Show all ${plural(list.length, "row")}`;
    count.textContent = list.length === items.length ? plural(items.length, "trial") : `${list.length} of ${plural(items.length, "trial")}`;
  }

  const present = VERDICTS.filter((one) => items.some((item) => item.verdict === one));
  const filter = el("input", { type: "search", placeholder: "Filter…", "aria-label": "Filter the trials",
    oninput: (event) => { needle = event.target.value.toLowerCase(); draw(); } });
  const choose = present.length > 1 ? el("select", { "aria-label": "Verdict", onchange: (event) => { verdict = event.target.value; draw(); } },
    el("option", { value: "" }, "all verdicts"), ...present.map((one) => el("option", { value: one }, one))) : null;
  draw();
  return el("div", { class: "block results" },
    el("div", { class: "block-head" }, el("h3", {}, "Trials"), count, items.length > 3 ? filter : null, items.length > 3 ? choose : null,
      el("button", { type: "button", class: "quiet", onclick: () => save("trials.csv", "text/csv", csvOf(shown(), answer)) }, "CSV"),
      el("button", { type: "button", class: "quiet", onclick: () => save("trials.json", "application/json", JSON.stringify(shown(), null, 2)) }, "JSON")),
    el("div", { class: "scroller", tabindex: "0", role: "group", "aria-label": "Table of trials" },
      el("table", { class: "cards" }, el("thead", {}, el("tr", {}, ...heads)), body)), more);
}

// A cell that a spreadsheet would take for a formula gets an apostrophe before it.
function cell(value) {
  const text = String(value ?? "");
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function csvOf(items, answer) {
  const names = [...new Set(items.flatMap((item) => Object.keys(item.values ?? {})))].sort();
  const quotes = new Map(answer.citations.map((citation) => [citation.index, citation.cited_text]));
  const rows = items.map((item) => [item.trial_id, item.title, item.verdict, item.reason, ...names.map((name) => item.values?.[name]),
    (item.unknown ?? []).join("; "), item.citations.map((number) => quotes.get(number)).filter(Boolean).join(" | ")]);
  const head = ["trial_id", "title", "verdict", "reason", ...names, "unknown", "quotes"];
  return [head, ...rows].map((row) => row.map(cell).join(",")).join("\r\n");
}

// Rows are what is compared, columns are trials; turned round when there are many trials.
export function comparisonTable(answer, actions) {
  const items = (answer.result_set?.items ?? []).filter((item) => Object.keys(item.values ?? {}).length);
  const names = [...new Set(items.flatMap((item) => Object.keys(item.values)))];
  if (answer.plan.intent !== "compare" || items.length < 2) return null;
  const label = (name) => items.map((item) => labelOf(name, item)).find(Boolean) ?? name.replaceAll(".", " ").replaceAll("_", " ");
  const trial = (item, scope) => el("th", { scope }, el("button", { type: "button", class: "trial-link",
    onclick: (event) => actions.openTrial(item, event.currentTarget) }, item.trial_id));
  const value = (item, name) => el("td", {}, item.values[name] ?? "not stated");
  const table = items.length <= 5
    ? el("table", {}, el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Compared"), ...items.map((item) => trial(item, "col")))),
      el("tbody", {}, ...names.map((name) => el("tr", {}, el("th", { scope: "row" }, label(name)), ...items.map((item) => value(item, name))))))
    : el("table", {}, el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Trial"), ...names.map((name) => el("th", { scope: "col" }, label(name))))),
      el("tbody", {}, ...items.map((item) => el("tr", {}, trial(item, "row"), ...names.map((name) => value(item, name))))));
  return el("div", { class: "block comparison" }, el("div", { class: "block-head" }, el("h3", {}, "Side by side")),
    el("div", { class: "scroller", tabindex: "0", role: "group", "aria-label": "Comparison" }, table));
}
