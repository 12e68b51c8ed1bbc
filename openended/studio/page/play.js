// Play: a person acts in the task by keys or buttons; agents can be given the body for a while; what was done is a
// witness that the task can be solved.
import { post, token } from "./api.js";
import { $, button, element, fill, options } from "./dom.js";
import { niches } from "./heatmap.js";
import { backdrop, camera, decoded, fit, ruler, shapes } from "./scene.js";

const AHEAD = 2;

export class Play {
  constructor(run, tell, who, sent) {
    Object.assign(this, { run, tell, who, sent, socket: null, held: new Set(), waiting: 0, playing: false, task: null, about: null });
    this.canvas = element("canvas", { role: "img", tabindex: 0 });
    this.told = element("output", { class: "quiet" });
    this.slider = element("input", { type: "range", min: 0, max: 0, value: 0, "aria-label": "step" });
    this.speed = element("select", { "aria-label": "speed" });
    this.ghost = element("select", { "aria-label": "agent" });
    this.toggle = button("Go", () => this.go());
    this.proof = element("div", { class: "verdict" });
    this.layout();
  }

  layout() {
    const { keys, waits } = this.run.keys;
    options(this.speed, [[0.1, "tenth speed"], [0.25, "quarter speed"], [0.5, "half speed"], [1, "as in life"]], this.run.keys.speed);
    const pad = keys.map((key) => {
      const each = element("button", { type: "button", class: "button", text: key.label, title: key.code });
      each.addEventListener("pointerdown", () => this.press(key.code));
      for (const end of ["pointerup", "pointerleave", "pointercancel"]) each.addEventListener(end, () => this.release(key.code));
      each.addEventListener("keydown", (event) => (event.key === "Enter" || event.key === " ") && this.press(key.code));
      each.addEventListener("keyup", () => this.release(key.code));
      return each;
    });
    const legend = keys.map((key) => element("span", {}, element("kbd", { text: key.code.replace("Key", "").replace("Arrow", "") }), ` ${key.label}`));
    this.slider.addEventListener("change", () => this.ask({ rewind: Number(this.slider.value) }));
    const hand = [element("label", {}, "give the body to", this.ghost), button("for 10 steps", () => this.hand(10)), button("to the end", () => this.hand(200, true))];
    this.hands = element("div", { class: "tools", hidden: true }, ...hand);
    this.canvas.addEventListener("keydown", (event) => this.key(event, true));
    this.canvas.addEventListener("keyup", (event) => this.key(event, false));
    this.canvas.addEventListener("blur", () => this.held.clear());
    this.title = element("h2", { text: "Play" });
    const clock = waits ? [] : [this.toggle, this.speed];
    fill($("play"), element("article", { class: "card" },
      element("div", { class: "head" }, this.title, button("Begin anew", () => this.open(this.task, this.about))),
      element("div", { class: "film" }, this.canvas), element("div", { class: "bar-film" }, ...clock, this.slider, this.told),
      element("div", { class: "keys" }, ...legend), element("div", { class: "pad" }, ...pad), this.hands, this.proof));
    new ResizeObserver(() => this.draw()).observe(this.canvas.parentElement);
  }

  show(now) {
    const known = niches(now).filter((niche) => niche.seen).sort((a, b) => (b.fitness ?? -Infinity) - (a.fitness ?? -Infinity));
    options(this.ghost, known.map((niche, place) => [niche.niche, `${place < 9 ? `${place + 1}: ` : ""}the agent of niche ${niche.niche}`]));
    this.hands.hidden = !known.length;
    this.best = known.map((niche) => niche.niche);
  }

  enter() {
    if (!this.socket && this.task === null) this.fallback?.();
    this.draw();
  }

  /** Play a task; `about`: what a witness would name, an id of a task or the name of an offer. */
  open(task, about = null) {
    if (task === null) return;
    Object.assign(this, { task, about, waiting: 0, scene: null, film: null, playing: false });
    this.title.textContent = about === null ? "Play this draft" : typeof about === "number" ? `Play task ${about}` : "Play the task that was sent";
    this.toggle.textContent = "Go";
    this.say("Solve it, and anybody can do it again: that is a proof.");
    this.socket?.close();
    const socket = new WebSocket(`ws://${location.host}/api/play`);
    this.socket = socket;
    socket.onopen = () => socket.send(JSON.stringify({ token: token(), task }));
    socket.onmessage = (event) => this.socket === socket && this.take(JSON.parse(event.data));
    socket.onclose = () => this.socket === socket && this.closed();
  }

  closed() {
    this.socket = null;
    this.playing = false;
    this.toggle.textContent = "Go";
    if (!this.scene?.over) this.say("The game has ended: the studio was stopped, or another tab plays. Begin anew.", "bad");
  }

  take(answer) {
    this.waiting = Math.max(0, this.waiting - 1);
    if (answer.problem) {
      this.say(answer.problem, "bad");
      return;
    }
    if (answer.actions) {
      this.witness?.(answer);
      return;
    }
    if (answer.film) {
      const still = { rate: 1, stride: 1, steps: 0, samples: 1, returns: 0, units: { turn: 1, score: 1 } };
      this.film = decoded({ ...answer.film, ...still }, () => this.draw());
      this.canvas.focus();
    }
    if (answer.frame) this.picture(answer.frame);
    this.scene = answer;
    this.slider.max = Math.max(answer.step, this.slider.max);
    if (!answer.over || answer.step > this.slider.value) this.slider.value = answer.step;
    this.slider.max = answer.step;
    this.told.textContent = `step ${answer.step} · return ${answer.return}`;
    this.draw();
    if (answer.over) this.end(answer);
    else if (this.until) this.hand(50, true);
  }

  end(answer) {
    this.playing = false;
    this.until = false;
    this.toggle.textContent = "Go";
    const { solved } = this.run.criterion, done = answer.finished || Number(answer.return.replaceAll(",", "")) >= solved;
    if (!done) {
      this.say("It is over, and not solved. Move the slider back to try another way from there, or begin anew.", "bad");
      return;
    }
    this.say("Solved.", "ok");
    if (!this.run.closed && this.about !== null) this.proof.append(button("Send it as a witness", () => this.prove(), "button main"));
    else if (!this.run.closed) this.proof.append(" Send the task first; then its proof can be sent, too.");
  }

  async prove() {
    const author = await this.who();
    if (!author || !this.socket) return;
    const { actions, again } = await new Promise((done) => {
      this.witness = done;
      this.ask({ witness: true });
    });
    this.witness = null;
    try {
      const { name } = await post("/api/send", { kind: "witness", author, payload: { task: this.about, actions } });
      this.sent.add(name, "witness");
      this.say(`Sent: ${actions.length} actions, which give ${again.toFixed(3)} again.`, "ok");
    } catch (problem) {
      this.say(problem.message, "bad");
    }
  }

  say(words, kind = "") {
    this.proof.className = `verdict ${kind}`;
    fill(this.proof, words);
  }

  draw() {
    if (!this.film || !this.scene || $("play").hidden) return;
    const tall = this.film.aspect;
    fit(this.canvas, tall ? 1 / tall : 0.42, 220, tall ? 560 : 420);
    const pen = this.canvas.getContext("2d"), { poses, seen } = this.scene;
    this.film.bodies = poses.map((pose) => pose.map((value) => [value]));
    this.film.shapes.forEach((shape, place) => (shape.shown = seen[place]));
    const view = camera(this.film, 0, this.canvas.width, this.canvas.height);
    backdrop(pen, this.film.sky, this.canvas.width, this.canvas.height);
    shapes(pen, this.film, 0, view, () => true);
    if (!tall) ruler(pen, view, this.canvas.width, this.canvas.height);
  }

  picture(address) {
    const image = new Image();
    image.onload = () => {
      const pen = this.canvas.getContext("2d");
      fit(this.canvas, image.height / image.width, 220, 480);
      pen.drawImage(image, 0, 0, this.canvas.width, (this.canvas.width * image.height) / image.width);
    };
    image.src = address;
  }

  ask(value) {
    if (!this.socket || this.socket.readyState !== WebSocket.OPEN) return;
    this.waiting++;
    this.socket.send(JSON.stringify(value));
  }

  hand(steps, until = false) {
    this.until = until;
    if (this.best?.length) this.ask({ ghost: Number(this.ghost.value), steps });
  }

  key(event, down) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const known = this.run.keys.keys.some((key) => key.code === event.code), digit = /^Digit([1-9])$/.exec(event.code);
    if (known) down ? this.press(event.code, event.repeat) : this.release(event.code);
    else if (digit && down && this.best?.[digit[1] - 1] !== undefined) {
      this.ghost.value = this.best[digit[1] - 1];
      this.hand(10);
    } else if (event.code === "Space" && down && !this.run.keys.waits) this.go();
    else return;
    event.preventDefault();
  }

  press(code) {
    this.held.add(code);
    this.until = false;
    if (this.run.keys.waits && this.waiting < AHEAD) this.ask({ keys: [...this.held] });
    else if (!this.run.keys.waits && !this.playing && !this.scene?.over) this.go();
  }

  release(code) {
    this.held.delete(code);
  }

  // The world's own clock: a step each tick, unless the answers to earlier ones are still to come.
  go() {
    this.playing = !this.playing;
    this.toggle.textContent = this.playing ? "Stop" : "Go";
    let before = performance.now();
    const tick = (now) => {
      if (!this.playing || $("play").hidden) return;
      const apart = 1000 / (this.run.keys.rate * Number(this.speed.value));
      if (now - before >= apart && this.waiting < AHEAD) {
        before = Math.max(before + apart, now - apart);
        this.ask({ keys: [...this.held] });
      }
      requestAnimationFrame(tick);
    };
    if (this.playing) requestAnimationFrame(tick);
  }
}
