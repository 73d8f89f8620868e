/* On a phone the order summary starts folded to its total; drawn anew it is as it was left. */
(function () {
  "use strict";
  const narrow = window.matchMedia("(max-width: 900px)");
  let left = null; // open or not

  function fold() {
    const summary = document.querySelector("details.order-summary");
    if (!summary || summary.classList.contains("is-placed")) return;
    summary.open = left === null ? !narrow.matches : left;
    summary.classList.add("is-placed"); // until then the style sheet shows it folded on a phone, where it would move the form
  }

  document.addEventListener("toggle", ({ target }) => {
    if (target.matches("details.order-summary")) left = target.open;
  }, true);
  fold();
  document.addEventListener("shop-drawn", fold);
  new MutationObserver(fold).observe(document.documentElement, { childList: true, subtree: true });
})();
