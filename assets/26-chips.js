/* Chips are one line that scrolls on a phone: the chosen one is in sight from the start. */
(function () {
  "use strict";
  const shownBars = new WeakMap();
  function show() {
    const chosen = document.querySelector(".chips .is-on");
    if (!chosen || shownBars.get(chosen) === chosen.textContent) return;
    shownBars.set(chosen, chosen.textContent);
    const bar = chosen.parentElement;
    const middle = (box) => box.getBoundingClientRect().left + box.offsetWidth / 2;
    bar.scrollLeft += middle(chosen) - middle(bar); // whichever side the line begins on
  }

  show();
  new MutationObserver(show).observe(document.documentElement, { childList: true, subtree: true });
})();
