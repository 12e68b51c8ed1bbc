// A grid that is painted: walls by pressing and moving, marks by dragging; by keyboard with a cursor.
import { fit } from "./scene.js";
import { read, write } from "./drafts.js";

const WALL = "#5c616c", FREE = "#faf9f6", LINE = "#dedcd5", GOAL = "#40985a", START = "#c43c34", CURSOR = "#d55e00";

const bits = (text) => text.split(" ").map((row) => BigInt(`0x${row}`));
const written = (rows) => rows.map((row) => row.toString(16)).join(" ");

export class Tiles {
  constructor(sheet, canvas, draft, control) {
    Object.assign(this, { sheet, canvas, draft, control, cursor: [0, 0], held: null, value: null, keyboard: false });
  }

  get hint() {
    const marks = this.control.marks.map((mark) => mark.label).join(" and ");
    return `Press and move to paint ${this.control.palette[1]}s or to wipe them; drag ${marks}. Keys: arrows, space paints, ${this.control.marks.map((mark) => `${mark.label[0]} puts the ${mark.label}`).join(", ")}.`;
  }

  fit() {
    fit(this.canvas, this.control.height / this.control.width, 220, 560);
  }

  get box() {
    const { width, height } = this.control, edge = 1;
    const scale = Math.min(this.canvas.width / (width + 2 * edge), this.canvas.height / (height + 2 * edge));
    return { scale, left: (this.canvas.width - scale * width) / 2, top: (this.canvas.height - scale * height) / 2 };
  }

  draw() {
    const pen = this.canvas.getContext("2d"), { scale, left, top } = this.box, { width, height } = this.control;
    const rows = bits(read(this.draft.task, this.control.path));
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
    pen.fillStyle = WALL;
    pen.fillRect(left - scale, top - scale, scale * (width + 2), scale * (height + 2));
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const wall = (rows[y] >> BigInt(x)) & 1n;
        pen.fillStyle = wall ? WALL : FREE;
        pen.fillRect(left + x * scale, top + y * scale, scale, scale);
        pen.strokeStyle = wall ? "#6d7380" : LINE;
        pen.lineWidth = 1;
        pen.strokeRect(left + x * scale + 0.5, top + y * scale + 0.5, scale, scale);
      }
    }
    this.control.marks.forEach((mark, place) => this.mark(pen, mark, place));
    if (this.keyboard) {
      pen.strokeStyle = CURSOR;
      pen.lineWidth = 3;
      pen.strokeRect(left + this.cursor[0] * scale, top + this.cursor[1] * scale, scale, scale);
    }
  }

  mark(pen, mark, place) {
    const { scale, left, top } = this.box, [x, y] = this.cell(mark);
    pen.fillStyle = place ? GOAL : START;
    pen.beginPath();
    if (place) pen.rect(left + (x + 0.14) * scale, top + (y + 0.14) * scale, 0.72 * scale, 0.72 * scale);
    else pen.arc(left + (x + 0.5) * scale, top + (y + 0.5) * scale, 0.33 * scale, 0, 7);
    pen.fill();
    pen.fillStyle = "#fff";
    pen.font = `600 ${Math.round(scale * 0.42)}px system-ui, sans-serif`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillText(mark.label[0].toUpperCase(), left + (x + 0.5) * scale, top + (y + 0.53) * scale);
  }

  // Where a mark is, counted from the first tile.
  cell(mark) {
    return read(this.draft.task, mark.path).map((value, axis) => value - this.control.corner[axis]);
  }

  at(event) {
    const rectangle = this.canvas.getBoundingClientRect(), fine = this.canvas.width / rectangle.width, { scale, left, top } = this.box;
    const x = Math.floor(((event.clientX - rectangle.left) * fine - left) / scale), y = Math.floor(((event.clientY - rectangle.top) * fine - top) / scale);
    return x >= 0 && y >= 0 && x < this.control.width && y < this.control.height ? [x, y] : null;
  }

  marked([x, y]) {
    return this.control.marks.find((mark) => this.cell(mark).join() === [x, y].join());
  }

  tile([x, y]) {
    return Number((bits(read(this.draft.task, this.control.path))[y] >> BigInt(x)) & 1n);
  }

  paint([x, y], value) {
    if (this.marked([x, y])) return;
    const rows = bits(read(this.draft.task, this.control.path)), bit = 1n << BigInt(x);
    rows[y] = value ? rows[y] | bit : rows[y] & ~bit;
    write(this.draft.task, this.control.path, written(rows));
  }

  move(mark, [x, y]) {
    if (this.tile([x, y]) || this.marked([x, y])) return;
    write(this.draft.task, mark.path, [x + this.control.corner[0], y + this.control.corner[1]]);
  }

  down(event) {
    const cell = this.at(event);
    this.keyboard = false;
    if (!cell) return false;
    this.draft.mark();
    this.held = this.marked(cell) ?? null;
    this.value = this.tile(cell) ? 0 : 1;
    if (!this.held) this.paint(cell, this.value);
    this.draft.changed(false);
    return true;
  }

  drag(event) {
    const cell = this.at(event);
    if (!cell) return;
    if (this.held) this.move(this.held, cell);
    else this.paint(cell, this.value);
    this.draft.changed(false);
  }

  up() {
    this.held = null;
    this.draft.changed(true);
  }

  key(event) {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    const mark = this.control.marks.find((each) => each.label[0] === event.key);
    this.keyboard = true;
    if (step) {
      const most = [this.control.width - 1, this.control.height - 1];
      this.cursor = this.cursor.map((value, axis) => Math.min(Math.max(value + step[axis], 0), most[axis]));
      this.draw();
      return true;
    }
    if (event.key !== " " && !mark) return false;
    this.draft.mark();
    if (mark) this.move(mark, this.cursor);
    else this.paint(this.cursor, this.tile(this.cursor) ? 0 : 1);
    this.draft.changed(true);
    return true;
  }
}
