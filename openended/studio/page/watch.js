// Watch: the archive, the elite that was chosen in it, how the run goes, what happened last.
import { get } from "./api.js";
import { curves } from "./curves.js";
import { $, button, count, element, fill, number, options } from "./dom.js";
import { Film } from "./film.js";
import { Heatmap, niches } from "./heatmap.js";

const KINDS = [["", "all"], ["admitted", "admitted"], ["taken over", "transfers"], ["solved", "solved"]];

const SLOW = "One moment: the first episode on a machine compiles the simulator, which takes up to two minutes.";

export class Watch {
  constructor(run, tell, actions) {
    Object.assign(this, { run, tell, actions, chosen: null, now: null });
    this.film = new Film($("screen"));
    this.map = new Heatmap(run, (behind) => this.behind(behind));
    $("question").textContent = run.question;
    options($("kind"), KINDS);
    $("kind").onchange = () => this.feed();
    $("behind").onchange = () => this.open(Number($("behind").value));
    this.film.hint(run.films ? "Choose a tile to watch its elite." : "This run keeps no agents, or its domain draws no pictures.");
  }

  show(now) {
    this.now = now;
    const { metrics } = now;
    const figures = [
      ["elites", number(metrics.elites, 0)], ["solved", number(metrics.solved, 0)],
      ["coverage", metrics.coverage === null ? "–" : `${(100 * metrics.coverage).toFixed(1)} %`],
      ["QD score", number(metrics.qd_score, 0)], ["best fitness", number(metrics.best)], ["active pairs", number(metrics.active, 0)],
      ["tasks made", number(metrics.tasks_created, 0)], ["transfers", number(metrics.transfers_accepted, 0)], ["steps", count(metrics.env_steps)],
    ];
    fill($("figures"), ...figures.map(([name, value]) => element("div", {}, element("dt", { text: name }), element("dd", { text: value }))));
    this.map.show(now);
    curves(now);
    this.feed();
    this.wanted();
    if (this.chosen === null && now.niches.length) this.first();
  }

  // The page begins with the fittest elite, so that there is something to see.
  first() {
    const seen = niches(this.now).filter((niche) => niche.seen);
    seen.sort((a, b) => (b.fitness ?? -Infinity) - (a.fitness ?? -Infinity));
    if (seen.length) this.open(seen[0].niche);
  }

  behind(held) {
    options($("behind"), held.map((niche) => [niche.niche, `niche ${niche.niche}: ${number(niche.fitness)}`]), held[0].niche);
    $("behind").hidden = held.length < 2;
    this.open(held[0].niche, false);
  }

  /** Show the elite of a niche. */
  async open(niche, mark = true) {
    this.chosen = niche;
    if (mark) this.map.select(niche);
    $("elite-head").textContent = `Elite of niche ${niche}`;
    this.film.hint(this.run.films ? "One moment …" : "There is nothing to play.");
    setTimeout(() => this.chosen === niche && this.film.waits && this.film.hint(SLOW), 3000);
    try {
      const [elite, film] = await Promise.all([get(`/api/elite/${niche}`), this.run.films ? get(`/api/film/${niche}`) : null]);
      if (this.chosen !== niche) return;
      this.facts(elite);
      if (film) this.film.load([film]);
    } catch (problem) {
      if (this.chosen !== niche) return;
      this.film.hint(problem.message);
      fill($("elite"));
      fill($("actions"));
    }
  }

  facts(elite) {
    const worth = element("dd", {}, `${elite.fitness} `, elite.solved ? element("span", { class: "solved-word", text: "solved" }) : "not solved");
    const rows = [["fitness", worth], ["task", `${elite.task}, admitted in generation ${elite.admitted}`], ["author", elite.author], ["it is", elite.where]];
    fill(
      $("elite"),
      element("dl", { class: "facts" }, ...rows.flatMap(([name, value]) => [element("dt", { text: name }), value instanceof Node ? value : element("dd", { text: value })])),
      element("h3", { text: "The agent was trained on" }),
      this.way(elite.been.map((stay) => ({ ...stay, text: stay.how }))),
      element("h3", { text: "The task was made from" }),
      this.way(elite.made.map((task) => ({ ...task, text: task.where }))),
    );
    fill($("actions"), ...this.actions(elite).map(([text, act]) => button(text, act)));
  }

  way(steps) {
    const held = new Map(this.now.niches.map((row) => [row[1], row[0]]));
    return element("ol", { class: "way" }, ...steps.map((step) => {
      const niche = held.get(step.task), head = element("b", { text: `task ${step.task} · generation ${step.generation}` });
      return element("li", {}, element("button", { type: "button", disabled: niche === undefined, onclick: () => this.open(niche) }, head, step.text));
    }));
  }

  feed() {
    const kind = $("kind").value, seen = this.now.feed.filter((event) => !kind || event.kind === kind);
    fill($("feed"), ...seen.map((event) => element(
      "li", { class: `${event.kind}${event.person ? " person" : ""}` },
      element("span", { text: event.generation }),
      element("button", { type: "button", onclick: () => this.open(event.niche) }, element("span", { class: "kind", "aria-hidden": "true" }), event.text),
    )));
    if (!seen.length) fill($("feed"), element("li", { class: "quiet", text: "nothing yet" }));
  }

  /** Show the solved elite beside a wanted niche. */
  seek(wanted) {
    this.open(wanted.beside[0]);
  }

  wanted() {
    const { axes } = this.run;
    const values = (place) => place.map((value, axis) => `${Number(value.toPrecision(2))}${axes[axis].unit === "1" ? "" : ` ${axes[axis].unit}`}`).join(" · ");
    fill($("wanted"), ...this.now.wanted.map((each) => element("li", {}, element("button", {
      type: "button", text: `niche ${each.niche}: ${values(each.where)}`,
      title: `${axes.map((axis) => axis.name).join(" · ")}; beside niche ${each.beside.join(", ")}`,
      onclick: () => this.seek(each),
    }))));
    if (!this.now.wanted.length) fill($("wanted"), element("li", { class: "quiet", text: "none yet: nothing is solved" }));
  }
}
