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

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.overview = { pulse };
})();
