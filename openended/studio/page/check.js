// Check: can a task that somebody else made be solved? Asked about is what nothing has solved yet.
import { get, post } from "./api.js";
import { $, button, element, fill } from "./dom.js";
import { decoded } from "./scene.js";
import { still } from "./still.js";

const VERDICTS = [["yes", "Yes, it can"], ["no", "No, it cannot"], ["unsure", "I cannot tell"]];

export class Check {
  constructor(run, who, sent, play) {
    Object.assign(this, { run, who, sent, asked: null, film: null });
    this.canvas = element("canvas", { role: "img", "aria-label": "The task" });
    this.words = element("p", { class: "quiet" });
    this.told = element("p", { class: "quiet", role: "status" });
    this.reason = element("input", { type: "text", maxlength: 200, placeholder: "why? (needed for no)", "aria-label": "reason" });
    this.buttons = VERDICTS.map(([verdict, text]) => button(text, () => this.say(verdict)));
    if (run.keys) this.buttons.push(button("Play it", () => play(this.asked.task, this.asked.offer)));
    this.sheet = element("div", { class: "film" }, this.canvas);
    const why = "Somebody else made it, and nothing has solved it yet. Two who agree settle it, unless a proof is found. To solve it yourself is such a proof.";
    this.question = element("div", {}, element("p", { class: "quiet", text: why }), this.sheet, this.words, element("div", { class: "actions" }, this.reason, ...this.buttons));
    fill($("check"), element("article", { class: "card" }, element("div", { class: "head" }, element("h2", { text: "Can this task be solved?" })), this.question, this.told));
    new ResizeObserver(() => this.draw()).observe(this.sheet);
  }

  enter() {
    if (this.asked === null) this.ask();
    else this.draw();
  }

  async ask(before = "") {
    this.asked = null;
    this.enable(false);
    try {
      const author = (await this.who(false)) ?? "", asked = await get(`/api/unchecked?author=${encodeURIComponent(author)}`);
      this.film = null;
      this.words.textContent = asked.offer ? `${asked.where}. The run says: ${asked.outcome}. Asked so far: ${asked.checks}.` : "";
      this.told.textContent = before + (asked.offer ? `${asked.left} to check.` : "There is nothing to check now: others have made no task that is unsolved and that you have not answered.");
      this.question.hidden = !asked.offer;
      if (!asked.offer) return;
      const drawn = await post("/api/draw", { task: asked.task });
      this.film = drawn.drawn ? { ...decoded(drawn.drawn, () => {}), aspect: drawn.aspect } : null;
      this.sheet.hidden = !this.film;
      this.asked = asked;
      this.enable(true);
      this.draw();
    } catch (problem) {
      this.told.textContent = problem.message;
    }
  }

  draw() {
    if (this.film && !$("check").hidden) still(this.canvas, this.film);
  }

  enable(can) {
    for (const each of [...this.buttons, this.reason]) each.disabled = !can;
  }

  async say(verdict) {
    const reason = this.reason.value.trim();
    if (verdict === "no" && !reason) {
      this.told.textContent = "Say in a few words why it cannot be solved.";
      this.reason.focus();
      return;
    }
    const author = await this.who();
    if (!author || !this.asked) return;
    this.enable(false);
    try {
      const { name } = await post("/api/send", { kind: "check", author, payload: { task: this.asked.offer, verdict, reason } });
      this.sent.add(name, "check");
      this.reason.value = "";
      await this.ask("Thank you. ");
    } catch (problem) {
      this.told.textContent = problem.message;
      this.enable(true);
    }
  }
}
