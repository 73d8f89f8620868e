/* The staff pages in the browser: what the live stream brings is placed where a page shows it, and the mark beside "as of".
   Tiles and lists come ready from the server (components/admin/live_parts.py), which escapes all text in them. */
(function () {
  "use strict";
  window.dash_clientside = window.dash_clientside || {};
  const formats = window.shopFormats;
  const by = (id) => document.getElementById(id);
  const noUpdate = () => window.dash_clientside.no_update;

  // --- live parts ---------------------------------------------------------------------------------

  let seenOrders = null;

  function parts(snapshot) {
    if (!snapshot) return noUpdate();
    for (const element of document.querySelectorAll("[data-live]")) {
      if (window.staticHtml.place(element, snapshot.parts[element.dataset.live])) trim(element);
    }
    markArrivals();
    return snapshot.seq;
  }

  /* An event is for all of staff: a page takes as many rows as it has room for, and the links that its reader may follow. */
  function trim(element) {
    const { most, follow } = element.dataset;
    const list = element.querySelector(".kit-list");
    if (!list) return;
    if (most) [...list.children].slice(Number(most)).forEach((row) => row.remove());
    if (!follow) list.querySelectorAll("a").forEach((link) => (link.matches(".btn") ? link.remove() : link.removeAttribute("href")));
  }

  function markArrivals() {
    const rows = [...document.querySelectorAll("[data-live] [data-key]")];
    if (!rows.length) return;
    const keys = rows.map((row) => row.dataset.key);
    if (seenOrders) rows.forEach((row) => !seenOrders.has(row.dataset.key) && row.classList.add("just-in"));
    seenOrders = new Set([...(seenOrders || []), ...keys]);
  }

  // --- the mark beside "as of" --------------------------------------------------------------------

  function liveMark(snapshot, state) {
    const asOf = snapshot && snapshot.as_of ? `as of ${formats.clockWithSeconds(new Date(snapshot.as_of))}` : "";
    if (state && state.status === "reconnecting") {
      return [["Reconnecting", asOf && `numbers ${asOf}`].filter(Boolean).join(" · "), "live-mark live-mark-reconnecting"];
    }
    if (!asOf) return [noUpdate(), noUpdate()];
    // Of a quiet shop sales end with its last one, however lively the line is.
    if (snapshot.quiet_since) return [`Sales end on ${snapshot.quiet_since} · read ${asOf.replace("as of", "at")}`, "live-mark"];
    return [`Live · ${asOf}`, "live-mark live-mark-live"];
  }

  // --- small things of the frame ------------------------------------------------------------------

  document.addEventListener("click", (event) => {
    const passed = event.target.closest("[data-click]");
    if (passed && by(passed.dataset.click)) by(passed.dataset.click).click();
    const sheet = event.target.closest("a") && event.target.closest("details.bar-more");
    if (sheet) sheet.open = false;
  });

  window.retailAdmin = { by, noUpdate };
  window.dash_clientside.admin = {
    overviewParts: parts,
    stockParts: parts,
    overviewMark: liveMark,
    stockMark: liveMark,
    customersMark: liveMark,
  };
})();
