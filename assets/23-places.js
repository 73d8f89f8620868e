/* Where on a page its reader is. An address may name a place ("#customers"); Back, Forward and a reload lead to where one
   was, at the link one left by; any other new page starts at its content. The page comes after its address, so the place is
   gone to once it is there and nothing moves any more, unless the person has moved first. */
(function () {
  "use strict";
  const QUIET = 150; // ms
  const PATIENCE = 10_000; // ms for a page that is on its way; then the place is as near as it gets
  const KEPT = 60; // entries of the history
  const STORE = "retail-places";
  const { history, location, sessionStorage } = window;
  history.scrollRestoration = "manual"; // the browser would try before there is a page to scroll

  const places = new Map(stored());
  let here = entry(history.state);
  let goal = { name: location.hash.slice(1), place: places.get(here) || null, isNew: false };
  let isTurning = true; // from an address to its page
  let isUsed = false; // something of the new page has had the focus meanwhile
  let timer = 0;
  let since = Date.now();

  function stored() {
    try {
      return JSON.parse(sessionStorage.getItem(STORE)) || [];
    } catch {
      return []; // written by nobody, or storage is closed to this page
    }
  }

  function fresh() {
    return `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`;
  }

  /* The name of an entry of the history; one without gets it. */
  function entry(state) {
    if (state && state.place) return state.place;
    const name = fresh();
    history.replaceState({ ...state, place: name }, "");
    return name;
  }

  /* Of a link's words, among them people's names, nothing readable is kept. */
  function told(element) {
    let sum = 0;
    for (const letter of element.textContent.trim().slice(0, 80)) sum = (31 * sum + letter.codePointAt(0)) % 1_000_003;
    return sum;
  }

  function markOf(element) {
    if (!element || element === document.body) return null;
    return { id: element.id, href: element.getAttribute("href"), told: told(element) };
  }

  function marked(mark) {
    if (!mark) return null;
    if (mark.id) return document.getElementById(mark.id);
    if (!mark.href) return null;
    const links = [...document.querySelectorAll("a[href]")].filter((link) => link.getAttribute("href") === mark.href);
    return links.find((link) => told(link) === mark.told) || null;
  }

  function remember() {
    if (isTurning && goal.place) return; // not there yet: what was known stays
    places.delete(here);
    places.set(here, { y: window.scrollY, mark: markOf(document.activeElement) });
    while (places.size > KEPT) places.delete(places.keys().next().value);
    try {
      sessionStorage.setItem(STORE, JSON.stringify([...places]));
    } catch {
      /* full or closed: this page still knows */
    }
  }

  function turn(next) {
    goal = next;
    isTurning = true;
    isUsed = false;
    since = Date.now();
    wait();
  }

  const push = history.pushState;
  history.pushState = function (state, title, url) {
    remember();
    here = fresh();
    const before = location.pathname;
    const result = push.call(history, { ...state, place: here }, title, url);
    if (location.pathname !== before) window.scrollTo({ top: 0, behavior: "instant" });
    turn({ name: url ? new URL(url, location.href).hash.slice(1) : "", place: null, isNew: true });
    return result;
  };

  window.addEventListener("popstate", (event) => {
    remember();
    const isKnown = event.state && places.has(event.state.place);
    here = entry(event.state);
    if (isKnown) turn({ name: "", place: places.get(here), isNew: false });
  });
  window.addEventListener("pagehide", remember);

  const isLoading = () => document.querySelector("#_pages_content[data-dash-is-loading='true'], #_pages_content:empty") !== null;
  const hasRoom = (y) => document.documentElement.scrollHeight - window.innerHeight >= y - 1;

  function wait() {
    clearTimeout(timer);
    if (isTurning) timer = setTimeout(arrive, QUIET);
  }

  function arrive() {
    const late = Date.now() - since > PATIENCE;
    const named = goal.name && !goal.place && document.getElementById(goal.name);
    if (!late && (isLoading() || (goal.place && !hasRoom(goal.place.y)) || (goal.name && !goal.place && !named))) return wait();
    isTurning = false;
    if (goal.place) window.scrollTo({ top: goal.place.y, behavior: "instant" });
    else if (named) named.scrollIntoView({ block: "start" });
    if (goal.place) focusMark(goal.place.mark);
    else if (goal.isNew && !isUsed) focusIfFree(document.getElementById("main"));
  }

  /* What somebody chose on the new page while it was still settling keeps the focus, or gets it back once it is not busy. */
  document.addEventListener("focusin", ({ target }) => {
    if (isTurning && !isLoading() && target.id !== "main" && target.closest("#main")) isUsed = true;
  });

  function focusIfFree(target) {
    const free = [null, document.body, document.getElementById("main")];
    if (target && free.includes(document.activeElement)) target.focus({ preventScroll: true });
  }

  /* A table may come a moment after its page. */
  function focusMark(mark, tries = 5) {
    const target = marked(mark);
    if (target || !mark || !tries) return focusIfFree(target);
    setTimeout(() => !isTurning && focusMark(mark, tries - 1), 2 * QUIET);
  }

  new MutationObserver(wait).observe(document, { subtree: true, childList: true });

  for (const move of ["wheel", "touchmove", "keydown"]) {
    window.addEventListener(move, () => (goal = { name: "", place: null, isNew: goal.isNew }), { passive: true });
  }
  if (document.getElementById("page-at-first")) arrive(); // it is there at once
  else wait();
})();
