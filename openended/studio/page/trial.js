// How agents fare on the task: a verdict in words, films of the best as ghosts, a table of all returns.
import { post, stream } from "./api.js";
import { element, fill, number } from "./dom.js";
import { Film } from "./film.js";
import { decoded } from "./scene.js";
import { still } from "./still.js";

const KINDS = { ok: "ok", "too hard": "bad", "too easy": "easy", none: "bad" };

export class Trial {
  constructor(run) {
    this.run_ = run;
    this.word = element("p", { class: "word", role: "status", text: "Draw something." });
    this.more = element("p", { class: "quiet small" });
    this.bar = element("progress", { max: 1, value: 0 });
    this.verdict = element("div", { class: "verdict" }, this.word, this.more, this.bar);
    this.screen = element("div");
    this.table = element("div", { class: "results" });
    this.offspring = element("div", { class: "breed" });
    this.film = new Film(this.screen, 0.42);
    this.film.hint("Ghosts of the best agents run here.");
    this.abort = null;
  }

  /** Offer mutations to choose from. */
  async breed(tasks, choose) {
    const drawn = await Promise.all(tasks.map((task) => post("/api/draw", { task: JSON.parse(task) })));
    fill(this.offspring, ...drawn.map((each, place) => {
      const canvas = element("canvas");
      const pick = () => {
        fill(this.offspring);
        choose(JSON.parse(tasks[place]));
      };
      return element("button", { type: "button", title: each.where, "aria-label": `mutation ${place + 1}: ${each.where}`, onclick: pick }, each.drawn ? canvas : each.where);
    }));
    drawn.forEach((each, place) => {
      if (each.drawn) still(this.offspring.children[place].firstChild, { ...decoded(each.drawn, () => {}), aspect: each.aspect });
    });
  }

  /** Try all agents on what was drawn; the newest question ends the one before. */
  async run(drawn, draft) {
    this.abort?.abort();
    this.abort = new AbortController();
    Object.assign(this, { returns: [], films: [], hints: [], beat: draft.beat });
    this.verdict.className = "verdict";
    this.word.textContent = drawn.objection ? "Nobody can solve it." : "Trying …";
    this.more.textContent = "";
    this.bar.hidden = false;
    this.bar.value = 0;
    const mine = this.abort, late = setTimeout(() => mine === this.abort && !this.returns.length && this.take({ compiling: true }), 3000);
    await stream("/api/try", { task: draft.task }, (line) => this.take(line), this.abort.signal);
    clearTimeout(late);
  }

  /** Show nothing but a few words. */
  clear(words) {
    this.abort?.abort();
    this.verdict.className = "verdict bad";
    this.word.textContent = words;
    this.more.textContent = "";
    this.bar.hidden = true;
    this.hints = [];
  }

  take(line) {
    if (line.problem) this.word.textContent = line.problem;
    if (line.compiling) this.word.textContent = "Trying: the first agents wait until the simulator is compiled, which may take a minute or two …";
    if (line.returns) {
      this.returns.push(...line.returns);
      this.bar.value = line.tried / line.of;
      this.more.textContent = `${line.tried} of ${line.of} agents tried`;
      this.rank();
    }
    if (line.film) {
      this.films.push(line.film);
      this.ghosts();
    }
    if (line.verdict) this.judge(line.verdict);
    if (line.end) this.bar.hidden = true;
  }

  judge(verdict) {
    this.hints = verdict.hints ?? [];
    this.verdict.className = `verdict ${KINDS[verdict.kind]}`;
    this.word.textContent = verdict.words;
    if (this.beat) this.duel();
  }

  /** Whether agents were tried, and none of them solves the task. */
  get unsolved() {
    return this.returns.length > 0 && !this.returns.some(([, value]) => value >= this.run_.criterion.solved);
  }

  // Whether the agent to be beaten fails, and somebody solves the task.
  duel() {
    const mine = this.returns.find(([niche]) => niche === this.beat.niche), { solved } = this.run_.criterion;
    const others = this.returns.filter(([niche, value]) => niche !== this.beat.niche && value >= solved);
    const fails = mine && !(mine[1] >= solved);
    const words = fails ? `fails it with ${number(mine[1])}` : mine ? `solves it with ${number(mine[1])}` : "was not tried";
    const proof = others.length ? `${others.length} other agents solve it` : "no other agent solves it: play it yourself, or nobody knows that it can be solved";
    this.verdict.className = `verdict ${fails && others.length ? "ok" : fails ? "easy" : "bad"}`;
    this.word.textContent = `${fails && others.length ? "Beaten! " : ""}The agent of niche ${this.beat.niche} ${words}; ${proof}.`;
  }

  // The best leads, the others are its ghosts; what was chosen in the table leads instead.
  ghosts(leader = null) {
    const films = [...this.films].sort((a, b) => (b.niche === leader) - (a.niche === leader) || b.return - a.return);
    const before = this.film.films.length ? this.film.time : 0, playing = this.film.playing || !this.film.films.length;
    this.film.load(films, playing);
    if (leader === null) this.film.time = Math.min(before, this.film.end);
  }

  rank() {
    const { solved } = this.run_.criterion, rows = [...this.returns].sort((a, b) => (b[1] ?? -Infinity) - (a[1] ?? -Infinity));
    const values = rows.map((row) => row[1] ?? 0), low = Math.min(...values, 0), high = Math.max(...values, low + 1e-9);
    const filmed = new Set(this.films.map((film) => film.niche));
    fill(this.table, element("table", {}, ...rows.slice(0, 100).map(([niche, value, finished]) => {
      const bar = element("span");
      bar.style.width = `${(100 * ((value ?? low) - low)) / (high - low)}%`;
      return element(
        "tr", { class: value >= solved ? "solved" : "", onclick: () => filmed.has(niche) && this.ghosts(niche) },
        element("td", { text: `niche ${niche}` }), element("td", { class: "right", text: number(value) }),
        element("td", { text: finished ? "finished" : "" }), element("td", { class: "bar-cell" }, bar),
      );
    })));
  }
}
