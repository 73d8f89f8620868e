/* A finished page stands in the document before Dash runs. Dash starts at the first sign of use, or when the page was left
   alone for long; it draws beside the document and takes over in one piece once it is done. What was clicked until then is
   done then, once and in order; links and forms work by themselves as long as nothing waits before them. */
(function () {
  "use strict";
  const IDLE = 20_000; // ms after which Dash starts by itself
  const PATIENCE = 30_000; // ms from the start, after which what waits is done without Dash
  const BETWEEN = 60; // ms between two clicks that are done: Dash counts clicks by what it has drawn
  const REST = 300; // ms after such a click until what it does to the cart is on its way
  const LONGEST_NOTICE = 2_000; // until Dash has made a change of it, on a busy device
  const LONGEST_REST = 20_000;
  const TAP = 300; // ms in which a touch becomes a click
  const SIGNS = ["pointerdown", "pointermove", "keydown", "focusin"];
  const LATER = "script[type='text/later']";
  const first = document.getElementById("page-at-first");
  const entry = document.getElementById("react-entry-point");
  const asked = [];
  const unclicked = new Map(); // numbers of steppers as they were before the clicks that wait
  let isStarted = false;
  let isOver = false;
  let held = 0; // until when a press is on its way to become a click
  let pressed = false;
  let composing = false;
  let opened = null; // a list of choices, which closes when its field goes

  /* --- starting ----------------------------------------------------------------------------- */

  function start() {
    if (isStarted) return;
    isStarted = true;
    for (const sign of SIGNS) window.removeEventListener(sign, begin, true);
    // What the sign of use changed is seen first: the scripts keep a phone busy for long.
    if (document.hidden) load();
    else requestAnimationFrame(() => setTimeout(load));
  }

  function load() {
    let last = null;
    for (const waiting of document.querySelectorAll(`${LATER}:not(#_dash-renderer)`)) {
      const script = real(waiting);
      script.async = false; // in order
      script.onerror = giveUp;
      waiting.replaceWith(script);
      if (script.src) last = script;
    }
    last.onload = draw;
    setTimeout(giveUp, PATIENCE);
  }

  function real(waiting) {
    const script = document.createElement("script");
    if (waiting.id) script.id = waiting.id;
    if (waiting.src) script.src = waiting.src;
    else script.textContent = waiting.textContent;
    return script;
  }

  function draw() {
    if (isOver) return;
    const renderer = document.getElementById("_dash-renderer");
    renderer.replaceWith(real(renderer));
    entry.hidden = false;
    entry.remove(); // nothing stands twice in the document
    const watch = new MutationObserver(() => {
      if (!entry.querySelector("#main") || entry.querySelector("[data-dash-is-loading='true']")) return;
      watch.disconnect();
      setTimeout(takeOver);
    });
    watch.observe(entry, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-dash-is-loading"] });
  }

  const elementOf = ({ target }) => (target instanceof Element ? target : document.body);

  /* A link or a native form leads to another document anyway, which Dash would only slow down. */
  function begin(event) {
    const target = elementOf(event);
    // Browsers report a mouse that stands still, too, when the page comes to lie under it.
    const isMoved = event.pointerType === "mouse" && (event.movementX || event.movementY);
    if (event.type === "pointermove" && !isMoved) return;
    if (event.type === "pointerdown" && target.closest("a[href]")) return;
    if (event.type === "focusin" && !target.matches("input, select, textarea, button")) return;
    start();
  }

  /* --- taking over -------------------------------------------------------------------------- */

  const isBusy = () => pressed || composing || opened || Date.now() < held;

  async function takeOver() {
    if (isOver) return;
    if (isBusy()) return void setTimeout(takeOver, 30);
    await picturesReady();
    if (isOver) return;
    if (isBusy()) return void setTimeout(takeOver, 30);
    isOver = true;
    const restore = [keepScroll(), keepFields(), keepFocus()];
    const work = asked.map(({ element, act }) => ({ element: twin(element), act }));
    first.replaceWith(entry);
    document.documentElement.classList.remove("is-starting");
    document.dispatchEvent(new Event("shop-drawn")); // for what changes the height, ahead of the place
    for (const again of restore) again();
    await finish(work);
  }

  async function finish(work) {
    let isFirst = true;
    for (const { element, act } of work) {
      if (!isFirst && element && !element.matches("button")) await cartWritten(); // the page goes, and its steppers with it
      isFirst = false;
      if (element) element[act]();
      else window.retail.toast(window.shopWords.say("That cannot be done any more: it changed meanwhile."), "neutral");
      await new Promise((done) => setTimeout(done, BETWEEN));
    }
  }

  async function cartWritten() {
    const until = Date.now() + LONGEST_REST;
    const rest = (ms) => new Promise((done) => setTimeout(done, ms));
    const noticed = Date.now() + LONGEST_NOTICE;
    await rest(REST);
    while (window.retail.isCartWritten() && Date.now() < noticed) await rest(BETWEEN / 3);
    while (!window.retail.isCartWritten() && Date.now() < until) await rest(BETWEEN);
  }

  const frameOf = (root) => root.querySelector(".store-frame");

  /* What Dash drew for an element of the finished page: by its id, else at the same place if it says the same. */
  function twin(element) {
    if (element.id) return entry.querySelector(`#${CSS.escape(element.id)}`);
    const path = [];
    for (let at = element; at !== frameOf(first); at = at.parentElement) {
      if (!at) return null;
      path.unshift([...at.parentElement.children].indexOf(at));
    }
    const found = path.reduce((at, place) => at && at.children[place], frameOf(entry));
    const says = (one) => `${one.tagName} ${one.getAttribute("href")} ${one.getAttribute("aria-label")}`;
    if (found && says(found) === says(element)) return found;
    return [...entry.querySelectorAll(element.tagName)].find((one) => says(one) === says(element)) || null;
  }

  /* Pictures that are seen are drawn before they are shown again, so that none blinks. */
  function picturesReady() {
    const seen = [...first.querySelectorAll("img")].filter((image) => image.complete && image.naturalWidth);
    const drawn = seen.map((image) => {
      const again = twin(image);
      if (!again) return null;
      again.loading = "eager";
      return again.decode().catch(() => null);
    });
    return Promise.race([Promise.all(drawn), new Promise((done) => setTimeout(done, 1000))]);
  }

  function keepScroll() {
    const boxes = [...first.querySelectorAll("*")].filter((box) => box.scrollLeft || box.scrollTop);
    const places = boxes.map((box) => [twin(box), box.scrollLeft, box.scrollTop]);
    const [left, top] = [window.scrollX, window.scrollY];
    return () => {
      for (const [box, x, y] of places) if (box) Object.assign(box, { scrollLeft: x, scrollTop: y });
      window.scrollTo({ left, top, behavior: "instant" });
    };
  }

  function keepFields() {
    const unfolded = [...first.querySelectorAll("details[open]")].map(twin);
    const before = (field) => (field.matches("select") ? field.querySelector("[selected]") || {} : { value: field.defaultValue });
    const own = (field) => (unclicked.has(field) ? unclicked.get(field) : field.value); // the clicks are done again
    const isAsked = (form) => asked.some(({ element }) => element === form);
    const leadsOn = (field) => field.closest("[data-nav-on-change]:not(.is-changed)") && !isAsked(field.form);
    const typed = [...first.querySelectorAll("input:not([type='hidden']), textarea, select")]
      .filter((field) => !leadsOn(field)) // its choice led on when it was made; it was brought back, not made
      .filter((field) => own(field) !== before(field).value)
      .map((field) => [twin(field), own(field)]);
    return () => {
      for (const details of unfolded) if (details) details.open = true;
      for (const [field, value] of typed) if (field) type(field, value);
    };
  }

  function type(field, value) {
    const setter = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), "value").set;
    setter.call(field, value); // React hears of what is set so
    field.dispatchEvent(new Event(field.matches("select") ? "change" : "input", { bubbles: true }));
    if (field.closest(".stepper")) field.dispatchEvent(new FocusEvent("focusout", { bubbles: true }));
  }

  function keepFocus() {
    const before = document.activeElement;
    if (!first.contains(before)) return () => {};
    const after = twin(before);
    const marked = before.selectionStart === undefined ? null : [before.selectionStart, before.selectionEnd];
    return () => {
      if (!after) return;
      after.focus({ preventScroll: true });
      if (marked && marked[0] !== null) after.setSelectionRange(...marked);
    };
  }

  /* --- what is asked before Dash is there ---------------------------------------------------- */

  function ask(event, element, act) {
    event.preventDefault();
    event.stopPropagation();
    asked.push({ element, act });
    document.documentElement.classList.add("is-starting");
    start();
  }

  function onClick(event) {
    const control = elementOf(event).closest("a[href], button");
    if (!control || !first.contains(control)) return;
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (control.matches("a[href]")) {
      if (isPlain && asked.length) ask(event, control, "click");
      return;
    }
    const form = control.type === "submit" && control.form;
    const isNative = form && form !== cartForm && form.dataset.native !== "off";
    if (isNative || control.matches("[data-theme-toggle], [data-share]")) return;
    if (control.matches(".buy-big.is-added")) return void event.preventDefault(); // it would be one too many
    ask(event, control, "click");
    show(control);
  }

  /* A form leads on natively, without the scripts that do so inside of Dash. */
  function onSubmit(event) {
    if (!first.contains(event.target)) return;
    if (asked.length) ask(event, event.target, "requestSubmit");
    else event.stopPropagation();
  }

  /* The answer to a click is seen at once, as Dash will draw it. */
  function show(control) {
    const buy = control.closest(".buy");
    const amount = control.closest(".stepper") && control.closest(".stepper").querySelector("input");
    if (control.matches(".buy-add")) {
      buy.classList.add("is-in-cart");
      showNumber(buy.querySelector(".stepper input"), 1);
      if (control === document.activeElement) buy.querySelector(".stepper button:last-of-type").focus();
    } else if (control.matches(".step-button") && amount) {
      const by = control === amount.closest(".stepper").querySelector("button") ? -1 : 1;
      showNumber(amount, Math.min(Math.max(Number(amount.value) + by, Number(amount.min)), Number(amount.max)));
    } else if (control.matches(".buy-big")) {
      control.classList.add("is-added");
    }
  }

  function showNumber(amount, number) {
    if (!unclicked.has(amount)) unclicked.set(amount, amount.value);
    amount.value = number;
  }

  /* A number that is typed takes the place of the clicks on its stepper before it. */
  function onInput({ target }) {
    if (!unclicked.delete(target)) return;
    const stepper = target.closest(".stepper");
    asked.splice(0, asked.length, ...asked.filter(({ element }) => !stepper.contains(element)));
  }

  /* Without Dash: what changes the cart is sent as its form would, then the last way that was asked for is taken. */
  async function giveUp() {
    if (isOver) return;
    isOver = true;
    document.documentElement.classList.remove("is-starting");
    for (const { element } of asked) {
      if (!element.name || element.form !== cartForm) continue;
      const body = new URLSearchParams(new FormData(cartForm));
      body.set(element.name, element.value);
      await fetch(cartForm.action, { method: "POST", body }).catch(() => null);
    }
    const link = asked.map(({ element }) => element.href).filter(Boolean).pop();
    if (link) window.location.assign(link);
    else if (asked.length) window.location.reload();
  }

  if (!first) return;
  const cartForm = document.getElementById("cart-form");
  const listen = (name, hear) => window.addEventListener(name, (event) => isOver || hear(event), true);
  for (const sign of SIGNS) window.addEventListener(sign, begin, { capture: true, passive: true });
  listen("click", onClick);
  listen("submit", onSubmit);
  listen("input", onInput);
  listen("pointerdown", (event) => (opened = elementOf(event).closest("select")));
  listen("keydown", (event) => {
    const opens = event.altKey || ["Enter", " ", "F4"].includes(event.key);
    if (elementOf(event).matches("select")) opened = opens ? event.target : null;
  });
  for (const name of ["change", "focusout"]) listen(name, () => (opened = null));
  for (const name of ["pointerdown", "keydown"]) listen(name, () => (pressed = true));
  for (const name of ["pointerup", "pointercancel", "keyup"]) {
    listen(name, ({ pointerType }) => {
      pressed = false;
      held = Date.now() + (pointerType === "touch" ? TAP : 0);
    });
  }
  window.addEventListener("blur", () => (pressed = false));
  listen("compositionstart", () => (composing = true));
  listen("compositionend", () => (composing = false));
  window.addEventListener("load", () => setTimeout(start, IDLE));
  window.addEventListener("pageshow", ({ persisted }) => persisted && start()); // the cart may have changed since
  const wasTyped = () => Object.keys(window.sessionStorage).some((key) => key.startsWith("_dash_persistence.checkout-"));
  if (document.querySelector("[data-outage]")) start(); // it looks when all is well again
  if (document.querySelector(".checkout-form") && wasTyped()) start(); // Dash brings it back
})();
