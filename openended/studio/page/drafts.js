// The task in the making: its JSON, its undo steps, and a copy that survives a reload. A broken copy never blocks.

const VERSION = 1, STEPS = 50;

export class Draft {
  constructor(run) {
    this.key = `openended-draft-${VERSION}-${run}`;
    this.steps = [];
    this.undone = [];
    this.listeners = [];
    this.task = null;
    this.from = null;
    this.beat = null;
    this.sent = null;
    this.broken = false;
    try {
      const kept = JSON.parse(localStorage.getItem(this.key) ?? "null");
      if (kept && kept.task !== undefined) [this.task, this.from, this.beat] = [kept.task, kept.from ?? null, kept.beat ?? null];
    } catch {
      this.broken = true;
    }
  }

  /** Call `listener(settled)` when the task changes; `settled`: nothing is being dragged any more. */
  listen(listener) {
    this.listeners.push(listener);
  }

  tell(settled) {
    for (const listener of this.listeners) listener(settled);
  }

  keep() {
    try {
      localStorage.setItem(this.key, JSON.stringify({ task: this.task, from: this.from, beat: this.beat }));
    } catch {
      // no room: the draft lives until the page is closed
    }
  }

  forget() {
    localStorage.removeItem(this.key);
  }

  /** Begin with another task. */
  begin(task, from = null, beat = null) {
    if (this.task !== null) this.steps.push(JSON.stringify([this.task, this.from, this.beat]));
    this.set(task, from, beat);
  }

  set(task, from, beat) {
    [this.task, this.from, this.beat, this.sent] = [task, from, beat, null];
    this.keep();
    this.tell(true);
  }

  /** Note how the task is before it is changed by hand. */
  mark() {
    this.sent = null;
    this.steps.push(JSON.stringify([this.task, this.from, this.beat]));
    this.steps.splice(0, this.steps.length - STEPS);
    this.undone = [];
  }

  /** The task was changed in place. */
  changed(settled) {
    if (settled) this.keep();
    this.tell(settled);
  }

  undo() {
    this.swap(this.steps, this.undone);
  }

  redo() {
    this.swap(this.undone, this.steps);
  }

  swap(from, to) {
    if (!from.length) return;
    to.push(JSON.stringify([this.task, this.from, this.beat]));
    this.set(...JSON.parse(from.pop()));
  }
}

export const read = (task, path) => path.reduce((value, step) => value?.[step], task);

export function write(task, path, value) {
  const parent = path.slice(0, -1).reduce((inner, step) => inner[step], task);
  parent[path.at(-1)] = value;
}
