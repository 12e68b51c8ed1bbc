// The page: lets itself in, asks once a second how the run stands, and shows one of its views.
import { enter, get } from "./api.js";
import { Check } from "./check.js";
import { $, button, count, duration, element, fill } from "./dom.js";
import { Make } from "./make.js";
import { Play } from "./play.js";
import { Vote } from "./vote.js";
import { Watch } from "./watch.js";

const TABS = ["watch", "make", "play", "vote", "check"];
const EVERY = 1000, LATER = 4000;
const views = {};
let run = null, tag = "", wait = EVERY;

function tell(words) {
  $("problem").hidden = !words;
  $("problem").textContent = words ?? "";
}

function show(name) {
  for (const tab of TABS) {
    const chosen = tab === name;
    $(tab).hidden = !chosen;
    $(`tab-${tab}`).setAttribute("aria-selected", String(chosen));
    $(`tab-${tab}`).tabIndex = chosen ? 0 : -1;
  }
  views[name]?.enter?.();
  if (location.hash !== `#${name}`) history.replaceState(null, "", `#${name}`);
}

function head(now) {
  const { generation, generations, owner, done, pace } = now;
  const at = generation < 0 ? "no generation yet" : `generation ${generation} of ${generations}`;
  $("state").className = `pill ${done ? "done" : owner ? "runs" : ""}`;
  $("state").textContent = done ? `finished: ${at}` : owner ? at : `stopped: ${at}`;
  $("state").title = owner ? `run by ${owner}` : done ? "" : `continue it: ${run.command}`;
  const left = pace.seconds === null ? null : (generations - generation) * pace.seconds;
  $("pace").textContent = owner && pace.steps ? `${count(pace.steps)} steps/s · ${duration(left)} left` : owner || done ? "" : run.command;
}

const TAG = "openended-author";

function name(author) {
  $("who").hidden = false;
  $("who").textContent = author ? `as ${author}` : "say who you are";
}

/** The tag under which one offers; asked for once, if `ask`. */
async function who(ask = true, anew = false) {
  const known = run.author || sessionStorage.getItem(TAG);
  if (run.author || !ask || (known && !anew)) return known;
  const field = element("input", { type: "text", maxlength: 32, pattern: "[a-z0-9_\\-]{1,32}", required: true, value: known ?? "", "aria-label": "your tag" });
  const form = element("form", { method: "dialog" }, element("h2", { text: "Who are you?" }),
    element("p", { class: "quiet", text: "A short tag, of a-z, 0-9, _ and -. It is recorded with what you send. It is no password, and need not be your name." }),
    field, element("div", { class: "actions" }, element("button", { class: "button main", value: "ok", text: "That is me" }), button("Not now", () => $("ask").close(""))));
  fill($("ask"), form);
  $("ask").returnValue = "";
  $("ask").showModal();
  await new Promise((done) => $("ask").addEventListener("close", done, { once: true }));
  if ($("ask").returnValue === "ok") sessionStorage.setItem(TAG, field.value);
  name(sessionStorage.getItem(TAG));
  return sessionStorage.getItem(TAG);
}

// What can be done with an elite.
function actions(elite) {
  const known = [["Edit a copy", () => edit(elite)], ["Beat this", () => edit(elite, { niche: elite.niche, agent: elite.agent })]];
  return run.keys ? [...known, ["Play its task", () => play(JSON.parse(elite.genome), elite.task)]] : known;
}

function play(task, about) {
  views.play.open(task, about);
  show("play");
}

function edit(elite, beat = null) {
  views.make.copy(elite, beat);
  show("make");
}

async function look() {
  let again = true;
  try {
    const now = await get(`/api/moment?after=${encodeURIComponent(tag)}`);
    if (now) {
      if (!run.cells && !run.tiles.points) run.tiles = (await get("/api/run")).tiles;
      tag = now.tag;
      head(now);
      for (const view of Object.values(views)) view.show?.(now);
    }
    tell("");
    wait = EVERY;
  } catch (problem) {
    tell(problem.message);
    $("state").className = "pill gone";
    again = problem.status !== 401;
    wait = LATER;
  }
  if (again) setTimeout(() => (document.hidden ? document.addEventListener("visibilitychange", look, { once: true }) : look()), wait);
}

async function begin() {
  let wanted = location.hash.slice(1);
  try {
    await enter();
    run = await get("/api/run");
  } catch (problem) {
    tell(problem.message);
    return;
  }
  $("title").textContent = `${run.recipe} (seed ${run.seed})`;
  document.title = `${run.recipe} · openended studio`;
  $("who").onclick = () => who(true, true);
  if (!run.closed) name(run.author || sessionStorage.getItem(TAG));
  views.watch = new Watch(run, tell, actions);
  views.make = new Make(run, tell, who);
  if (run.keys) {
    views.play = new Play(run, tell, who, views.make.sent);
    views.make.play = (draft) => play(draft.task, draft.sent);
    views.play.fallback = () => views.make.draft.task && views.play.open(views.make.draft.task);
  }
  if (!run.closed) {
    views.vote = new Vote(run, tell, who, views.make.sent);
    views.check = new Check(run, who, views.make.sent, play);
  }
  for (const tab of TABS) {
    if (!views[tab]) $(`tab-${tab}`).hidden = true;
    $(`tab-${tab}`).onclick = () => show(tab);
  }
  document.querySelector("nav").onkeydown = (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    const known = TABS.filter((tab) => views[tab]), next = known[(known.indexOf(document.activeElement.id.slice(4)) + step + known.length) % known.length];
    show(next);
    $(`tab-${next}`).focus();
  };
  if (!views[wanted]) wanted = "watch";
  show(wanted);
  look();
}

begin();
