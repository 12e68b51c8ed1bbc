// Vote: which of two tasks is more interesting? Who made them and how well they go is not shown.
import { get, post } from "./api.js";
import { $, button, element, fill } from "./dom.js";
import { Film } from "./film.js";

const CHOICES = [["left", "Left", "1"], ["equal", "Equal", "0"], ["right", "Right", "2"], ["none", "Cannot say", " "]];
const EVERY = 5;

export class Vote {
  constructor(run, tell, who, sent) {
    Object.assign(this, { run, tell, who, sent, asked: null, busy: false });
    this.sides = ["left", "right"].map((side) => {
      const screen = element("div"), words = element("p", { class: "quiet small" });
      const node = element("article", { class: "card" }, element("h2", { text: side === "left" ? "Left" : "Right" }), screen, words);
      return { side, node, words, film: new Film(screen, 0.5) };
    });
    for (const { film } of this.sides) film.told.hidden = true;
    this.told = element("p", { class: "quiet", role: "status" });
    this.buttons = CHOICES.map(([choice, text, key]) => button(`${text} (${key === " " ? "space" : key})`, () => this.choose(choice)));
    const card = element("article", { class: "card" }, element("div", { class: "head" }, element("h2", { text: "Which task is more interesting?" })),
      element("p", { class: "quiet", text: "Where would it be worth learning something? Each plays its best episode so far. A model of the answers may steer the run, if its recipe says so; else they are only recorded." }),
      element("div", { class: "actions" }, ...this.buttons), this.told);
    fill($("vote"), card, element("div", { class: "choice" }, ...this.sides.map((side) => side.node)));
    document.addEventListener("keydown", (event) => this.key(event));
  }

  enter() {
    if (!this.asked) this.ask();
  }

  key(event) {
    const known = CHOICES.find(([, , key]) => key === event.key);
    if ($("vote").hidden || !known || event.ctrlKey || event.metaKey || event.altKey || $("ask").open) return;
    if (["BUTTON", "INPUT", "SELECT"].includes(document.activeElement?.tagName) && event.key === " ") return;
    event.preventDefault();
    this.choose(known[0]);
  }

  async ask() {
    try {
      const asked = await get("/api/question");
      this.asked = asked.left ? asked : null;
      this.enable(Boolean(asked.left));
      const counted = `${asked.votes} vote${asked.votes === 1 ? "" : "s"}`;
      if (asked.votes && asked.votes % EVERY === 0 && asked.of === EVERY) this.told.textContent = `${counted}. Of the last ${EVERY} I would have guessed ${asked.guessed}.`;
      else this.told.textContent = asked.votes ? counted : "";
      if (!asked.left) this.told.textContent += " There are no two tasks left to ask about yet.";
      await Promise.all(this.sides.map((side) => this.fill(side, asked[side.side])));
    } catch (problem) {
      this.told.textContent = problem.message;
    }
  }

  async fill({ film, words }, task) {
    words.textContent = task ? task.where : "";
    film.hint(task ? "One moment …" : "");
    if (task && this.run.films) film.load([await get(`/api/film/${task.niche}`)]);
  }

  enable(can) {
    for (const each of this.buttons) each.disabled = !can;
  }

  async choose(choice) {
    if (!this.asked || this.busy) return;
    const author = await this.who();
    if (!author) return;
    this.busy = true;
    this.enable(false);
    try {
      const { left, right } = this.asked;
      const { name } = await post("/api/send", { kind: "vote", author, payload: { left: left.task, right: right.task, choice } });
      this.sent.add(name, "vote");
      this.asked = null;
      this.busy = false;
      await this.ask();
    } catch (problem) {
      this.told.textContent = problem.message;
      this.enable(true);
    }
    this.busy = false;
  }
}
