// What can be seen and done on any page: a list of its visible elements, the same way for every site.
// `look()` gives them in the order of the document; `node(id)` is the element that an id stands for.
(() => {
  "use strict";
  if (window.openended) return;
  const ids = new WeakMap(), nodes = [];
  const WHAT = "a[href], button, input, textarea, select, option, summary, [role=button], [role=link], [role=tab], " +
    "[role=checkbox], [role=radio]";
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
    if (node.matches("option")) return 5;
    if (node.matches("select")) return 8;
    if (node.matches("textarea")) return 7;
    if (role === "checkbox" || type === "checkbox") return 3;
    if (role === "radio" || type === "radio") return 4;
    if (node.matches("a") || role === "link") return 0;
    if (node.matches("dialog *, [role=dialog] *") && CLOSERS.has(name(node).toLowerCase())) return 11;
    if (type === "submit" || type === "image") return 2;
    if (node.matches("button") || role === "button" || type === "button" || type === "reset") return 1;
    return 6;
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
    if (node.matches("option")) {
      const list = node.closest("select");
      return (list.multiple || list.size > 1) && list.checkVisibility({visibilityProperty: true});
    }
    if (node.matches("select")) return !node.multiple && node.size < 2 && node.checkVisibility({visibilityProperty: true});
    return node.type !== "hidden" && node.checkVisibility({visibilityProperty: true});
  }

  function look() {
    const modals = document.querySelectorAll("dialog:modal"), modal = modals[modals.length - 1];
    const seen = [...document.querySelectorAll(WHAT)].filter((node) => visible(node, modal));
    return {
      inside: Boolean(modal), hash: location.hash,
      things: seen.map((node) => {
        const what = kind(node), typed = what === 6 || what === 7;
        return {
          id: id(node), kind: what, name: name(node), context: context(node), group: id(node.closest(GROUPS) || document),
          on: on(node), text: typed ? node.value : "", required: Boolean(typed && node.required),
          disabled: node.matches(":disabled"), numeric: typed && (node.inputMode === "numeric" || node.type === "number"),
          hash: what === 0 ? node.hash || "" : "",
        };
      }),
    };
  }
  window.openended = {look, node: (number) => nodes[number]};
})();
