/* While a part of the shop is away its pages say so; here they find out that it is back. Pages that lack something
   load again by themselves, others only take the note back: what was typed stays. */
(function () {
  "use strict";
  const HEALTH = "/readyz";
  const PAUSE_MS = 3000;
  const SPREAD_MS = 3000; // not every browser at once

  async function isWell() {
    try {
      return (await fetch(HEALTH, { cache: "no-store" })).ok;
    } catch {
      return false; // not even the server is there
    }
  }

  async function look() {
    const notes = [...document.querySelectorAll("[data-outage]")];
    if (notes.length && (await isWell())) {
      if (notes.some((note) => note.dataset.outage === "page")) return window.location.reload();
      for (const note of notes) note.remove();
      window.retail.toast(window.shopWords.say("All is well again."), "good");
    }
    setTimeout(look, PAUSE_MS + SPREAD_MS * Math.random());
  }

  look();
})();
