// What became of what one has sent.
import { get, post } from "./api.js";
import { button, element, fill } from "./dom.js";

const OPEN = "waits to be taken";

export class Sent {
  constructor(run, who) {
    Object.assign(this, { run, who, waiting: [], known: [] });
    this.list = element("div", { class: "scroll" });
    this.count = element("span", { class: "quiet" });
    this.node = element("article", { class: "card" }, element("div", { class: "head" }, element("h2", { text: "What became of it" }), this.count), this.list);
    this.node.hidden = Boolean(run.closed);
    this.paint();
  }

  /** An offer was left in the inbox. */
  add(name, kind = "task") {
    this.waiting.push({ name, kind });
    this.paint();
  }

  async show(now) {
    if (this.run.closed) return;
    const author = await this.who(false);
    const told = await get(`/api/offers?author=${encodeURIComponent(author ?? "")}`);
    this.known = told.offers;
    this.count.textContent = told.waiting ? `${told.waiting} in the inbox` : "";
    const taken = new Set(told.offers.map((offer) => offer.name));
    this.waiting = this.waiting.filter((offer) => !taken.has(offer.name));
    this.owner = now.owner;
    this.paint();
  }

  paint() {
    const rows = [...this.waiting].reverse().map((offer) => [offer.kind, this.owner === "" ? "waits until the run goes on" : OPEN, "", null]);
    for (const offer of this.known) {
      const parked = offer.kind === "task" && offer.outcome === "parked";
      rows.push([offer.kind, offer.outcome, `generation ${offer.generation}${offer.task >= 0 ? `, task ${offer.task}` : ""}`, parked ? offer.name : null]);
    }
    if (!rows.length) {
      fill(this.list, element("p", { class: "quiet", text: "Nothing was sent yet. The run takes offers between two generations, and judges them as it judges its own tasks." }));
      return;
    }
    fill(this.list, element("table", { class: "offers" }, ...rows.map(([kind, outcome, where, parked]) => element(
      "tr", {}, element("td", { text: kind }), element("td", { class: outcome === "admitted" ? "solved-word" : "", text: outcome }), element("td", { class: "quiet", text: where }),
      element("td", {}, parked ? button("withdraw", () => this.withdraw(parked), "plain") : null),
    ))));
  }

  async withdraw(offer) {
    const author = await this.who();
    if (author) this.add((await post("/api/send", { kind: "withdraw", author, payload: { offer } })).name, "withdraw");
  }
}
