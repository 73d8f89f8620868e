/* Pages that follow sales: once the stream tells of another sale or return than the page was made with, the server is
   asked again, with a pause between, and only while somebody looks. */
(function () {
  "use strict";

  /* `pauseMs`: how long after one question the next may be asked. */
  function following(page, pauseMs) {
    const pulseId = `${page}-pulse`;
    let sentAt = 0;
    let timer = null;

    function send() {
      timer = null;
      const known = document.getElementById(`${page}-known`);
      if (!known) return;
      if (document.hidden) {
        document.addEventListener("visibilitychange", send, { once: true });
        return;
      }
      known.dataset.sales = known.dataset.heard;
      sentAt = Date.now();
      window.dash_clientside.set_props(pulseId, { data: sentAt });
    }

    return function (snapshot) {
      const known = document.getElementById(`${page}-known`);
      if (known && snapshot && snapshot.today) {
        const { orders, gross, returns } = snapshot.today;
        known.dataset.heard = [snapshot.day, orders, gross, returns].join(" ");
        if (known.dataset.heard !== known.dataset.sales && timer === null) {
          timer = setTimeout(send, Math.max(0, sentAt + pauseMs - Date.now()));
        }
      }
      return window.dash_clientside.no_update;
    };
  }

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.pulse = { overview: following("admin-overview", 10000), customers: following("admin-customers", 2000) };
})();
