// Elements out of text: whatever documents, models or servers say becomes a text node, never markup.

const SVG = "http://www.w3.org/2000/svg";

function build(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

export function el(tag, attributes = {}, ...children) {
  return build(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes = {}, ...children) {
  return build(document.createElementNS(SVG, tag), attributes, children);
}

export const byId = (id) => document.getElementById(id);

export function plural(count, one, many = `${one}s`) {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}

// Only the registry's own pages may be linked to, and they open apart.
export function registryLink(url, words) {
  if (!/^https:\/\/(www\.)?clinicaltrials\.gov\//.test(url)) return el("span", {}, words);
  return el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, words);
}

const SECTION_NAMES = {
  "eligibility.inclusion": "Inclusion criteria",
  "eligibility.exclusion": "Exclusion criteria",
  "eligibility.unheaded": "Eligibility criteria",
  "eligibility.fields": "Who can take part",
};

export function sectionName(name) {
  const plain = name.replaceAll(".", ", ");
  return SECTION_NAMES[name] ?? plain.charAt(0).toUpperCase() + plain.slice(1);
}

export function save(name, type, content) {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = el("a", { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
