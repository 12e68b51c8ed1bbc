// Make: a task under one's hands; at once where it lies, on release how all agents fare on it; then it can be sent.
import { Problem, get, post } from "./api.js";
import { Course } from "./course.js";
import { rows } from "./controls.js";
import { $, button, element, fill, options } from "./dom.js";
import { Draft } from "./drafts.js";
import { Search } from "./search.js";
import { Sent } from "./sent.js";
import { Still } from "./still.js";
import { Tiles } from "./tiles.js";
import { Trial } from "./trial.js";

export class Make {
  constructor(run, tell, who) {
    Object.assign(this, { run, tell, who, editor: null, drawn: null, asked: 0, shape: "" });
    this.draft = new Draft(run.run);
    this.canvas = element("canvas");
    this.sheet = element("div", { class: "sheet", tabindex: 0, role: "application", "aria-label": "The task; see below for its keys" }, this.canvas);
    this.hint = element("p", { class: "hint" });
    this.tools = element("div", { class: "tools" });
    this.controls = element("div", { class: "controls" });
    this.text = element("textarea", { "aria-label": "the task as JSON", spellcheck: "false" });
    this.start = element("select", { "aria-label": "begin with" });
    this.place = element("p", { class: "quiet" });
    this.goal = element("p", {});
    this.send = button("Send to the run", () => this.offer(), "button main");
    this.trial = new Trial(run);
    this.search = new Search(run, (film) => this.proven(film));
    this.sent = new Sent(run, who);
    this.layout();
    this.draft.listen((settled) => this.changed(settled));
  }

  layout() {
    const choices = [["", "begin with …"], ...this.run.starts.map((name) => [name, name])];
    options(this.start, choices, "");
    this.start.addEventListener("change", () => this.begin(this.start.value));
    const history = element("span", { class: "both-ways" }, button("Undo", () => this.draft.undo()), button("Redo", () => this.draft.redo()));
    const head = element("div", { class: "head" }, element("h2", { text: "The task" }), this.start, history);
    const raw = element("details", {}, element("summary", { class: "quiet", text: "as JSON" }), this.text, button("Use this text", () => this.typed()));
    const left = element("article", { class: "card" }, head, this.goal, this.sheet, this.hint, this.tools, this.controls, raw);
    const right = element("div", { class: "stack" });
    const actions = element("div", { class: "actions" }, this.send, this.run.keys ? button("Play it", () => this.play?.(this.draft)) : null);
    if (this.run.closed) {
      this.send.disabled = true;
      actions.append(element("p", { class: "quiet", text: this.run.closed }));
    }
    const { offspring, verdict, screen, table } = this.trial, title = element("div", { class: "head" }, element("h2", { text: "How agents fare" }));
    right.append(element("article", { class: "card" }, title, this.place, offspring, verdict, this.search.node, actions, screen, table), this.sent.node);
    fill($("make"), element("div", { class: "makers" }, left, right));
    this.sheet.addEventListener("pointerdown", (event) => {
      if (!this.editor?.down(event)) return;
      this.sheet.setPointerCapture(event.pointerId);
      this.pressed = true;
    });
    this.sheet.addEventListener("pointermove", (event) => this.pressed && this.editor.drag(event));
    for (const end of ["pointerup", "pointercancel"]) this.sheet.addEventListener(end, () => this.release());
    this.sheet.addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(() => this.draw()).observe(this.sheet);
  }

  release() {
    if (!this.pressed) return;
    this.pressed = false;
    this.editor.up();
  }

  key(event) {
    if ((event.ctrlKey || event.metaKey) && event.key === "z") event.shiftKey ? this.draft.redo() : this.draft.undo();
    else if (event.ctrlKey || event.metaKey || event.altKey || !this.editor?.key(event)) return;
    event.preventDefault();
  }

  /** The view is opened. */
  async enter() {
    if (this.draft.broken) this.tell("The draft that this browser had kept cannot be read; it was left out.");
    if (this.draft.task === null) await this.begin(this.run.starts[0]);
    else if (!this.drawn) this.changed(true);
    this.draw();
  }

  async begin(start) {
    this.start.value = "";
    if (start === "") return;
    await this.guarded(async () => {
      const seed = Math.floor(Math.random() * 2 ** 50);
      const { tasks } = await post("/api/draft", { start, seed, task: this.draft.task });
      if (start === "mutations") this.trial.breed(tasks, (task) => this.draft.begin(task, this.draft.from, this.draft.beat));
      else this.draft.begin(JSON.parse(tasks[0]));
    });
  }

  /** Begin with a copy of an elite's task; `beat`: the elite that it is to defeat. */
  copy(elite, beat = null) {
    this.draft.begin(JSON.parse(elite.genome), elite.niche, beat);
  }

  typed() {
    try {
      const task = JSON.parse(this.text.value);
      this.draft.mark();
      this.draft.set(task, this.draft.from, this.draft.beat);
    } catch {
      this.tell("The text is not JSON.");
    }
  }

  changed(settled) {
    this.draw();
    const { from, beat } = this.draft;
    fill(this.goal, beat ? `Beat the agent of niche ${beat.niche}: make a task that it fails and another one solves.` : from === null ? "" : `Edited from the task of niche ${from}.`);
    if (settled) this.ask();
  }

  // Ask what the task is; an answer to an older question is dropped.
  async ask() {
    const asked = ++this.asked;
    this.search.clear();
    await this.guarded(async () => {
      const drawn = await post("/api/draw", { task: this.draft.task });
      if (asked !== this.asked) return;
      this.tell("");
      this.settle(drawn);
      await this.trial.run(drawn, this.draft);
      if (asked === this.asked && this.trial.unsolved && !drawn.objection) this.search.offer(this.draft.task, this.trial.hints[0]);
    }, () => asked === this.asked);
  }

  settle(drawn) {
    this.drawn = drawn;
    this.text.value = drawn.task;
    this.place.textContent = `${drawn.words} It is: ${drawn.where}.`;
    this.send.disabled = Boolean(this.run.closed || drawn.objection || drawn.same !== null);
    this.equip(drawn);
    this.editor.settled?.(drawn.drawn, drawn.aspect);
    rows(this.controls, this.draft, drawn.controls);
    this.draw();
  }

  // Another editor where the controls are others.
  equip(drawn) {
    const shape = JSON.stringify(drawn.controls);
    if (shape === this.shape) return;
    this.shape = shape;
    const tiles = drawn.controls.find((control) => control.kind === "tiles");
    const line = drawn.controls.some((control) => control.kind === "line");
    const kept = this.editor instanceof Course ? this.editor : null;
    this.editor = tiles ? new Tiles(this.sheet, this.canvas, this.draft, tiles) : line ? new Course(this.sheet, this.canvas, this.draft, drawn.controls) : new Still(this.sheet, this.canvas);
    if (kept && line) Object.assign(this.editor, { left: kept.left, span: kept.span, brush: kept.brush });
    this.sheet.hidden = !drawn.drawn && !tiles && !line;
    this.hint.textContent = drawn.controls.length ? this.editor.hint : "This domain's tasks cannot be changed by hand: choose among mutations, or edit the text.";
    fill(this.tools);
    this.editor.tools?.(this.tools);
  }

  draw() {
    if (!this.editor || $("make").hidden || this.sheet.hidden) return;
    this.editor.fit();
    this.editor.draw();
  }

  async offer() {
    const author = await this.who();
    if (!author) return;
    const { from, beat, task } = this.draft, hints = this.trial.hints ?? [];
    this.send.disabled = true;
    await this.guarded(async () => {
      const { name } = await post("/api/send", { kind: "task", author, payload: { task, from, beat, hints } });
      this.sent.add(name);
      this.draft.sent = name;
      await this.prove(author);
    });
    this.send.disabled = false;
  }

  // A proof was found: it is shown, and sent if the task was.
  proven(film) {
    this.trial.take({ film });
    this.trial.ghosts(film.niche);
    if (this.draft.sent) this.guarded(async () => this.prove(await this.who()));
  }

  async prove(author) {
    if (!this.search.proof || !author) return;
    const { name } = await post("/api/send", { kind: "witness", author, payload: { task: this.draft.sent, actions: this.search.proof } });
    this.sent.add(name, "witness");
  }

  show(now) {
    this.sent.show(now);
  }

  // What was drawn is no task: it cannot be tried or sent.
  refuse() {
    this.send.disabled = true;
    this.trial.clear("This cannot be.");
  }

  async guarded(work, current = () => true) {
    try {
      await work();
    } catch (problem) {
      if (problem.name === "AbortError" || !current()) return;
      if (!(problem instanceof Problem)) throw problem;
      this.tell(problem.message);
      this.place.textContent = problem.message;
      if (problem.status === 400) this.refuse();
      if (problem.status === 400 && !this.editor) this.draft.forget();
    }
  }
}

export const elite = (niche) => get(`/api/elite/${niche}`);
