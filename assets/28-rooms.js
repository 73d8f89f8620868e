/* A document of the shop brings nothing of the staff's pages and the wall along: a way to them loads their own. So
   does a way out of the page's language, in which all callbacks of its document are called. */
(function () {
  "use strict";
  const STAFF = /^\/(admin|wall)(\/|$)/;
  const here = document.documentElement.dataset.at || "";
  const elsewhere = (path) => STAFF.test(path) || (here !== "" && !path.startsWith(`${here}/`));
  const push = window.history.pushState;
  window.history.pushState = function (state, title, url) {
    const to = url ? new URL(url, window.location.href) : window.location;
    if (to.origin === window.location.origin && elsewhere(to.pathname)) return window.location.assign(to.href);
    return push.call(window.history, state, title, url);
  };
})();
