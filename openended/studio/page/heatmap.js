// The archive as buttons: one for each tile that holds an elite. Arrow keys go from tile to tile.
import { $, element, fill, number, options } from "./dom.js";
import { QUANTITIES, painter } from "./colours.js";

const NAMES = ["niche", "task", "fitness", "age", "progress", "origin", "author", "active", "seen"];
export const niches = (now) => now.niches.map((row) => Object.fromEntries(NAMES.map((name, place) => [name, row[place]])));

/** The heatmap in `#map`; `choose` is called with the niches behind a tile, the fittest first. */
export class Heatmap {
  constructor(run, choose) {
    this.run = run;
    this.choose = choose;
    this.buttons = new Map();
    this.chosen = null;
    const named = run.axes.map((axis, place) => [place, axis.name]);
    for (const [list, place] of [["axis-x", 0], ["axis-y", 1]]) {
      options($(list), named, Math.min(place, named.length - 1));
      $(list).onchange = () => this.turn();
    }
    $("axes").hidden = run.axes.length < 3;
    options($("colour"), Object.keys(QUANTITIES).map((name) => [name, name]), "fitness");
    $("colour").onchange = () => this.paint();
    this.plane = element("div", { class: "plane", role: "group", "aria-label": "Archive; arrow keys move between elites", onkeydown: (event) => this.move(event) });
    this.ticks = { x: element("div", { class: "ticks x" }), y: element("div", { class: "ticks y" }) };
    this.labels = { x: element("div", { class: "axis" }), y: element("div", { class: "axis y" }) };
    fill($("map"), this.labels.y, this.ticks.y, this.plane, this.ticks.x, this.labels.x);
  }

  turn() {
    this.buttons.clear();
    fill(this.plane);
    this.show(this.now);
  }

  get axes() {
    return [Number($("axis-x").value), Number($("axis-y").value)];
  }

  /** Where a niche is seen: a key of its tile, and its box in shares of the plane. */
  tile(niche) {
    const [x, y] = this.axes, { cells } = this.run, { corners, points } = this.run.tiles;
    if (cells) {
      const index = [];
      for (let axis = cells.length - 1, rest = niche; axis >= 0; axis--) {
        index[axis] = rest % cells[axis];
        rest = Math.floor(rest / cells[axis]);
      }
      const wide = this.now.shown[x], high = x === y ? 1 : this.now.shown[y];
      const row = x === y ? 0 : index[y];
      return { key: row * wide + index[x], left: index[x] / wide, bottom: row / high, width: 1 / wide, height: 1 / high, x: index[x], y: row };
    }
    if (corners) {
      const cell = corners[niche], middle = [0, 1].map((axis) => cell.reduce((sum, corner) => sum + corner[axis], 0) / cell.length);
      return { key: niche, cell, x: middle[0], y: middle[1] };
    }
    return { key: niche, point: [points[niche][x], points[niche][y]], x: points[niche][x], y: points[niche][y] };
  }

  show(now) {
    this.now = now;
    if (now.generation < 0 || (!this.run.cells && !this.run.tiles.points)) return;
    const groups = new Map();
    for (const niche of niches(now)) {
      const tile = this.tile(niche.niche), group = groups.get(tile.key);
      if (group) group.niches.push(niche);
      else groups.set(tile.key, { tile, niches: [niche] });
    }
    this.plane.classList.toggle("cells", Boolean(this.run.tiles.corners));
    this.plane.classList.toggle("points", !this.run.cells && !this.run.tiles.corners);
    for (const [key, group] of groups) {
      group.niches.sort((a, b) => (b.fitness ?? -Infinity) - (a.fitness ?? -Infinity) || a.niche - b.niche);
      this.put(key, group);
    }
    for (const [key, { button }] of this.buttons) {
      if (groups.has(key)) continue;
      button.remove();
      this.buttons.delete(key);
    }
    this.crosses(groups);
    this.rulers();
    this.paint();
  }

  put(key, group) {
    let known = this.buttons.get(key);
    if (!known) {
      const button = element("button", { type: "button", class: "tile", tabindex: -1, onclick: () => this.press(key) });
      this.plane.append(button);
      known = { button };
      this.buttons.set(key, known);
      if (this.settled) button.classList.add("fresh");
    }
    const { button } = known, { tile } = group, [first] = group.niches;
    Object.assign(known, group);
    if (tile.cell) {
      const corner = ([x, y]) => `${(100 * x).toFixed(2)}% ${(100 - 100 * y).toFixed(2)}%`;
      button.style.clipPath = `polygon(${tile.cell.map(corner).join(",")})`;
      button.style.setProperty("--x", `${100 * tile.x}%`);
      button.style.setProperty("--y", `${100 - 100 * tile.y}%`);
    } else if (tile.point) {
      button.style.left = `${100 * tile.x}%`;
      button.style.bottom = `${100 * tile.y}%`;
    } else {
      for (const side of ["left", "bottom", "width", "height"]) button.style[side] = `${100 * tile[side]}%`;
    }
    const solved = first.fitness !== null && first.fitness >= this.run.criterion.solved;
    button.classList.toggle("solved", solved);
    button.dataset.niche = first.niche;
    const words = `niche ${first.niche}, fitness ${number(first.fitness)}${solved ? ", solved" : ""}`;
    button.title = words;
    button.setAttribute("aria-label", words);
  }

  // Tiles for which tasks were made in vain.
  crosses(groups) {
    for (const old of this.plane.querySelectorAll(".vain")) old.remove();
    this.settled = true;
    if (!this.run.cells || this.run.cells.length > 2) return;
    for (const niche of this.now.vain) {
      const tile = this.tile(niche);
      if (groups.has(tile.key) || tile.left >= 1 || tile.bottom >= 1) continue;
      const cross = element("span", { class: "vain", text: "×", "aria-hidden": "true" });
      for (const side of ["left", "bottom", "width", "height"]) cross.style[side] = `${100 * tile[side]}%`;
      this.plane.append(cross);
    }
  }

  rulers() {
    const [x, y] = this.axes;
    for (const [side, axis, place] of [["x", x, "left"], ["y", y, "bottom"]]) {
      const { name, unit, low, high } = this.run.axes[axis], cells = this.run.cells;
      const top = cells ? low + ((high - low) * this.now.shown[axis]) / cells[axis] : high;
      this.labels[side].textContent = `${side === "y" ? "↑ " : ""}${name}${unit === "1" ? "" : ` (${unit})`}${side === "x" ? " →" : ""}`;
      const shares = [0, 0.25, 0.5, 0.75, 1], digits = top - low >= 20 ? 0 : top - low >= 2 ? 1 : 2;
      fill(this.ticks[side], ...shares.map((share) => {
        const mark = element("span", { text: (low + share * (top - low)).toFixed(digits) });
        mark.style[place] = `${100 * share}%`;
        return mark;
      }));
      if (this.run.axes.length < 2 && side === "y") fill(this.ticks.y, (this.labels.y.textContent = ""));
    }
  }

  paint() {
    const held = [...this.buttons.values()], { colour, legend } = painter($("colour").value, held.map((each) => each.niches[0]), this.run.criterion.solved);
    for (const each of held) {
      each.button.style.setProperty("--cell", colour(each.niches[0]));
      each.button.setAttribute("aria-pressed", String(each.niches.some((niche) => niche.niche === this.chosen)));
    }
    if (!held.some((each) => each.button.tabIndex === 0) && held.length) held[0].button.tabIndex = 0;
    const parts = [element("span", { text: legend.label })];
    if (legend.ramp) {
      const ramp = element("span", { class: "ramp" });
      ramp.style.background = legend.ramp;
      parts.push(element("span", { text: number(legend.low) }), ramp, element("span", { text: number(legend.high) }));
    } else {
      for (const { colour: cell, text } of legend.named) {
        const swatch = element("span", { class: "swatch" });
        swatch.style.setProperty("--cell", cell);
        parts.push(element("span", {}, swatch, text));
      }
    }
    parts.push(element("span", {}, element("span", { class: "swatch dot" }), "solved"));
    if (this.plane.querySelector(".vain")) parts.push(element("span", { text: "× tried in vain" }));
    fill($("legend"), ...(held.length ? parts : [element("span", { text: "no elites yet" })]));
  }

  press(key) {
    const known = this.buttons.get(key);
    this.select(known.niches[0].niche);
    this.choose(known.niches);
  }

  /** Mark the tile of a niche; gives the niches behind it. */
  select(niche) {
    this.chosen = niche;
    let behind = [];
    for (const { button, niches: held } of this.buttons.values()) {
      const mine = held.some((each) => each.niche === niche);
      if (mine) behind = held;
      button.setAttribute("aria-pressed", String(mine));
      button.tabIndex = mine ? 0 : -1;
    }
    return behind;
  }

  move(event) {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    const here = [...this.buttons.values()].find(({ button }) => button === document.activeElement);
    if (!step || !here) return;
    event.preventDefault();
    const ahead = [...this.buttons.values()].map((other) => {
      const dx = other.tile.x - here.tile.x, dy = other.tile.y - here.tile.y;
      return { other, along: dx * step[0] + dy * step[1], off: Math.abs(dx * step[1]) + Math.abs(dy * step[0]) };
    }).filter(({ along, off }) => along > 0 && along >= off * 0.5);
    ahead.sort((a, b) => a.along + 2 * a.off - (b.along + 2 * b.off));
    if (!ahead.length) return;
    here.button.tabIndex = -1;
    ahead[0].other.button.tabIndex = 0;
    ahead[0].other.button.focus();
  }
}
