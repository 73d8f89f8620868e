/* Suggestions below the search field while somebody types, by the combobox pattern of the ARIA practices: the field keeps
   the focus, and the arrow keys go through the list. Works before Dash runs; without script the form is sent as ever. What
   was searched for is kept by this browser alone. */
(function () {
  "use strict";
  const PAUSE = 90; // ms without a key until it is asked
  const KEPT = "retail-searches";
  const MOST_KEPT = 5;
  const LIST = "search-suggestions";
  const { say, sayMany, to } = window.shopWords;
  const field = () => document.getElementById("site-search");
  const answers = new Map();
  let shown = []; // what each option does
  let active = -1;
  let chosen = null; // { input, text, at }: Dash draws the field anew, and what was chosen in it stays
  let timer = 0;
  let asking = null;

  /* --- what was searched for -------------------------------------------------------------------- */

  function searches() {
    try {
      const kept = JSON.parse(window.localStorage.getItem(KEPT));
      return Array.isArray(kept) ? kept.filter((one) => typeof one === "string").slice(0, MOST_KEPT) : [];
    } catch {
      return []; // written by nobody, or storage is closed to this page
    }
  }

  function keep(list) {
    try {
      if (list.length) window.localStorage.setItem(KEPT, JSON.stringify(list.slice(0, MOST_KEPT)));
      else window.localStorage.removeItem(KEPT);
    } catch {
      /* full or closed */
    }
  }

  function note(text) {
    const asked = text.trim().slice(0, 100);
    if (asked) keep([asked, ...searches().filter((one) => one.toLowerCase() !== asked.toLowerCase())]);
  }

  /* --- the list ---------------------------------------------------------------------------------- */

  const isOpen = () => shown.length > 0;

  function part(tag, attributes, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children.filter(Boolean));
    return made;
  }

  function boxOf(input) {
    const present = document.getElementById(LIST);
    if (present && input.form.contains(present)) return present;
    if (present) present.remove();
    const box = part("div", { id: LIST, class: "suggest", role: "listbox", "aria-label": say("Suggestions") });
    box.hidden = true;
    input.form.append(box, part("div", { id: `${LIST}-said`, class: "visually-hidden", role: "status" }));
    return box;
  }

  function enhance() {
    const input = field();
    if (!input || input.getAttribute("role") === "combobox") return;
    const about = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-haspopup": "listbox" };
    for (const [name, value] of Object.entries(about)) input.setAttribute(name, value);
  }

  function option(content, act) {
    const at = shown.push(act) - 1;
    return part("div", { id: `${LIST}-${at}`, class: "suggest-option", role: "option", "aria-selected": "false" }, ...content);
  }

  function group(name, options) {
    if (!options.length) return null;
    const head = part("div", { class: "suggest-head", "aria-hidden": "true" }, name);
    return part("div", { role: "group", "aria-label": name }, head, ...options);
  }

  function productOption(product) {
    const picture = part("img", { src: product.image, alt: "", width: 40, height: 50 });
    const price = part("span", { class: "suggest-price num" }, product.sold_out ? say("Sold out") : product.price);
    return option([picture, part("span", { class: "suggest-name" }, product.name), price], () => go(product.href));
  }

  function categoryOption(category) {
    const count = part("span", { class: "suggest-price num" }, category.count);
    return option([part("span", { class: "suggest-name" }, category.name), count], () => go(category.href));
  }

  function searchOption(text) {
    const act = () => {
      note(text);
      write(field(), text);
      go(to(`/?${new URLSearchParams({ q: text })}`));
    };
    return option([part("span", { class: "suggest-name" }, text)], act);
  }

  function forgetOption(input) {
    const act = () => {
      keep([]);
      close();
      input.focus();
    };
    return option([part("span", { class: "suggest-name suggest-forget" }, say("Forget recent searches"))], act);
  }

  function draw(input, { products = [], categories = [] }, recent) {
    const box = boxOf(input);
    shown = [];
    active = -1;
    const groups = [
      group(say("Recent searches"), recent.map(searchOption)),
      group(say("Categories"), categories.map(categoryOption)),
      group(say("Products"), products.map(productOption)),
    ];
    const count = shown.length;
    const said = count ? sayMany("{count} suggestion", "{count} suggestions", count) : say("No suggestions");
    if (recent.length && !input.value.trim()) groups.push(forgetOption(input));
    box.replaceChildren(...groups.filter(Boolean));
    box.hidden = !isOpen();
    input.setAttribute("aria-expanded", String(isOpen()));
    if (isOpen()) input.setAttribute("aria-controls", LIST);
    else input.removeAttribute("aria-controls");
    input.removeAttribute("aria-activedescendant");
    document.getElementById(`${LIST}-said`).textContent = input.value.trim() ? said : "";
    if (chosen && chosen.input !== input && chosen.text === input.value && chosen.at < count) choose(input, chosen.at);
  }

  function close() {
    clearTimeout(timer);
    if (asking) asking.abort();
    asking = null;
    shown = [];
    active = -1;
    const [input, box] = [field(), document.getElementById(LIST)];
    if (box) {
      box.hidden = true;
      box.replaceChildren();
    }
    if (!input) return;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-controls");
    input.removeAttribute("aria-activedescendant");
  }

  function choose(input, at) {
    const before = document.getElementById(`${LIST}-${active}`);
    if (before) before.setAttribute("aria-selected", "false");
    active = at;
    chosen = { input, text: input.value, at };
    const now = document.getElementById(`${LIST}-${at}`);
    if (!now) return input.removeAttribute("aria-activedescendant");
    now.setAttribute("aria-selected", "true");
    now.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", now.id);
  }

  /* React hears of what is set so. */
  function write(input, value) {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(input, value);
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /* As a link leads there, in Dash or before it runs. */
  function go(href) {
    close();
    chosen = null;
    const isDash = !document.getElementById("page-at-first") && window.dash_clientside && window.dash_clientside.set_props;
    if (!isDash) return window.location.assign(href);
    window.history.pushState({}, "", href);
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
    window.scrollTo(0, 0);
  }

  /* --- asking ------------------------------------------------------------------------------------ */

  function fitting(text) {
    const asked = text.toLowerCase();
    return searches().filter((one) => one.toLowerCase().startsWith(asked) && one.toLowerCase() !== asked);
  }

  async function ask(input) {
    const text = input.value.trim();
    if (!text) return draw(input, {}, searches());
    const known = answers.get(text);
    if (known) return draw(input, known, fitting(text).slice(0, 2));
    if (asking) asking.abort();
    asking = new AbortController();
    const { signal } = asking;
    try {
      const answer = await fetch(to(`/suggest?${new URLSearchParams({ q: text })}`), { signal });
      const found = answer.ok ? await answer.json() : {}; // too many at once: without suggestions for a moment
      if (answer.ok && answers.size < 200) answers.set(text, found);
      if (signal.aborted || document.activeElement !== field() || field().value.trim() !== text) return;
      draw(field(), found, fitting(text).slice(0, 2));
    } catch {
      /* another letter came, or the line is gone: the form is sent all the same */
    }
  }

  function askSoon(input) {
    clearTimeout(timer);
    timer = setTimeout(ask, input.value.trim() && !answers.has(input.value.trim()) ? PAUSE : 0, input);
  }

  const isField = ({ target }) => target.id === "site-search";

  document.addEventListener("input", (event) => isField(event) && askSoon(event.target));
  document.addEventListener("click", (event) => {
    if (isField(event) && !isOpen()) askSoon(event.target);
    const chosen = event.target.closest && event.target.closest(`#${LIST} [role='option']`);
    if (chosen) shown[Number(chosen.id.slice(LIST.length + 1))]();
  });
  document.addEventListener("pointerdown", (event) => {
    if (event.target.closest && event.target.closest(`#${LIST}`)) event.preventDefault(); // the field keeps the focus
  });
  document.addEventListener("focusout", (event) => isField(event) && close());

  function onKey(event) {
    if (!isField(event) || event.isComposing) return;
    const input = event.target;
    if (event.key === "Escape" && isOpen()) {
      close();
      chosen = null;
    } else if (event.key === "ArrowDown" && !isOpen()) askSoon(input);
    else if (event.key === "ArrowDown") choose(input, active + 1 < shown.length ? active + 1 : -1);
    else if (event.key === "ArrowUp" && isOpen()) choose(input, active < 0 ? shown.length - 1 : active - 1);
    else if (event.key === "Enter" && active >= 0) shown[active]();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  window.addEventListener("keydown", onKey, true);
  window.addEventListener("submit", ({ target }) => {
    const input = field();
    if (!input || target !== input.form) return;
    note(input.value);
    close();
  }, true);
  window.addEventListener("click", ({ target }) => target.closest && target.closest("#sign-out") && keep([]), true);
  new MutationObserver(enhance).observe(document.documentElement, { childList: true, subtree: true });
  enhance();
})();
