// Notes which elements listen to clicks; runs before a page's own scripts.
(() => {
  "use strict";
  const heard = new WeakSet(), add = EventTarget.prototype.addEventListener;
  window.openendedHeard = heard;
  EventTarget.prototype.addEventListener = function (type, ...rest) {
    if (this instanceof Element && /^(click|mousedown|mouseup)$/.test(type)) heard.add(this);
    return add.call(this, type, ...rest);
  };
})();
