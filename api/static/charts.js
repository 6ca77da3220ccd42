// Drawings: what became of every trial, and which thresholds are used. Each says in words what it draws.

import { el, plural, svg } from "./dom.js";

export const ACCOUNT_WORDS = {
  all_excluded: "all of it turned away",
  part_excluded: "part of it turned away",
  conditional: "turned away for some, or under a condition",
  range_required: "required",
  admitted: "admitted",
  other_measure: "a related measure limited",
  not_stated: "not stated",
  unread: "could not be read",
  match: "match",
  partial: "match in part",
  no_match: "do not match",
  silent: "not stated",
  excluded: "excluded",
  possible: "possible",
};

const accountLine = ([name, count]) => {
  const words = ACCOUNT_WORDS[name] ?? name.replaceAll("_", " ");
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}: ${count.toLocaleString("en")}`;
};

export function accounting(resultSet) {
  const classes = Object.entries(resultSet.accounting ?? {}).filter(([, count]) => count > 0);
  if (!classes.length) {
    return el("p", { class: "hint" }, `${plural(resultSet.considered, "trial")} considered${resultSet.complete ? "" : ", not all of the collection"}.`);
  }
  const total = classes.reduce((sum, [, count]) => sum + count, 0);
  const words = classes.map(accountLine);
  let at = 0;
  const bars = classes.map(([name, count]) => {
    const bar = svg("rect", { x: at, y: 0, width: (count / total) * 1000, height: 12, class: `seg-${name}` },
      svg("title", {}, accountLine([name, count])));
    at += (count / total) * 1000;
    return bar;
  });
  return el("figure", { class: "accounting" },
    el("figcaption", {}, `All ${plural(total, "trial")} accounted for`),
    svg("svg", { class: "accounting-bar", viewBox: "0 0 1000 12", preserveAspectRatio: "none", role: "img", "aria-label": words.join(", ") }, ...bars),
    el("ul", { class: "legend" }, ...classes.map(([name], n) => el("li", {},
      svg("svg", { viewBox: "0 0 10 10", "aria-hidden": "true" }, svg("rect", { width: 10, height: 10, rx: 3, class: `seg-${name}` })), words[n]))));
}

// Figures after a comparison sign in the reason, which holds canonical units: 'limits to eGFR ≥ 30 mL/min' → 30.
// Only the first counts: a trial stands once in a drawing.
function threshold(name, item) {
  const label = labelOf(name, item);
  const words = label ? item.reason.slice(item.reason.indexOf(label)) : "";
  const found = /[<>≤≥]\s*(-?\d+(?:\.\d+)?)/.exec(words);
  return found ? Number(found[1]) : null;
}

// The name of a variable as the reason writes it: 'egfr' → 'eGFR', 'serum_creatinine' → 'serum creatinine'.
export function labelOf(name, item) {
  const pattern = name.replace(/[^a-z0-9]+/gi, "[^a-z0-9]{0,3}");
  return new RegExp(pattern, "i").exec(item.reason)?.[0] ?? null;
}

function columnsOf(values) {
  const counts = new Map();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const distinct = [...counts].sort((a, b) => a[0] - b[0]);
  if (distinct.length <= 14) return distinct.map(([value, count]) => ({ label: String(value), count }));
  const low = distinct[0][0];
  const step = (distinct.at(-1)[0] - low) / 12;
  const bins = Array.from({ length: 12 }, (_, n) => ({ from: low + n * step, count: 0 }));
  for (const [value, count] of distinct) bins[Math.min(11, Math.floor((value - low) / step))].count += count;
  return bins.map((bin) => ({ label: `${Number(bin.from.toPrecision(3))}+`, count: bin.count }));
}

function histogram(name, columns, trials) {
  const width = matchMedia("(max-width: 760px)").matches ? 340 : 640;
  const height = 190, floor = height - 34, top = 18;
  const most = Math.max(...columns.map((column) => column.count));
  const slot = width / columns.length;
  const bar = Math.min(54, slot * 0.66);
  const drawn = columns.flatMap((column, n) => {
    const tall = (column.count / most) * (floor - top);
    const middle = slot * n + slot / 2;
    return [
      svg("rect", { class: "column", x: middle - bar / 2, y: floor - tall, width: bar, height: Math.max(tall, 1), rx: 4 }),
      svg("text", { x: middle, y: floor - tall - 5, "text-anchor": "middle" }, String(column.count)),
      svg("text", { x: middle, y: floor + 18, "text-anchor": "middle" }, column.label),
    ];
  });
  const words = columns.filter((column) => column.count).map((column) => `${column.label}: ${column.count}`).join("; ");
  return el("figure", { class: "histogram" },
    el("figcaption", {}, `Limits on ${name}: how many of ${plural(trials, "trial")} draw the line where`),
    svg("svg", { class: "chart", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `Trials at each threshold. ${words}` },
      svg("line", { class: "axis", x1: 0, x2: width, y1: floor, y2: floor }), ...drawn));
}

// One histogram a variable that at least three trials put a figure on; three at most.
export function histograms(answer) {
  if (!["landscape", "trials", "compare", "whatif", "count"].includes(answer.plan.intent)) return [];
  const byName = new Map();
  for (const item of answer.result_set?.items ?? []) {
    for (const name of Object.keys(item.values ?? {})) {
      const value = threshold(name, item);
      if (value === null) continue;
      const known = byName.get(name) ?? { label: labelOf(name, item), values: [] };
      known.values.push(value);
      byName.set(name, known);
    }
  }
  return [...byName.values()].filter(({ values }) => values.length >= 3)
    .sort((a, b) => b.values.length - a.values.length).slice(0, 3)
    .map(({ label, values }) => histogram(label, columnsOf(values), values.length));
}
