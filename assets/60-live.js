/* The live stream of this browser: one EventSource, whatever the number of tabs.
   The tab that holds the lock reads the stream and tells the others; without locks (plain http from
   another machine) each tab has its own. It is open only while a page with live data is shown. */
(() => {
  "use strict";

  const STAFF_STREAM = "/live/stream";
  const SILENCE_MS = 15000; // without event or heartbeat for so long, the stream is gone
  const GRACE_MS = 3000; // a quick reconnect is not worth a word
  const LONGEST_PAUSE_MS = 30000;
  const SESSION_MS = 60000; // the stream keeps the cookie it began with: signing out is only seen by asking

  let mounted = null; // the mount element of the page shown
  let source = null;
  let leading = false;
  let giveUpLock = null; // resolves the promise that holds the lock
  let waiting = null; // AbortController of a pending lock request
  let retryTimer = null;
  let failures = 0;
  let askedToWaitMs = 0; // too many streams are open from here: the server says when to ask again
  let brokenAt = null;
  // Times are of the clock that nobody sets: one that jumps neither hides a broken line nor makes one up.
  let heardAt = performance.now();
  let latest = null;
  let status = "live";

  /* A screen has a stream of its own kind: it shares with nobody else. */
  const address = () => (mounted && mounted.dataset.stream) || STAFF_STREAM;

  const channel = "BroadcastChannel" in window ? new BroadcastChannel("retail-live") : null;
  const canShare = Boolean(channel && navigator.locks);

  function publish(id, data) {
    if (!mounted || !window.dash_clientside || !window.dash_clientside.set_props) return;
    try {
      window.dash_clientside.set_props(id, { data });
      forgetPast();
    } catch (error) {
      console.debug("live data came before its page was ready", error);
    }
  }

  /* Dash keeps all that an input ever was, for an undo that no page of ours offers (plotly/dash issue 727): a screen
     would keep every snapshot of its week. */
  function forgetPast() {
    const past = window.store?.getState().history?.past;
    if (past) past.length = 0;
  }

  const lastHeard = () => new Date(Date.now() - performance.now() + heardAt).toISOString();

  function setStatus(next) {
    if (next === status) return;
    status = next;
    publish("live-state", { status, since: lastHeard() });
  }

  function heard() {
    heardAt = performance.now();
    brokenAt = null;
    failures = 0;
    setStatus("live");
  }

  /* Nothing happened, but the shop was read at `asOf`. */
  function beat(asOf) {
    heard();
    document.dispatchEvent(new CustomEvent("live-beat", { detail: asOf }));
  }

  function isNewBuild(build) {
    const own = mounted && mounted.dataset.build;
    if (!own || own === build || sessionStorage.getItem("reloaded-for") === build) return;
    sessionStorage.setItem("reloaded-for", build); // once: a server of two builds must not make it blink
    location.reload();
  }

  function receive(snapshot) {
    heard();
    latest = snapshot;
    publish("live-data", snapshot);
  }

  function tell(message) {
    if (canShare && leading) channel.postMessage({ ...message, stream: address() });
  }

  // --- the stream ---------------------------------------------------------------------------

  function open() {
    close();
    if (!mounted) return;
    source = new EventSource(address());
    source.onmessage = (event) => {
      const snapshot = JSON.parse(event.data);
      receive(snapshot);
      tell({ kind: "snapshot", snapshot });
    };
    source.addEventListener("beat", ({ data }) => {
      beat(data);
      tell({ kind: "beat", asOf: data });
    });
    source.addEventListener("build", ({ data }) => {
      isNewBuild(data);
      tell({ kind: "build", build: data });
    });
    source.addEventListener("denied", () => {
      // A screen that is to show something else, or nothing any more, finds out by loading itself anew.
      if (mounted && mounted.dataset.stream === "/wall/stream") location.reload();
      else askWhy();
    });
    // The browser would try again at an even pace; a thousand screens must not do so together.
    source.onerror = askWhy;
  }

  function close() {
    clearTimeout(retryTimer);
    if (source) source.close();
    source = null;
  }

  /* True when this browser may not watch (any more), and is on its way to the sign-in. */
  async function isTurnedAway() {
    askedToWaitMs = 0;
    try {
      const answer = await fetch(address(), { method: "HEAD", credentials: "same-origin", cache: "no-store" });
      if (answer.status === 429) askedToWaitMs = 1000 * Number(answer.headers.get("Retry-After")) || LONGEST_PAUSE_MS;
      if (answer.status !== 401 && answer.status !== 403) return false;
      if (address() === "/wall/stream") location.reload(); // to the code with which it is paired again
      else if (mounted) location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
      return true;
    } catch {
      return false; // not reachable at all: like any other failure
    }
  }

  async function askWhy() {
    close();
    brokenAt = brokenAt || performance.now();
    if (await isTurnedAway()) return;
    failures += 1;
    const pause = askedToWaitMs || Math.min(LONGEST_PAUSE_MS, 1000 * 2 ** (failures - 1));
    clearTimeout(retryTimer);
    retryTimer = setTimeout(open, pause * (0.7 + 0.6 * Math.random()));
  }

  // --- one tab leads ------------------------------------------------------------------------

  function join() {
    heardAt = performance.now();
    brokenAt = null;
    status = "live";
    if (!canShare) {
      open();
      return;
    }
    channel.postMessage({ kind: "hello" });
    waiting = new AbortController();
    navigator.locks
      .request(`retail-live ${address()}`, { signal: waiting.signal }, () => {
        if (!mounted) return undefined;
        leading = true;
        open();
        return new Promise((resolve) => {
          giveUpLock = resolve;
        });
      })
      .catch((error) => {
        if (error.name !== "AbortError") open();
      });
  }

  function leave() {
    close();
    leading = false;
    if (waiting) waiting.abort();
    if (giveUpLock) giveUpLock();
    waiting = null;
    giveUpLock = null;
  }

  if (channel) {
    channel.onmessage = ({ data }) => {
      if (data.kind === "hello") {
        if (leading && latest && source) tell({ kind: "snapshot", snapshot: latest });
      } else if (!leading && mounted && data.stream === address()) {
        if (data.kind === "snapshot") receive(data.snapshot);
        else if (data.kind === "build") isNewBuild(data.build);
        else beat(data.asOf);
      }
    };
  }

  // --- pages come and go --------------------------------------------------------------------

  function look() {
    const element = document.getElementById("live-mount");
    if (element === mounted) return;
    const before = mounted && address();
    mounted = element;
    if (!element) leave();
    else if (before && before !== address()) {
      leave();
      latest = null;
      join();
    } else if (before) {
      // From one live page to the next: the stream stays, the new page gets what is known.
      if (latest) publish("live-data", latest);
      if (status !== "live") publish("live-state", { status, since: lastHeard() });
    } else {
      latest = null;
      join();
    }
  }

  setInterval(() => {
    if (!mounted) return;
    const now = performance.now();
    if (now - heardAt > SILENCE_MS || (brokenAt && now - brokenAt > GRACE_MS)) setStatus("reconnecting");
    // A connection that hangs without an error is opened anew.
    if (source && source.readyState === EventSource.OPEN && now - heardAt > 2 * SILENCE_MS) {
      heardAt = now - SILENCE_MS - 1;
      open();
    }
  }, 1000);

  setInterval(() => {
    if (mounted && status === "live") isTurnedAway();
  }, SESSION_MS);

  window.addEventListener("online", () => {
    if (mounted && (leading || !canShare)) open();
  });
  window.addEventListener("pagehide", () => {
    if (mounted) leave();
    mounted = null;
  });
  window.addEventListener("pageshow", look);

  function start() {
    new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
    look();
  }
  if (document.body) start();
  else document.addEventListener("DOMContentLoaded", start);
})();
