// The chat: asking, history, tabs, the record beside the conversation, keys.

import { AnswerView } from "./answer.js";
import { getJson, postEvents, postJson } from "./client.js";
import { byId, el, plural } from "./dom.js";
import { showRecord } from "./record.js";
import { setUpScreening } from "./screening.js";

const EXAMPLES = [
  "Which trials exclude eGFR below 60?",
  "What eGFR cut-offs are used?",
  "Which trials exclude pregnant women?",
  "How many trials are recruiting?",
];
const HISTORY_KEY = "questions";
const MOST_KEPT = 50;
let turns = []; // what the server is told of earlier turns
let running = null; // the AbortController of the answer that is coming in
let opener = null; // the element that opened the record, which gets the focus back

// ── Asking ──────────────────────────────────────────────────────────────────────────────────────────────────────────

function newTurn(asked) {
  byId("welcome").hidden = true;
  const view = new AnswerView(openSpan);
  const turn = el("div", { class: "turn" }, el("h2", { class: "asked" }, asked), view.element);
  byId("turns").append(turn);
  turn.scrollIntoView({ block: "start", behavior: "instant" });
  return view;
}

function announce(words) {
  byId("announcer").textContent = words;
}

function busy(on) {
  byId("send").hidden = on;
  byId("stop").hidden = !on;
}

async function withAnswer(asked, work) {
  running?.abort();
  const control = new AbortController();
  running = control;
  busy(true);
  const view = newTurn(asked);
  announce("Working…");
  try {
    const answer = await work(view, control.signal);
    view.finish(answer);
    announce(answer.answer.replace(/\s*\[\d+\]/g, ""));
    return answer;
  } catch (error) {
    view.fail(error.name === "AbortError" ? "Stopped." : error.message);
    return null;
  } finally {
    if (running === control) { running = null; busy(false); }
  }
}

async function ask(question) {
  remember(question);
  const answer = await withAnswer(question, async (view, signal) => {
    const body = { question, history: turns.slice(-20) };
    for await (const { name, data } of postEvents("/v1/ask/stream", body, signal)) {
      if (name === "plan") view.showPlan(data.plan);
      else if (name === "text") view.addText(data.delta);
      else if (name === "done") return data;
      else if (name === "error") throw new Error(data.error.message);
    }
    throw new Error("The answer broke off. Ask again.");
  });
  if (answer) turns.push({ role: "user", content: question }, { role: "assistant", content: answer.answer });
}

function screen(text) {
  return withAnswer(text, (_, signal) => postJson("/v1/screen", { text }, signal));
}

// ── The record ──────────────────────────────────────────────────────────────────────────────────────────────────────

function openSpan(trialId, citations, from) {
  opener?.setAttribute("aria-expanded", "false");
  opener = from;
  opener?.setAttribute("aria-expanded", "true");
  const pane = byId("record-pane");
  pane.hidden = false;
  const spans = citations.map(({ start, end }) => ({ start, end }));
  const search = spans.length ? `?c=${spans.map(({ start, end }) => `${start}-${end}`).join(",")}` : "";
  showRecord(pane, trialId, spans, { onClose: closeRecord, search });
}

function closeRecord() {
  const pane = byId("record-pane");
  if (pane.hidden) return;
  pane.hidden = true;
  pane.replaceChildren();
  opener?.setAttribute("aria-expanded", "false");
  (opener?.isConnected ? opener : byId("question")).focus();
  opener = null;
}

// ── History ─────────────────────────────────────────────────────────────────────────────────────────────────────────

function kept() {
  try {
    const list = JSON.parse(localStorage.getItem(HISTORY_KEY) ?? "[]");
    return Array.isArray(list) ? list.filter((one) => typeof one === "string") : [];
  } catch {
    return [];
  }
}

function remember(question) {
  localStorage.setItem(HISTORY_KEY, JSON.stringify([question, ...kept().filter((one) => one !== question)].slice(0, MOST_KEPT)));
  drawHistory();
}

function drawHistory() {
  const list = kept();
  byId("history-list").replaceChildren(...list.map((question) => el("li", {},
    el("button", { type: "button", onclick: () => ask(question) }, question))));
  byId("history-clear").hidden = !list.length;
}

function toggleHistory() {
  const panel = byId("history");
  panel.hidden = !panel.hidden;
  byId("history-toggle").setAttribute("aria-expanded", String(!panel.hidden));
}

// ── Setting up ──────────────────────────────────────────────────────────────────────────────────────────────────────

function selectTab(name) {
  for (const one of ["ask", "screen"]) {
    const chosen = one === name;
    byId(`tab-${one}`).setAttribute("aria-selected", String(chosen));
    byId(`tab-${one}`).tabIndex = chosen ? 0 : -1;
    byId(`panel-${one}`).hidden = !chosen;
  }
  byId(name === "ask" ? "question" : "screen-age").focus();
}

function setUpTabs() {
  for (const one of ["ask", "screen"]) {
    const tab = byId(`tab-${one}`);
    tab.addEventListener("click", () => selectTab(one));
    tab.addEventListener("keydown", (event) => {
      if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
      event.preventDefault();
      const other = one === "ask" ? "screen" : "ask";
      selectTab(other);
      byId(`tab-${other}`).focus();
    });
  }
}

function setUpComposer() {
  const box = byId("question");
  const grow = () => { box.style.height = "auto"; box.style.height = `${box.scrollHeight + 2}px`; };
  box.addEventListener("input", grow);
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    byId("composer").requestSubmit();
  });
  byId("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    const question = box.value.trim();
    if (!question) return;
    box.value = "";
    grow();
    ask(question);
  });
  byId("stop").addEventListener("click", () => running?.abort());
}

function setUpKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !byId("record-pane").hidden) closeRecord();
    const typing = event.target.closest("input, textarea, select");
    if (event.key === "/" && !typing) {
      event.preventDefault();
      selectTab("ask");
    }
  });
}

async function showIndex() {
  try {
    const { total } = await getJson("/v1/trials?limit=1");
    byId("index-info").textContent = `${plural(total, "trial")} indexed`;
  } catch (error) {
    byId("index-info").textContent = error.message;
  }
}

byId("examples").append(...EXAMPLES.map((question) => el("li", {}, el("button", { type: "button", onclick: () => ask(question) }, question))));
byId("new-conversation").addEventListener("click", () => {
  running?.abort();
  turns = [];
  byId("turns").replaceChildren();
  byId("welcome").hidden = false;
  closeRecord();
  byId("question").focus();
});
byId("history-toggle").addEventListener("click", toggleHistory);
byId("history-clear").addEventListener("click", () => { localStorage.removeItem(HISTORY_KEY); drawHistory(); });
setUpTabs();
setUpComposer();
setUpKeys();
setUpScreening(screen);
drawHistory();
showIndex();
if (matchMedia("(min-width: 761px)").matches) byId("question").focus();
