/* Tells the server that today's sales moved, so that the chosen period's numbers follow: every ten seconds
   at most, and only while somebody looks. */
(function () {
  "use strict";
  const PAUSE_MS = 10000;
  const PULSE = "admin-overview-pulse";
  let known = null;
  let sentAt = 0;
  let timer = null;

  function send() {
    timer = null;
    if (!document.getElementById("admin-overview-chart")) return;
    if (document.hidden) {
      document.addEventListener("visibilitychange", send, { once: true });
      return;
    }
    sentAt = Date.now();
    window.dash_clientside.set_props(PULSE, { data: sentAt });
  }

  function pulse(snapshot) {
    if (snapshot && snapshot.today) {
      const { orders, gross, returns } = snapshot.today;
      const now = [snapshot.day, orders, gross, returns].join(" ");
      if (known !== null && known !== now && timer === null) {
        timer = setTimeout(send, Math.max(0, sentAt + PAUSE_MS - Date.now()));
      }
      known = now;
    }
    return window.dash_clientside.no_update;
  }

  /* A click on a part of sales chooses it, or takes it off again; "kind:" without a value takes it off too. */
  function pick(clicks, part) {
    const { triggered, triggered_id: id } = window.dash_clientside.callback_context;
    if (!id || !triggered.length || !triggered[0].value) return window.dash_clientside.no_update;
    const at = id.key.indexOf(":");
    const [kind, value] = [id.key.slice(0, at), id.key.slice(at + 1)];
    if (kind === "all") return { category: "", country: "", product: "" };
    return { ...part, [kind]: part[kind] === value ? "" : value };
  }

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.overview = { pulse, pick };
})();
