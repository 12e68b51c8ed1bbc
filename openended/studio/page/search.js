// Search for a proof that the task can be solved: the best agent is trained on it until it solves it.
import { stream } from "./api.js";
import { button, element, number } from "./dom.js";

export class Search {
  /** `found(film)` is called when there is a proof. */
  constructor(run, found) {
    Object.assign(this, { run, found, abort: null, proof: null });
    this.go = button("Search for a proof", () => this.begin());
    this.halt = button("Stop searching", () => this.end("Stopped. That proves nothing."));
    this.bar = element("progress", { max: 1, value: 0, "aria-label": "search for a proof" });
    this.word = element("p", { class: "quiet small", role: "status" });
    this.node = element("div", { class: "search" }, this.go, this.halt, this.bar, this.word);
    this.clear();
  }

  /** The task has changed: whatever was found is of another one. */
  clear() {
    this.abort?.abort();
    Object.assign(this, { abort: null, proof: null, task: null });
    this.node.hidden = true;
  }

  /** Nothing solves the task so far: offer to train the agent of a niche on it. */
  offer(task, niche) {
    if (!this.run.searches || niche === undefined) return;
    Object.assign(this, { task, niche });
    this.end("No agent solves it. One can be trained on it here, with what the machine has left.");
    this.node.hidden = false;
  }

  end(words) {
    this.abort?.abort();
    this.abort = null;
    this.word.textContent = words;
    this.go.hidden = this.proof !== null;
    this.halt.hidden = this.bar.hidden = true;
  }

  async begin() {
    const mine = (this.abort = new AbortController());
    this.go.hidden = true;
    this.halt.hidden = this.bar.hidden = false;
    this.bar.value = 0;
    this.word.textContent = "One moment …";
    try {
      await stream("/api/search", { task: this.task, niche: this.niche }, (line) => mine === this.abort && this.take(line), mine.signal);
      if (mine === this.abort) this.end("The search has ended early; try again.");
    } catch (problem) {
      if (mine === this.abort) this.end(problem.message);
    }
  }

  take(line) {
    if (line.problem) this.end(line.problem);
    if (line.compiling) this.word.textContent = "The simulator is compiled first, which may take a minute or two …";
    if (line.step !== undefined) {
      this.bar.value = line.step / line.of;
      this.word.textContent = `After ${line.step} of ${line.of} training steps: ${number(line.return)}, at best ${number(line.best)}; solved from ${number(this.run.criterion.solved)}.`;
    }
    if (line.found === null) this.end("Not solved by then. That proves nothing: it may be hard, or impossible.");
    if (line.found) {
      this.proof = line.found;
      this.end(`It can be solved, with a return of ${number(line.return)}. The ${line.found.length} actions that do it are sent with the task.`);
      this.found(line.film);
    }
  }
}
