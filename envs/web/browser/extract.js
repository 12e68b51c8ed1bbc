// What can be seen and done on any page: a list of its visible elements, the same way for every site. Where `listen.js`
// ran before the page's own scripts, elements without a role count that listen to clicks and have no such element inside.
// `look()` gives them in the order of the document, `middle(id)` says where one of them is clicked.
(() => {
  "use strict";
  if (window.openended) return;
  const ids = new WeakMap(), nodes = [], heard = window.openendedHeard;
  const WHAT = "a[href], button, input, textarea, select, option, summary, [role=button], [role=link], [role=tab], " +
    "[role=checkbox], [role=radio], [role=option], [role=menuitem]";
  const GROUPS = "fieldset, table, select, nav, [role=tablist], [role=group], details, dialog, [role=dialog]";
  const CLOSERS = new Set(["close", "dismiss", "okay", "ok", "cancel", "x", "×"]);

  function id(node) {
    if (!ids.has(node)) { ids.set(node, nodes.length); nodes.push(node); }
    return ids.get(node);
  }
  function words(node) { return node ? node.textContent.replace(/\s+/g, " ").trim() : ""; }

  function kind(node) {
    const role = node.getAttribute("role"), type = (node.type || "").toLowerCase();
    if (role === "tab") return 9;
    if (node.matches("summary")) return 10;
    if (node.matches("option") || role === "option") return 5;
    if (node.matches("select")) return 8;
    if (node.matches("textarea")) return 7;
    if (role === "checkbox" || type === "checkbox") return 3;
    if (role === "radio" || type === "radio") return 4;
    if (node.matches("a") || role === "link" || role === "menuitem") return 0;
    if (node.matches("dialog *, [role=dialog] *") && CLOSERS.has(name(node).toLowerCase())) return 11;
    if (type === "submit" || type === "image") return 2;
    if (node.matches("button") || role === "button" || type === "button" || type === "reset") return 1;
    return node.matches("input") ? 6 : 1;
  }

  function before(node) {
    for (let other = node.previousSibling; other; other = other.previousSibling) {
      if (words(other)) return words(other);
    }
    return "";
  }

  function name(node) {
    if (node.getAttribute("aria-label")) return node.getAttribute("aria-label");
    if (node.labels && node.labels.length) return words(node.labels[0]);
    if (node.matches("input[type=submit], input[type=button], input[type=reset]")) return node.value;
    if (node.matches("input, textarea, select")) return node.placeholder || node.title || before(node);
    return words(node) || node.title || node.getAttribute("alt") || "";
  }

  function context(node) {
    const row = node.closest("tr");
    if (row) {
      return [...row.cells].filter((cell) => !cell.contains(node)).map(words).join(" ");
    }
    if (node.matches("option")) return name(node.closest("select"));
    const set = node.closest("fieldset");
    return set ? words(set.querySelector("legend")) : "";
  }

  function on(node) {
    if (node.matches("option")) return node.selected;
    if (node.matches("summary")) return node.parentElement.open;
    if (node.matches("input[type=checkbox], input[type=radio]")) return node.checked;
    return ["aria-pressed", "aria-selected", "aria-checked"].some((state) => node.getAttribute(state) === "true");
  }

  function visible(node, modal) {
    if (modal && !modal.contains(node)) return false;
    if (node.matches("select")) return false;
    if (node.matches("option")) node = node.closest("select, datalist");
    return node.type !== "hidden" && node.checkVisibility({visibilityProperty: true});
  }

  function listens(node) { return heard.has(node) || Boolean(node.onclick); }

  function elements() {
    if (!heard) return [...document.querySelectorAll(WHAT)];
    const all = [...document.body.querySelectorAll("*")], outer = new Set();
    const role = (node) => node.matches(WHAT) && !node.matches("[role=presentation], [role=none]");
    for (const node of all) {
      if (!role(node) && (!listens(node) || node.closest(WHAT))) continue;
      for (let other = node.parentElement; other && !outer.has(other); other = other.parentElement) outer.add(other);
    }
    return all.filter((node) => !outer.has(node) && (role(node) || (listens(node) && !node.closest(WHAT))));
  }

  function look() {
    const modals = document.querySelectorAll("dialog:modal"), modal = modals[modals.length - 1];
    const seen = elements().filter((node) => visible(node, modal));
    return {
      inside: Boolean(modal), place: location.href, document: performance.timeOrigin,
      things: seen.map((node) => {
        const what = kind(node), typed = what === 6 || what === 7;
        return {
          id: id(node), kind: what, name: name(node), context: context(node), group: id(node.closest(GROUPS) || document),
          on: on(node), text: typed ? node.value : "", required: Boolean(typed && node.required),
          disabled: node.matches(":disabled"), numeric: typed && (node.inputMode === "numeric" || node.type === "number"),
          leads: what === 0 ? node.href || "" : "",
        };
      }),
    };
  }

  let hash = location.hash;
  addEventListener("hashchange", () => { hash = location.hash; });
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const task = () => new Promise((done) => setTimeout(done));
  const moved = () => new Promise((done) => addEventListener("hashchange", done, {once: true}));

  // What is waited for after an action: that the page has shown where it went and done what was queued, or two frames.
  const settled = {
    tasks: async () => { if (location.hash !== hash) await moved(); await task(); },
    frames: async () => { await frame(); await frame(); },
  };

  // Goes one page back, and waits until that page is shown.
  async function back(how) {
    const shown = new Promise((done) => addEventListener("popstate", done, {once: true}));
    history.back();
    await shown;
    await settled[how]();
  }

  // The box of an element; of a text that is broken into lines, that of the first one.
  const boxOf = (node) => node.getClientRects()[0] || node.getBoundingClientRect();

  // Whether an element is in the window as a whole and its middle is neither cut off nor covered by others.
  function reachable(node) {
    const box = boxOf(node);
    if (box.top < 0 || box.bottom > innerHeight || box.left < 0 || box.right > innerWidth) return false;
    const there = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    return Boolean(there) && (node.contains(there) || there.contains(node));
  }

  // Where to click on an element, in the window, and whether that needs the control key: in a list of many options. Or,
  // for an option of a closed menu, the steps from what is chosen there. `select`: for typing.
  function middle(number, select) {
    const node = nodes[number], list = node.matches("option") ? node.closest("select") : null;
    if (list && !list.multiple && list.size < 2) {
      list.focus({preventScroll: true});
      return [0, 0, false, node.index - list.selectedIndex];
    }
    if (!reachable(node)) node.scrollIntoView({block: "center", inline: "center", behavior: "instant"});
    if (select) { node.focus({preventScroll: true}); node.select(); }
    const box = boxOf(node);
    return [box.x + box.width / 2, box.y + box.height / 2, Boolean(node.parentElement.multiple), null];
  }
  window.openended = {look, middle, settled, back};
})();
