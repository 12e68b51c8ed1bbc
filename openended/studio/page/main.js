// The page: lets itself in, asks once a second how the run stands, and shows one of its views.
import { enter, get } from "./api.js";
import { $, count, duration } from "./dom.js";
import { Watch } from "./watch.js";

const TABS = ["watch", "make", "play", "vote"];
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
  views.watch = new Watch(run, tell, () => []);
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
