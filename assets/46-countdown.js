/* How long the units of an order that awaits its payment are still held: [data-held-until], a moment in UTC. */
(function () {
  "use strict";

  function left(element) {
    const seconds = Math.max(0, Math.round((Date.parse(element.dataset.heldUntil) - Date.now()) / 1000));
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }

  function show() {
    for (const element of document.querySelectorAll("[data-held-until]")) {
      const words = left(element);
      if (element.textContent !== words) element.textContent = words;
    }
  }

  document.addEventListener("DOMContentLoaded", show);
  window.setInterval(show, 1000);
})();
