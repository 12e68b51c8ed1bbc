// What an agent did on this page, one action at a time.
(() => {
  "use strict";
  const actions = ACTIONS;
  const all = [...document.querySelectorAll("main :is(a, button, input, textarea, option, summary)")];
  const button = document.createElement("button");
  let next = 0;
  function tell() {
    button.textContent = next < actions.length ? `Next action of the agent (${next + 1} of ${actions.length})` : "The agent is done";
    button.disabled = next >= actions.length;
  }
  button.addEventListener("click", () => {
    const [place, text] = actions[next++];
    if (place < 0) history.back();
    else if (text !== null) all[place].value = text;
    else if (all[place].matches("option")) {
      const list = all[place].parentElement, on = all[place].selected;
      if (!list.multiple) list.selectedIndex = -1;
      all[place].selected = list.multiple ? !on : true;
    } else all[place].click();
    tell();
  });
  tell();
  document.querySelector("header").append(button);
})();
