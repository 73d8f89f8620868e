/* A document of the shop brings nothing of the staff's pages and the wall along: a way to them loads their own. */
(function () {
  "use strict";
  const STAFF = /^\/(admin|wall)(\/|$)/;
  const push = window.history.pushState;
  window.history.pushState = function (state, title, url) {
    const to = url ? new URL(url, window.location.href) : window.location;
    if (to.origin === window.location.origin && STAFF.test(to.pathname)) return window.location.assign(to.href);
    return push.call(window.history, state, title, url);
  };
})();
