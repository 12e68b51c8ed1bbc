// A line of ground that is dragged into bumps, and things that stand on it: moved, resized, added, removed.
import { element, fill } from "./dom.js";
import { backdrop, decoded, fit, ruler, shapes } from "./scene.js";
import { read, write } from "./drafts.js";

const HANDLE = "#d55e00", EARTH = "#968370", GRASS = "#4a8f4a", STONE = "#5c616c";
const SPANS = [12, 24, 48, 100];

export class Course {
  constructor(sheet, canvas, draft, controls) {
    Object.assign(this, { sheet, canvas, draft, chosen: null, cursor: 0, keyboard: false, held: null, film: null });
    this.line = controls.find((control) => control.kind === "line");
    this.things = controls.find((control) => control.kind === "things");
    this.span = 24;
    this.left = (this.line?.start ?? 0) - 2;
    this.brush = 3;
  }

  get hint() {
    return "Drag the ground up or down; drag a thing to move it, its orange handles to resize it. Keys: arrows move and raise, n and b choose the next thing, Delete removes it, Escape goes back to the ground.";
  }

  fit() {
    fit(this.canvas, 0.46, 220, 440);
  }

  /** Tools beside the sheet: where one looks, how wide the brush is, what can be added. */
  tools(place) {
    const end = this.line ? this.line.start + this.line.spacing * (this.heights.length - 1) : 100;
    const along = element("input", { type: "range", min: this.line?.start - 6, max: end, step: 0.5, value: this.left, "aria-label": "along the course" });
    along.addEventListener("input", () => {
      this.left = Number(along.value);
      this.draw();
    });
    const zoom = element("select", { "aria-label": "how much is shown" }, ...SPANS.map((span) => element("option", { value: span, text: `${span} m` })));
    zoom.value = this.span;
    zoom.addEventListener("change", () => {
      this.span = Number(zoom.value);
      this.draw();
    });
    const brush = element("select", { "aria-label": "width of the brush" }, ...[1, 3, 6, 12].map((wide) => element("option", { value: wide, text: `brush ${wide} m` })));
    brush.value = this.brush;
    brush.addEventListener("change", () => (this.brush = Number(brush.value)));
    const adders = this.things ? this.things.sorts.map((sort) => element("button", { type: "button", class: "button", text: `+ ${sort.label}`, onclick: () => this.add(sort) })) : [];
    fill(place, ...adders, brush, element("label", {}, "along", along), zoom);
    along.style.width = "min(100%, 220px)";
  }

  get heights() {
    return this.line ? read(this.draft.task, this.line.path) : [0];
  }

  get list() {
    return this.things ? read(this.draft.task, this.things.path) : [];
  }

  /** The server's shapes of the task as it is. */
  settled(drawn) {
    this.film = drawn ? decoded(drawn, () => {}) : null;
    this.stale = false;
  }

  ground(x) {
    const { start, spacing, origin, scale } = this.line, place = Math.min(Math.max((x - start) / spacing, 0), this.heights.length - 1);
    const before = Math.floor(place), after = Math.min(before + 1, this.heights.length - 1);
    return origin + scale * (this.heights[before] + (this.heights[after] - this.heights[before]) * (place - before));
  }

  sort(thing) {
    return this.things.sorts.find((sort) => sort.name === thing.kind);
  }

  // What a drag of this name writes to, if a thing has it.
  part(thing, drag) {
    return this.sort(thing).controls.find((control) => control.drag === drag);
  }

  // A thing's box in metres, as far as its numbers say.
  box(thing) {
    const size = (drag, usual) => {
      const control = this.part(thing, drag);
      return control ? control.scale * read(thing, control.path) : usual;
    };
    const x = this.things.start + size("place", 0), y = this.ground(x);
    return { x, y, width: Math.max(size("width", 0.5), 0.3), height: Math.max(size("height", 0.5), 0.25) };
  }

  get view() {
    const scale = this.canvas.width / this.span;
    const middle = this.held?.middle ?? this.ground(this.left + this.span / 2); // stands still while something is held
    return { scale, left: this.left, bottom: middle - (0.45 * this.canvas.height) / scale, high: this.canvas.height };
  }

  pixel(x, y) {
    const { scale, left, bottom, high } = this.view;
    return [(x - left) * scale, high - (y - bottom) * scale];
  }

  draw() {
    const pen = this.canvas.getContext("2d"), view = this.view;
    backdrop(pen, this.film?.sky ?? ["#dfe9f2", "#f7f6f2"], this.canvas.width, this.canvas.height);
    if (this.film && !this.stale) shapes(pen, this.film, 0, view, () => true);
    else this.sketch(pen);
    ruler(pen, view, this.canvas.width, this.canvas.height);
    this.handles(pen);
  }

  // What the task will look like, until the server has drawn it.
  sketch(pen) {
    const { start, spacing, origin, scale } = this.line, high = this.canvas.height;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.beginPath();
    pen.moveTo(...this.pixel(-10, origin));
    pen.lineTo(...this.pixel(start, origin));
    this.heights.forEach((height, place) => pen.lineTo(...this.pixel(start + spacing * place, origin + scale * height)));
    pen.lineTo(this.canvas.width + 50, high * 3);
    pen.lineTo(-50, high * 3);
    pen.closePath();
    pen.fillStyle = EARTH;
    pen.fill();
    pen.strokeStyle = GRASS;
    pen.lineWidth = 3;
    pen.stroke();
    pen.fillStyle = STONE;
    for (const thing of this.list) {
      const { x, y, width, height } = this.box(thing), [left, top] = this.pixel(x, y + height), scale = this.view.scale;
      pen.fillRect(left, top, width * scale, height * scale);
    }
  }

  handles(pen) {
    pen.setTransform(1, 0, 0, 1, 0, 0);
    this.list.forEach((thing, place) => {
      const { x, y, width, height } = this.box(thing), [left, top] = this.pixel(x, y + height), { scale } = this.view;
      pen.strokeStyle = HANDLE;
      pen.lineWidth = place === this.chosen ? 3 : 1;
      pen.setLineDash(place === this.chosen ? [] : [4, 4]);
      pen.strokeRect(left, top, width * scale, height * scale);
      pen.setLineDash([]);
      pen.fillStyle = HANDLE;
      for (const [hx, hy] of Object.values(this.grips(thing))) {
        pen.beginPath();
        pen.arc(hx, hy, place === this.chosen ? 7 : 5, 0, 7);
        pen.fill();
      }
    });
    if (!this.keyboard || this.chosen !== null) return;
    const x = this.line.start + this.line.spacing * this.cursor, [cx, cy] = this.pixel(x, this.ground(x));
    pen.strokeStyle = HANDLE;
    pen.lineWidth = 3;
    pen.beginPath();
    pen.arc(cx, cy, 9, 0, 7);
    pen.stroke();
  }

  // Handles of a thing in pixels, by what dragging them changes.
  grips(thing) {
    const { x, y, width, height } = this.box(thing), found = {};
    if (this.part(thing, "height")) found.height = this.pixel(x + width / 2, y + height);
    if (this.part(thing, "width")) found.width = this.pixel(x + width, y + height / 2);
    return found;
  }

  at(event) {
    const box = this.canvas.getBoundingClientRect(), fine = this.canvas.width / box.width;
    const px = (event.clientX - box.left) * fine, py = (event.clientY - box.top) * fine, { scale, left, bottom, high } = this.view;
    return { px, py, x: left + px / scale, y: bottom + (high - py) / scale };
  }

  down(event) {
    const middle = this.ground(this.left + this.span / 2), at = this.at(event), near = ([x, y]) => Math.hypot(at.px - x, at.py - y) < 16;
    this.keyboard = false;
    this.held = null;
    for (const [place, thing] of this.list.entries()) {
      const grip = Object.entries(this.grips(thing)).find(([, spot]) => near(spot)), { x, y, width, height } = this.box(thing);
      const inside = at.x >= x && at.x <= x + width && at.y >= y - 0.4 && at.y <= y + height;
      if (grip || inside) this.held = { place, drag: grip ? grip[0] : "place", from: at, middle, thing: structuredClone(thing) };
    }
    if (this.held) this.chosen = this.held.place;
    else if (this.line && Math.abs(at.y - this.ground(at.x)) < 2.5) {
      this.chosen = null;
      this.held = { drag: "ground", from: at, middle, heights: [...this.heights] };
    } else return false;
    this.draft.mark();
    this.draft.changed(false);
    return true;
  }

  drag(event) {
    if (!this.held) return;
    const at = this.at(event), { from } = this.held;
    this.stale = true;
    if (this.held.drag === "ground") this.bump(this.held.heights, from.x, at.y - from.y);
    else this.change(this.held.drag, this.held.thing, this.held.drag === "height" ? at.y - from.y : at.x - from.x);
    this.draft.changed(false);
  }

  up() {
    this.held = null;
    this.draft.changed(true);
  }

  // Raise the ground around a place, less and less within half the brush's width on either side.
  bump(before, x, rise) {
    const { start, spacing, scale, low, high } = this.line;
    const heights = before.map((height, place) => {
      const away = Math.abs(start + spacing * place - x) / (this.brush / 2 + spacing);
      const share = away >= 1 ? 0 : (1 + Math.cos(Math.PI * away)) / 2;
      return Math.min(Math.max(Math.round(height + (rise * share) / scale), low), high);
    });
    write(this.draft.task, this.line.path, heights);
  }

  // Change what a drag by so many metres changes of the chosen thing, which was `before`.
  change(drag, before, metres) {
    const thing = this.list[this.chosen], control = this.part(thing, drag);
    if (!control) return;
    const value = read(before, control.path) + metres / control.scale, digits = (String(control.step).split(".")[1] ?? "").length;
    const given = Number((Math.round(value / control.step) * control.step).toFixed(digits));
    write(thing, control.path, Math.min(Math.max(given, control.low), control.high));
  }

  add(sort) {
    if (this.list.length >= this.things.most) return;
    const thing = structuredClone(sort.new), control = sort.controls.find((each) => each.drag === "place");
    this.draft.mark();
    this.list.push(thing);
    this.chosen = this.list.length - 1;
    const middle = (this.left + this.span / 2 - this.things.start) / control.scale;
    write(thing, control.path, Math.min(Math.max(Math.round(middle), control.low), control.high));
    this.stale = true;
    this.draft.changed(true);
  }

  remove() {
    if (this.chosen === null) return;
    this.draft.mark();
    this.list.splice(this.chosen, 1);
    this.chosen = null;
    this.stale = true;
    this.draft.changed(true);
  }

  key(event) {
    const { key } = event, count = this.list.length;
    this.keyboard = true;
    if ((key === "n" || key === "b") && count) this.chosen = this.chosen === null ? 0 : (this.chosen + (key === "n" ? 1 : count - 1)) % count;
    else if (key === "Escape") this.chosen = null;
    else if (key === "Delete" || key === "Backspace") this.remove();
    else if (this.chosen === null && (key === "ArrowLeft" || key === "ArrowRight")) {
      this.cursor = Math.min(Math.max(this.cursor + (key === "ArrowRight" ? 1 : -1), 0), this.heights.length - 1);
    } else if (key.startsWith("Arrow")) this.push(key);
    else return false;
    this.follow();
    this.draw();
    return true;
  }

  // Arrow keys: the smallest step of what is chosen.
  push(key) {
    const way = key === "ArrowUp" || key === "ArrowRight" ? 1 : -1, up = key === "ArrowUp" || key === "ArrowDown";
    this.draft.mark();
    this.stale = true;
    if (this.chosen === null) this.bump([...this.heights], this.line.start + this.line.spacing * this.cursor, 0.1 * way);
    else {
      const thing = this.list[this.chosen], drag = up ? (this.part(thing, "height") ? "height" : "width") : "place", control = this.part(thing, drag);
      if (control) this.change(drag, structuredClone(thing), way * Math.max(control.step * control.scale, up ? 0.05 : 0));
    }
    this.draft.changed(true);
  }

  // Keep what the keys change in sight.
  follow() {
    const x = this.chosen === null ? this.line.start + this.line.spacing * this.cursor : this.box(this.list[this.chosen]).x;
    if (x < this.left || x > this.left + this.span * 0.9) this.left = x - this.span / 3;
  }
}
