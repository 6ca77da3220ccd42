// One trial record: its text section by section with the cited words marked, or its criteria as they were read.

import { getJson } from "./client.js";
import { el, plural, registryLink, sectionName } from "./dom.js";

const cache = new Map();

async function load(path) {
  if (!cache.has(path)) cache.set(path, getJson(path).catch((error) => { cache.delete(path); throw error; }));
  return cache.get(path);
}

// Offsets of the server count Unicode code points, strings here count UTF-16 units.
function unitsOf(text) {
  const units = [0];
  let at = 0;
  for (const character of text) units.push((at += character.length));
  return units;
}

export function spansOf(parameter) {
  return (parameter ?? "").split(",")
    .map((part) => /^(\d+)-(\d+)$/.exec(part))
    .filter(Boolean)
    .map((found) => ({ start: Number(found[1]), end: Number(found[2]) }))
    .filter((span) => span.start < span.end);
}

// The stretch from start to end as text nodes, the parts inside a span marked.
function marked(slice, start, end, spans) {
  const nodes = [];
  let at = start;
  for (const span of spans) {
    const from = Math.max(span.start, at);
    const to = Math.min(span.end, end);
    if (from >= to) continue;
    if (from > at) nodes.push(slice(at, from));
    nodes.push(el("mark", { tabindex: "-1" }, slice(from, to)));
    at = to;
  }
  if (at < end) nodes.push(slice(at, end));
  return nodes;
}

function textView(record, spans, level) {
  const units = unitsOf(record.text);
  const last = units.length - 1;
  const slice = (start, end) => record.text.slice(units[Math.min(start, last)], units[Math.min(end, last)]);
  const ordered = [...spans].sort((a, b) => a.start - b.start);
  const body = el("div", { class: "record-body" });
  // Blank lines around a stretch are layout of the text, not of the page; a stretch of blanks alone is left out.
  const trimmed = (start, end) => {
    const whole = slice(start, end);
    const lead = Array.from(/^\s*/.exec(whole)[0]).length;
    const tail = Array.from(/\s*$/.exec(whole)[0]).length;
    return lead + tail >= end - start ? null : [start + lead, end - tail];
  };
  let at = 0;
  for (const section of [...record.sections, null]) {
    const start = section?.start ?? last;
    if (start < at) continue;
    // A short line before a section is its printed heading and stands for our name of it; longer text stands by itself.
    const before = trimmed(at, start);
    const label = sectionName(section?.name ?? "");
    const heading = before && section && before[1] - before[0] <= 90 ? before : null;
    if (before && !heading) body.append(el("p", { class: "record-between" }, ...marked(slice, ...before, ordered)));
    if (!section) break;
    const inner = trimmed(section.start, section.end);
    body.append(el("section", { class: "record-section", id: `section-${section.start}`, "aria-label": label, tabindex: "-1" },
      el(level, { class: "section-title" }, ...(heading ? marked(slice, ...heading, ordered) : [label])),
      inner ? el("div", { class: "record-text" }, ...marked(slice, ...inner, ordered)) : null));
    at = section.end;
  }
  return body;
}

function clauseWords(clause) {
  const parts = [el("code", {}, clause.any_of.map((atom) => atom.words).join(" or "))];
  if (clause.scope.length) parts.push(` only ${clause.scope.map((scope) => scope.text).join(", ")}`);
  if (clause.exceptions.length) parts.push(` except: ${clause.exceptions.map((quote) => quote.text).join("; ")}`);
  if (clause.window) parts.push(` (${clause.window})`);
  return el("li", {}, ...parts);
}

function criteriaView(read) {
  const body = el("div", { class: "record-body" });
  body.append(el("p", { class: "hint" }, "What an admitted participant must satisfy, as read from the text above each line."));
  for (const criterion of read.criteria) {
    const tone = criterion.polarity === "inclusion" ? "match" : "excluded";
    body.append(el("article", { class: "criterion" },
      el("p", {}, el("span", { class: `badge ${tone}` }, criterion.polarity), " ", criterion.text),
      criterion.requires.length ? el("ul", {}, ...criterion.requires.map(clauseWords)) : null));
  }
  for (const finding of read.findings) {
    body.append(el("article", { class: "criterion" },
      el("p", {}, el("span", { class: "badge partial" }, "finding"), " ", finding.message)));
  }
  return body;
}

function factsOf(facts) {
  const age = [facts.minimum_age?.text, facts.maximum_age?.text];
  const ages = age[0] || age[1] ? `${age[0] ?? "any age"} to ${age[1] ?? "any age"}` : null;
  const words = (value) => value?.toLowerCase().replaceAll("_", " ");
  return [
    words(facts.status),
    facts.phases?.map((phase) => words(phase).replace("phase", "phase ").replace(/^na$/, "no phase")).join(", "),
    facts.enrollment ? plural(facts.enrollment, "participant") : null,
    ages,
    facts.sex && facts.sex !== "ALL" ? words(facts.sex) : null,
    facts.sponsor,
    facts.countries?.length ? (facts.countries.length > 3 ? plural(facts.countries.length, "country", "countries") : facts.countries.join(", ")) : null,
  ].filter(Boolean);
}

function head(record, options, show) {
  const jump = el("select", { onchange: (event) => {
    const target = document.getElementById(`section-${event.target.value}`);
    target?.scrollIntoView({ block: "start" });
    target?.focus({ preventScroll: true });
  } }, ...record.sections.map((section) => el("option", { value: section.start }, sectionName(section.name))));
  const swap = el("button", { type: "button", class: "quiet", "aria-pressed": "false", onclick: async () => {
    const criteria = swap.getAttribute("aria-pressed") === "false";
    await show(criteria);
    swap.setAttribute("aria-pressed", String(criteria));
    jumpLabel.hidden = criteria;
  } }, "Criteria as read");
  const jumpLabel = el("label", {}, "Section", jump);
  const title = options.page ? "h1" : "h2";
  return el("header", { class: "record-head" },
    el("div", { class: "record-top" },
      el("span", { class: "id" }, record.trial_id),
      options.page ? null : el("a", { href: record.view_url + (options.search ?? ""), class: "hint" }, "Open as a page"),
      registryLink(record.url, "Registry"),
      options.onClose ? el("button", { type: "button", class: "icon-button", "aria-label": "Close the record", onclick: options.onClose }, "✕") : null),
    el(title, { class: "record-title", tabindex: "-1" }, record.title),
    el("ul", { class: "facts" }, ...factsOf(record.facts).map((fact) => el("li", {}, fact))),
    el("div", { class: "record-views" }, jumpLabel, swap));
}

// Shows the record in `pane`, scrolled to the first marked words, which get the focus.
export async function showRecord(pane, trialId, spans, options = {}) {
  pane.replaceChildren(el("p", { class: "record-error", role: "status" }, `Opening ${trialId}…`));
  const path = `/v1/trials/${encodeURIComponent(trialId)}`;
  let record;
  try {
    record = await load(path);
  } catch (error) {
    pane.replaceChildren(el("div", { class: "record-error", role: "alert" }, error.message,
      options.onClose ? el("p", {}, el("button", { type: "button", class: "quiet", onclick: options.onClose }, "Close")) : null));
    return null;
  }
  const text = textView(record, spans, options.page ? "h2" : "h3");
  let shown = text;
  const show = async (criteria) => {
    const next = criteria ? criteriaView(await load(`${path}/criteria`)) : text;
    shown.replaceWith(next);
    shown = next;
    pane.scrollTop = 0;
  };
  pane.replaceChildren(head(record, options, show), text);
  const first = pane.querySelector("mark");
  if (first) {
    first.scrollIntoView({ block: "center", behavior: "instant" });
    first.focus({ preventScroll: true });
  } else {
    pane.querySelector(".record-title").focus({ preventScroll: true });
  }
  return record;
}
