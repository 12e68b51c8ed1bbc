// Elements. Text goes into them as text, never as markup.

export const $ = (id) => document.getElementById(id);

/** An element with properties (`class`, `text`, `on…` handlers, attributes) and children. */
export function element(name, properties = {}, ...children) {
  const made = name === "svg" || name === "path" ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (key === "text") made.textContent = value;
    else if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

/** Replace what an element contains. */
export function fill(parent, ...children) {
  parent.replaceChildren(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return parent;
}

export const button = (text, onclick, kind = "button") => element("button", { type: "button", class: kind, text, onclick });

/** Offer choices in a list; keeps what was chosen if it is still there. */
export function options(list, choices, chosen = list.value) {
  fill(list, ...choices.map(([value, text]) => element("option", { value, text })));
  if (choices.some(([value]) => String(value) === String(chosen))) list.value = chosen;
}

export const number = (value, digits = Math.abs(value) < 10 ? 3 : 1) =>
  value === null || value === undefined ? "–" : value.toLocaleString("en", { maximumFractionDigits: digits, minimumFractionDigits: digits });

/** A large number by its first digits, such as 12.3k. */
export function count(value) {
  if (value === null || value === undefined) return "–";
  for (const [size, letter] of [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"]]) {
    if (value >= size) return `${(value / size).toPrecision(3)}${letter}`;
  }
  return value.toFixed(0);
}

/** Seconds in words, such as 4m10s. */
export function duration(value) {
  if (value === null || !isFinite(value)) return "–";
  const whole = Math.max(0, Math.round(value));
  for (const [unit, size, below, part] of [["d", 86400, "h", 3600], ["h", 3600, "m", 60], ["m", 60, "s", 1]]) {
    if (whole >= size) return `${Math.floor(whole / size)}${unit}${String(Math.floor((whole % size) / part)).padStart(2, "0")}${below}`;
  }
  return `${whole}s`;
}
