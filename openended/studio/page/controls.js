// Controls beside the sheet: numbers, intervals, choices, dice. Each writes into the task's JSON.
import { element, fill } from "./dom.js";
import { read, write } from "./drafts.js";

const digits = (step) => (String(step).split(".")[1] ?? "").length;
const rounded = (value, step) => Number((Math.round(value / step) * step).toFixed(digits(step)));
const named = (control) => `${control.label}${control.unit ? ` (${control.unit})` : ""}`;

/** Rows for those controls that are no matter of the sheet. */
export function rows(place, draft, controls) {
  const makers = { number, interval, choice, seed };
  fill(place, ...controls.filter((control) => makers[control.kind]).flatMap((control) => {
    return [element("span", { text: named(control) }), ...makers[control.kind](draft, control)];
  }));
}

// A slider with a field beside it; `take` gets each value, and whether it is settled.
function slider(control, value, take, label) {
  const bounds = { min: control.low, max: control.high, step: control.step };
  const range = element("input", { type: "range", ...bounds, value, "aria-label": label });
  const field = element("input", { type: "number", ...bounds, value, "aria-label": label });
  const note = (from, to, settled) => {
    const given = Math.min(Math.max(rounded(Number(from.value), control.step), control.low), control.high);
    to.value = given;
    take(given, settled);
  };
  range.addEventListener("input", () => note(range, field, false));
  range.addEventListener("change", () => note(range, field, true));
  field.addEventListener("change", () => note(field, range, true));
  return { range, field };
}

function writer(draft, path) {
  let marked = false;
  return (value, settled) => {
    if (!marked) draft.mark();
    marked = !settled;
    write(draft.task, path, value);
    draft.changed(settled);
  };
}

function number(draft, control) {
  const wide = control.high - control.low > 2000 * control.step;
  const { range, field } = slider(control, read(draft.task, control.path), writer(draft, control.path), named(control));
  if (wide) range.hidden = true;
  return wide ? [element("span"), field] : [range, field];
}

function interval(draft, control) {
  const value = read(draft.task, control.path), put = writer(draft, control.path);
  const toggle = element("input", { type: "checkbox", "aria-label": `${named(control)}: are there any?` });
  toggle.checked = value !== null;
  toggle.addEventListener("change", () => {
    draft.mark();
    write(draft.task, control.path, toggle.checked ? [...control.first] : null);
    if (!toggle.checked) for (const [path, other] of control.without) write(draft.task, path, other);
    draft.changed(true);
  });
  if (value === null) return [element("div", { class: "wide" }, toggle, element("span", { class: "quiet", text: "none" }))];
  const ends = [0, 1].map((end) => slider(control, value[end], (given, settled) => {
    const now = [...read(draft.task, control.path)];
    now[end] = given;
    if (now[0] > now[1]) now[1 - end] = given;
    put(now, settled);
    ends[1 - end].range.value = ends[1 - end].field.value = now[1 - end];
    told.textContent = `${now[0]} – ${now[1]}`;
  }, `${named(control)}, ${end ? "highest" : "lowest"}`));
  const told = element("span", { class: "small", text: `${value[0]} – ${value[1]}` });
  const both = element("div", { class: "both" }, ends[0].range, ends[1].range);
  return [element("div", { class: "wide" }, control.optional ? toggle : null, both, told)];
}

function choice(draft, control) {
  const list = element("select", { "aria-label": control.label }), now = JSON.stringify(read(draft.task, control.path));
  fill(list, ...control.options.map(([value, text]) => element("option", { value: JSON.stringify(value), text })));
  list.value = now;
  list.addEventListener("change", () => {
    draft.mark();
    write(draft.task, control.path, JSON.parse(list.value));
    draft.changed(true);
  });
  return [element("div", { class: "wide" }, list)];
}

function seed(draft, control) {
  const throwDie = () => {
    draft.mark();
    write(draft.task, control.path, Math.floor(Math.random() * Math.min(control.count, 2 ** 53)));
    draft.changed(true);
  };
  const die = element("button", { type: "button", class: "button", text: "⚄ throw the die", onclick: throwDie });
  return [element("div", { class: "wide" }, die, element("span", { class: "quiet small", text: String(read(draft.task, control.path)) }))];
}
