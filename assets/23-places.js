/* An address may name a place of its page ("#customers"). The page comes after its address, so the place is gone to once
   it is there and nothing moves any more, unless the person has moved first. */
(function () {
  "use strict";
  const QUIET = 150; // ms
  let awaited = window.location.hash.slice(1);
  let timer = 0;

  const push = window.history.pushState;
  window.history.pushState = function (state, title, url) {
    awaited = url ? new URL(url, window.location.href).hash.slice(1) : "";
    return push.apply(window.history, [state, title, url]);
  };

  function arrive() {
    const place = awaited && document.getElementById(awaited);
    if (!place) return;
    awaited = "";
    place.scrollIntoView({ block: "start" });
  }

  new MutationObserver(() => {
    if (!awaited) return;
    clearTimeout(timer);
    timer = setTimeout(arrive, QUIET);
  }).observe(document, { subtree: true, childList: true });

  for (const move of ["wheel", "touchmove", "keydown"]) {
    window.addEventListener(move, () => (awaited = ""), { passive: true });
  }
})();
