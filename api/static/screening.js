// The screening form: fields become a plain description, shown before it is sent.

import { byId, el } from "./dom.js";

const MEASURES = [
  ["eGFR", "mL/min/1.73 m2"], ["Creatinine clearance", "mL/min"], ["Serum creatinine", "mg/dL"], ["HbA1c", "%"], ["Fasting glucose", "mg/dL"],
  ["Haemoglobin", "g/dL"], ["Platelets", "10^9/L"], ["Neutrophils", "10^9/L"], ["ALT", "U/L"], ["AST", "U/L"], ["Bilirubin", "mg/dL"], ["INR", ""],
  ["LVEF", "%"], ["QTc", "ms"], ["Systolic blood pressure", "mmHg"], ["Diastolic blood pressure", "mmHg"], ["BMI", "kg/m2"], ["Weight", "kg"],
  ["ECOG", ""], ["Karnofsky", ""], ["NIHSS", ""], ["Life expectancy", "months"],
];

function addMeasure() {
  const name = el("input", { list: "measure-names", "aria-label": "Measurement", placeholder: "eGFR", autocomplete: "off" });
  const value = el("input", { "aria-label": "Value", placeholder: "45", inputmode: "decimal", autocomplete: "off" });
  const unit = el("input", { "aria-label": "Unit", placeholder: "unit", autocomplete: "off" });
  name.addEventListener("change", () => {
    const known = MEASURES.find(([label]) => label.toLowerCase() === name.value.trim().toLowerCase());
    if (known && !unit.value) unit.value = known[1];
    preview();
  });
  const row = el("div", { class: "measure" }, name, value, unit,
    el("button", { type: "button", class: "quiet", "aria-label": "Remove this measurement", onclick: () => { row.remove(); preview(); } }, "✕"));
  byId("measures").append(row);
  return name;
}

export function description() {
  const age = byId("screen-age").value.trim();
  const sex = byId("screen-sex").value;
  const parts = [];
  if (age || sex) parts.push(`${age ? `${age}-year-old` : ""} ${sex || "patient"}`.trim());
  for (const row of byId("measures").children) {
    const [name, value, unit] = [...row.querySelectorAll("input")].map((input) => input.value.trim());
    if (name && value) parts.push(`${name} ${value}${unit ? ` ${unit}` : ""}`);
  }
  const rest = byId("screen-text").value.trim();
  return [parts.join(", "), rest].filter(Boolean).join(". ");
}

function preview() {
  byId("screen-preview").textContent = description() || "nothing yet";
}

export function setUpScreening(submit) {
  byId("measure-names").append(...MEASURES.map(([label]) => el("option", { value: label })));
  addMeasure();
  preview();
  byId("add-measure").addEventListener("click", () => addMeasure().focus());
  byId("screening").addEventListener("input", preview);
  byId("screening").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = description();
    if (!text) return byId("screen-age").focus();
    byId("screen-details").open = false; // room for the answer; the summary opens it again
    return submit(text);
  });
}
