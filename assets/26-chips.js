/* Chips are one line that scrolls on a phone: the chosen one is in sight from the start. */
(function () {
  "use strict";
  const shownBars = new WeakMap();
  function show() {
    const chosen = document.querySelector(".chips .is-on");
    if (!chosen || shownBars.get(chosen) === chosen.textContent) return;
    shownBars.set(chosen, chosen.textContent);
    const bar = chosen.parentElement;
    bar.scrollLeft = chosen.offsetLeft - (bar.clientWidth - chosen.offsetWidth) / 2;
  }

  show();
  new MutationObserver(show).observe(document.documentElement, { childList: true, subtree: true });
})();
