// What a site does beyond what HTML does by itself. All its state is in the document.
(() => {
  "use strict";
  const plan = PLAN;
  const all = [...document.querySelectorAll("main :is(a, button, input, textarea, option, summary)")];
  const pages = [...document.querySelectorAll("main > form")];
  const placeOf = new Map(all.map((element, place) => [element, place]));
  const text = (value) => value.trim().toLowerCase().split(/\s+/).join(" ");
  const here = () => Number((/^#p(\d+)$/.exec(location.hash) || [0, 0])[1]);
  let over = false;

  function show() {
    pages.forEach((page, number) => {
      const dialog = page.querySelector("dialog");
      if (number !== here()) {
        if (dialog && dialog.open) dialog.close();
        page.hidden = true;
      }
    });
    const page = pages[here()], dialog = page.querySelector("dialog");
    page.hidden = false;
    if (dialog && !dialog.open && dialog.returnValue !== "shut") dialog.showModal();
  }

  function value(element) {
    if (element.matches("option")) return Number(element.selected);
    if (element.matches("button")) return Number(element.getAttribute("aria-pressed") === "true");
    if (element.matches("[type=checkbox], [type=radio]")) return Number(element.checked);
    return text(element.value);
  }

  function end(place) {
    if (over) return;
    over = true;
    const right = place === plan.commit && plan.wanted.every(([at, wanted]) => value(all[at]) === wanted);
    document.documentElement.dataset.verdict = right ? "1" : "-1";
    document.getElementById("verdict").textContent = right ? "Done as asked." : "Not what was asked for.";
  }

  function select(tab, panel) {
    for (const other of tab.parentElement.children) other.setAttribute("aria-selected", String(other === tab));
    for (const each of tab.closest("form").querySelectorAll("[role=tabpanel]")) each.hidden = each.id !== "t" + panel;
  }

  const acts = {
    toggle: (element) => element.setAttribute("aria-pressed", String(element.getAttribute("aria-pressed") !== "true")),
    show: (element, target) => select(element, target),
    go: (element, target) => { if (!element.matches("a")) location.hash = "#p" + target; },
    search: (element, target, wanted) => {
      if (text(all[placeOf.get(element) - 1].value) === wanted) location.hash = "#p" + target;
    },
    shut: (element) => element.closest("dialog").close("shut"),
    end: (element, target, wanted, event) => { event.preventDefault(); end(placeOf.get(element)); },
  };
  for (const [place, act, target, wanted] of plan.acts) {
    all[place].addEventListener("click", (event) => acts[act](all[place], target, wanted, event));
  }
  const sends = new Map(plan.sends.map(([place, target]) => [all[place], target]));
  for (const page of pages) {
    page.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!sends.has(event.submitter)) return;
      const target = sends.get(event.submitter);
      if (target < 0) end(placeOf.get(event.submitter)); else location.hash = "#p" + target;
    });
  }
  for (const dialog of document.querySelectorAll("dialog")) {
    dialog.addEventListener("cancel", (event) => event.preventDefault());
  }
  if (!location.hash) history.replaceState(null, "", "#p0");
  addEventListener("hashchange", show);
  show();
})();
