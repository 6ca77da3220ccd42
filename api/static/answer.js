// One answer: streamed text with citation pills, tables, drawings, how it was read, what became of all trials, sources.

import { accounting, histograms } from "./charts.js";
import { el, plural, save, sectionName } from "./dom.js";
import { comparisonTable, resultTable } from "./tables.js";

const FIRST_SOURCES = 200;
const MARKER = /\[(\d{1,4})\]/g;

export class AnswerView {
  // `openSpan(trialId, spans, from)` shows a record beside the conversation.
  constructor(openSpan) {
    this.openSpan = openSpan;
    this.text = "";
    this.citations = new Map();
    this.readAs = el("p", { class: "read-as", hidden: true });
    this.words = el("div", { class: "answer-text" }, el("span", { class: "waiting", "aria-label": "Working" }, el("i"), el("i"), el("i")));
    this.element = el("article", { class: "answer", "aria-busy": "true" }, this.readAs, this.words);
  }

  showPlan(plan) {
    this.readAs.replaceChildren(el("b", {}, "Read as: "), plan.read_as);
    this.readAs.hidden = !plan.read_as;
  }

  addText(delta) {
    this.text += delta;
    this.drawText();
  }

  drawText() {
    const lines = this.text.split("\n");
    const nodes = [];
    for (const line of lines) {
      if (line.startsWith("- ")) {
        if (nodes.at(-1)?.tagName !== "UL") nodes.push(el("ul"));
        nodes.at(-1).append(el("li", {}, ...this.withPills(line.slice(2))));
      } else if (line.trim()) {
        nodes.push(el("p", {}, ...this.withPills(line)));
      }
    }
    this.words.replaceChildren(...nodes);
  }

  withPills(line) {
    const nodes = [];
    let at = 0;
    for (const found of line.matchAll(MARKER)) {
      nodes.push(line.slice(at, found.index).replace(/\s+$/, (blank) => (blank ? "\u00a0" : "")), this.pill(Number(found[1])));
      at = found.index + found[0].length;
    }
    nodes.push(line.slice(at));
    return nodes;
  }

  pill(number) {
    const citation = this.citations.get(number);
    const label = citation ? `Source ${number}, ${citation.trial_id}: ${citation.cited_text.slice(0, 160)}` : `Source ${number}`;
    return el("button", { type: "button", class: "pill", "aria-label": label, title: citation ? citation.cited_text.slice(0, 300) : null,
      "data-citation": number, onclick: (event) => {
        const known = this.citations.get(number);
        if (known) this.openSpan(known.trial_id, [known], event.currentTarget);
      } }, String(number));
  }

  finish(answer) {
    this.answer = answer;
    this.text = answer.answer;
    this.citations = new Map(answer.citations.map((citation) => [citation.index, citation]));
    this.showPlan(answer.plan);
    this.drawText();
    if (answer.status === "abstained") this.element.classList.add("abstained");
    const actions = {
      pill: (number) => this.pill(number),
      openTrial: (item, from) => {
        const cited = item.citations.map((number) => this.citations.get(number)).filter(Boolean);
        this.openSpan(item.trial_id, cited, from);
      },
    };
    const found = answer.result_set;
    this.element.append(...[
      found?.items.length ? comparisonTable(answer, actions) : null,
      ...histograms(answer),
      found?.items.length ? resultTable(answer, actions) : null,
      found ? accounting(found) : null,
      this.sources(answer),
      answer.warnings.length ? el("ul", { class: "warnings", "aria-label": "Notes" }, ...answer.warnings.map((warning) => el("li", {}, warning))) : null,
      planDetails(answer),
      this.actions(answer),
    ].filter(Boolean));
    this.element.setAttribute("aria-busy", "false");
  }

  sources(answer) {
    const nearest = answer.abstention?.nearest ?? [];
    const list = answer.citations.length ? answer.citations : nearest;
    if (!list.length) return null;
    const shown = list.slice(0, FIRST_SOURCES);
    const rows = shown.map((citation) => el("li", {},
      answer.citations.length ? this.pill(citation.index)
        : el("button", { type: "button", class: "pill", "aria-label": `Nearest passage ${citation.index}, ${citation.trial_id}`,
          onclick: (event) => this.openSpan(citation.trial_id, [citation], event.currentTarget) }, String(citation.index)),
      el("div", {}, el("q", {}, citation.cited_text.length > 420 ? `${citation.cited_text.slice(0, 420)}…` : citation.cited_text),
        el("small", {}, `${citation.trial_id} · ${sectionName(citation.section)} · ${citation.source}, ${citation.origin}`))));
    const rest = list.length - shown.length;
    const title = answer.citations.length ? plural(list.length, "source") : plural(list.length, "nearest passage");
    return el("details", { class: "source-list", open: list.length <= 6 || !answer.citations.length }, el("summary", {}, title), el("ol", { class: "sources" }, ...rows),
      rest ? el("p", { class: "hint" }, `${plural(rest, "more source")}: open them from the table, or see the JSON.`) : null);
  }

  actions(answer) {
    const copied = el("span", { class: "hint", role: "status" });
    const copy = async () => {
      try {
        await navigator.clipboard.writeText(withSources(answer));
        copied.textContent = "Copied";
      } catch {
        save("answer.txt", "text/plain", withSources(answer));
        copied.textContent = "Saved as a file";
      }
    };
    const wording = answer.mode === "llm" ? `worded by ${answer.model ?? "a model"}, each sentence checked` : "extractive";
    return el("div", { class: "actions" },
      el("button", { type: "button", class: "quiet copy", onclick: copy }, "Copy with sources"),
      el("button", { type: "button", class: "quiet", onclick: () => save("answer.json", "application/json", JSON.stringify(answer, null, 2)) }, "Answer as JSON"),
      copied,
      el("span", { class: "meta" }, `${Math.round(answer.timings_ms.total ?? 0)} ms · ${wording}`));
  }

  fail(message) {
    this.element.classList.add("error");
    this.element.setAttribute("aria-busy", "false");
    if (!this.text) this.words.replaceChildren();
    this.element.append(el("p", { role: "alert" }, message));
  }
}

function planDetails(answer) {
  const { plan, index } = answer;
  const rows = [["Kind of question", plan.intent.replaceAll("_", " ")]];
  if (plan.question && plan.question !== answer.question) rows.push(["Taken to mean", plan.question]);
  for (const trial of plan.trials ?? []) rows.push([`“${trial.text}”`, (trial.trial_ids ?? []).join(", ") || "no trial found"]);
  if (plan.unread?.length) rows.push(["Words not placed", plan.unread.join(", ")]);
  rows.push(["Index", `${index.id}, ${plural(index.trials, "trial")}, ${plural(index.passages, "passage")}`]);
  return el("details", {}, el("summary", {}, "How this was read"),
    el("dl", { class: "plan-list" }, ...rows.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)])));
}

export function withSources(answer) {
  const items = (answer.result_set?.items ?? []).map((item) =>
    `- ${item.trial_id} (${item.verdict}): ${item.reason} ${item.citations.map((number) => `[${number}]`).join("")}`.trimEnd());
  const sources = answer.citations.map((citation) =>
    `[${citation.index}] “${citation.cited_text}” — ${citation.trial_id}, ${sectionName(citation.section)}, ${citation.url}`);
  return [`Q: ${answer.question}`, "", answer.answer, ...(items.length ? ["", ...items] : []), ...(sources.length ? ["", "Sources", ...sources] : [])].join("\n");
}
