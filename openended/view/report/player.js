// Plays the episodes of the page on its canvas, and sorts and filters its gallery. Needs nothing from elsewhere.
import { decoded, draw, fit, last, words } from "./scene.js";

const $ = (id) => document.getElementById(id);
const films = JSON.parse($("films").textContent);
const canvas = $("screen");
let film = null, time = 0, playing = false, before = 0;

function show() {
  if (!film) return;
  draw(canvas, film, time);
  const told = words(film, time);
  $("time").value = time;
  $("told").textContent = told;
  $("time").setAttribute("aria-valuetext", told);
}

function tick(now) {
  if (!playing) return;
  const speed = Number($("speed").value), passed = Math.min(now - before, 100) / 1000;
  before = now;
  time = Math.min(time + (passed * speed * film.rate) / film.stride, last(film));
  show();
  if (time >= last(film)) pause();
  else requestAnimationFrame(tick);
}

function play() {
  if (time >= last(film)) time = 0;
  playing = true;
  before = performance.now();
  $("play").textContent = "Pause";
  requestAnimationFrame(tick);
}

function pause() {
  playing = false;
  $("play").textContent = "Play";
}

function choose(niche) {
  const raw = films.find((each) => each.niche === niche);
  if (!raw) return false;
  pause();
  film = decoded(raw, show);
  time = 0;
  $("time").max = last(film);
  $("episode").value = String(niche);
  $("caption").textContent = raw.caption;
  canvas.setAttribute("aria-label", raw.caption);
  for (const card of document.querySelectorAll("[data-niche]")) {
    card.classList.toggle("chosen", Number(card.dataset.niche) === niche);
  }
  show();
  return true;
}

function go(niche) {
  if (choose(niche)) {
    $("watch").scrollIntoView({ block: "nearest" });
    play();
  } else {
    const card = $(`niche-${niche}`);
    if (card) card.scrollIntoView({ block: "center" });
  }
}

function arrange() {
  const by = $("sort").value, only = $("only").value;
  const cards = [...document.querySelectorAll(".card")];
  const downwards = by === "fitness" ? -1 : 1;
  cards.sort((a, b) => downwards * (a.dataset[by] - b.dataset[by]) || a.dataset.niche - b.dataset.niche);
  let seen = 0;
  for (const card of cards) {
    card.hidden = (only === "solved" && card.dataset.solved !== "1") || (only === "open" && card.dataset.solved === "1");
    seen += !card.hidden;
    card.parentElement.append(card);
  }
  $("seen").textContent = `${seen} of ${cards.length}`;
}

document.body.classList.add("live");
if (films.length) {
  $("play").onclick = () => (playing ? pause() : play());
  $("time").oninput = () => {
    pause();
    time = Number($("time").value);
    show();
  };
  $("episode").onchange = () => choose(Number($("episode").value));
  for (const button of document.querySelectorAll("button[data-show]")) {
    button.onclick = () => go(Number(button.dataset.show));
  }
  choose(Number(canvas.dataset.first));
  new ResizeObserver(() => {
    fit(canvas, 0.42, 200, 460);
    show();
  }).observe(canvas.parentElement);
}
if ($("sort")) {
  $("sort").onchange = $("only").onchange = arrange;
  arrange();
}
