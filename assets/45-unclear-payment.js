/* A click on "pay" whose answer was lost on the way may have paid: the page asks what became of it
   (pages/shop/_unclear_payment.py), by the key that the click was sent with. */
(function () {
  "use strict";

  function sent(body) {
    try {
      return JSON.parse(body);
    } catch {
      return null; // not a callback's
    }
  }

  window.addEventListener("shop-unanswered", ({ detail }) => {
    const request = sent(detail);
    if (!request || !(request.changedPropIds || []).includes("checkout-pay.n_clicks")) return;
    const value = (id) => (request.state.find((state) => state.id === id) || {}).value;
    const shown = value("checkout-shown") || {};
    const { set_props: set } = window.dash_clientside;
    set("checkout-asked", { data: { key: value("checkout-key"), revision: shown.revision, lost: true } });
    set("checkout-again", { disabled: false, n_intervals: 0 });
  });
})();
