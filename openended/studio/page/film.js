// A player: one film, or a leader with ghosts, on a canvas with its controls.
import { button, element, fill, options } from "./dom.js";
import { decoded, draw, fit, last, words } from "./scene.js";

const SPEEDS = [["0.25", "¼ speed"], ["0.5", "½ speed"], ["1", "as in life"], ["2", "2 × speed"], ["4", "4 × speed"]];

export class Film {
  constructor(place, share = 0.5) {
    this.canvas = element("canvas", { role: "img" });
    this.wait = element("div", { class: "wait", text: "" });
    this.toggle = button("Play", () => (this.playing ? this.pause() : this.play()));
    this.slider = element("input", { type: "range", min: 0, max: 1, step: "any", value: 0, "aria-label": "time" });
    this.speed = element("select", { "aria-label": "speed" });
    this.told = element("output", {});
    this.films = [];
    this.time = 0;
    this.playing = false;
    options(this.speed, SPEEDS, "1");
    this.slider.addEventListener("input", () => {
      this.pause();
      this.time = Number(this.slider.value);
      this.show();
    });
    this.bar = element("div", { class: "bar-film" }, this.toggle, this.slider, this.speed, this.told);
    fill(place, element("div", { class: "film" }, this.canvas, this.wait), this.bar);
    new ResizeObserver(() => {
      fit(this.canvas, this.films[0]?.aspect ? Math.min(0.8, 1 / this.films[0].aspect) : share, 200, this.films[0]?.aspect ? 560 : 420);
      this.show();
    }).observe(this.canvas.parentElement);
    this.hint("");
  }

  /** Say something in place of a film. */
  hint(text) {
    this.wait.hidden = text === null;
    this.wait.textContent = text ?? "";
    this.bar.hidden = text !== null;
  }

  get waits() {
    return !this.wait.hidden;
  }

  /** Show films of one task: the first leads, the others are ghosts. */
  load(films, play = true) {
    this.pause();
    this.films = films.map((raw) => decoded(raw, () => this.show()));
    this.time = 0;
    if (!films.length) return;
    this.hint(null);
    this.slider.max = Math.max(...this.films.map(last));
    this.canvas.setAttribute("aria-label", films[0].caption);
    fit(this.canvas, this.films[0].aspect ? Math.min(0.8, 1 / this.films[0].aspect) : 0.5, 200, this.films[0].aspect ? 560 : 420);
    this.show();
    if (play && !matchMedia("(prefers-reduced-motion: reduce)").matches) this.play();
  }

  get end() {
    return Math.max(...this.films.map(last));
  }

  show() {
    const [leader, ...ghosts] = this.films;
    if (!leader || !this.canvas.width) return;
    draw(this.canvas, leader, Math.min(this.time, last(leader)), ghosts.filter((each) => each.bodies), this.time);
    this.slider.value = this.time;
    this.told.textContent = words(leader, Math.min(this.time, last(leader)));
    this.slider.setAttribute("aria-valuetext", this.told.textContent);
  }

  play() {
    if (!this.films.length) return;
    if (this.time >= this.end) this.time = 0;
    this.playing = true;
    this.before = performance.now();
    this.toggle.textContent = "Pause";
    requestAnimationFrame((now) => this.tick(now));
  }

  pause() {
    this.playing = false;
    this.toggle.textContent = "Play";
  }

  tick(now) {
    if (!this.playing) return;
    const passed = Math.min(Math.max(now - this.before, 0), 100) / 1000, [leader] = this.films;
    this.before = now;
    this.time = Math.min(this.time + (passed * Number(this.speed.value) * leader.rate) / leader.stride, this.end);
    this.show();
    if (this.time >= this.end) this.pause();
    else requestAnimationFrame((next) => this.tick(next));
  }
}
