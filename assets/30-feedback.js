/* Words for what went well or wrong: toasts, and what to do when a callback fails. */
(function () {
  "use strict";
  const LIFE = { good: 5000, neutral: 6000, bad: 9000 };
  const { say, to } = window.shopWords;
  const OFFLINE = say("You are offline, or the shop cannot be reached. Check the connection and try again.");
  const BROKEN = say("Something went wrong on our side. Try again; if it stays, load the page again.");
  const GLYPH = { good: "check-circle", neutral: "info-circle", bad: "exclamation-circle" };
  const GATEWAY = [502, 504]; // of a proxy that waited in vain
  let leaving = false;
  window.addEventListener("pagehide", () => (leaving = true));
  window.addEventListener("pageshow", () => (leaving = false));
  window.addEventListener("beforeunload", () => (leaving = true));

  function show(message, tone) {
    const host = document.getElementById("toasts");
    if (!host || !message) return;
    const same = [...host.children].find((shown) => shown.dataset.message === message);
    if (same) return same.restart();
    host.append(build(message, tone in LIFE ? tone : "neutral"));
    while (host.children.length > 3) host.firstElementChild.remove();
  }

  function build(message, tone) {
    const toast = document.createElement("div");
    toast.className = `toast-note toast-note-${tone}`;
    toast.dataset.message = message;
    const glyph = document.createElement("i");
    glyph.className = `bi bi-${GLYPH[tone]}`;
    glyph.setAttribute("aria-hidden", "true");
    const words = document.createElement("span");
    words.textContent = message;
    const close = document.createElement("button");
    close.type = "button";
    close.className = "toast-close bi bi-x-lg";
    close.setAttribute("aria-label", say("Dismiss"));
    close.addEventListener("click", () => toast.remove());
    toast.append(glyph, words, close);
    let timer;
    const hold = () => clearTimeout(timer);
    toast.restart = () => {
      hold();
      timer = setTimeout(() => toast.remove(), LIFE[tone]);
    };
    for (const name of ["mouseenter", "focusin"]) toast.addEventListener(name, hold);
    for (const name of ["mouseleave", "focusout"]) toast.addEventListener(name, toast.restart);
    toast.restart();
    return toast;
  }

  async function explain(response) {
    let body = null;
    try {
      body = await response.json();
    } catch {
      /* not JSON: a proxy's page or a cut connection; our own words serve */
    }
    if (leaving) return;
    if (response.status === 401 && (!body || body.code === "not_signed_in")) {
      leaving = true;
      const here = window.location.pathname + window.location.search;
      window.location.assign(`${to("/login")}?next=${encodeURIComponent(here)}&ended=1`);
      return;
    }
    show((body && body.message) || BROKEN, "bad");
  }

  /* Whoever has to know what became of a request finds it in the event: it may have been heard and done. */
  function unanswered(options) {
    window.dispatchEvent(new CustomEvent("shop-unanswered", { detail: (options && options.body) || "" }));
  }

  /* No update: only an answer ends what the renderer shows while it waits, such as a button that is off. */
  const unchanged = () => new Response(null, { status: 204 });

  const plainFetch = window.fetch;
  window.fetch = async function (resource, ...rest) {
    const url = typeof resource === "string" ? resource : (resource && resource.url) || "";
    if (!url.includes("_dash-update-component")) return plainFetch.call(window, resource, ...rest);
    let response;
    let body;
    try {
      response = await plainFetch.call(window, resource, ...rest);
      if (response.status === 200) body = await response.arrayBuffer(); // the connection may go half-way
    } catch (error) {
      if (!leaving && error.name !== "AbortError") {
        show(OFFLINE, "bad");
        unanswered(rest[0]);
      }
      return unchanged();
    }
    if (body) return new Response(body, response);
    if (response.ok) return response;
    if (GATEWAY.includes(response.status)) unanswered(rest[0]);
    explain(response.clone());
    // The renderer reads the body of a 401 twice and fails; "no update" is what it should do with any of them.
    return response.status === 401 ? unchanged() : response;
  };

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.feedback = {
    show(request) {
      if (request && request.message) show(request.message, request.tone);
      return window.dash_clientside.no_update;
    },
  };
  window.retail = Object.assign(window.retail || {}, { toast: show });
})();
