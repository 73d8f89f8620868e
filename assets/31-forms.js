/* What native forms need inside an app of callbacks: no page loads, URLs for filters, errors tied to their fields. */
(function () {
  "use strict";
  const { say } = window.shopWords;
  const SETTLE = 60; // ms until all of an answer is drawn
  const MENUS = ["price-menu", "bar-more", "books"].map((name) => `details.${name}[open]`).join();
  const ABOVE = ".modal.show, .offcanvas.show, dialog[open]"; // these close first

  function navigate(url) {
    window.dash_clientside.set_props("redirect", { href: url });
    window.scrollTo(0, 0);
  }

  /* A new page starts at its top. */
  const push = window.history.pushState;
  window.history.pushState = function (state, title, url) {
    const before = window.location.pathname;
    const result = push.apply(window.history, [state, title, url]);
    if (window.location.pathname !== before) window.scrollTo(0, 0);
    return result;
  };

  function formUrl(form) {
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (typeof value === "string" && value.trim()) query.append(name, value.trim());
    }
    const text = query.toString();
    return form.getAttribute("action") + (text ? `?${text}` : "");
  }

  /* data-native=off: the first submit button's callback does the work (Enter clicks it); data-nav: the form is a URL. */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.native === "off") event.preventDefault();
    if (form.dataset.nav === "on") {
      event.preventDefault();
      form.classList.remove("is-changed");
      if (window.matchMedia("(pointer: coarse)").matches && form.contains(document.activeElement)) document.activeElement.blur(); // the keyboard on the screen folds
      navigate(formUrl(form));
    }
  }, true);

  /* A search field emptied by its own cross shows everything again. */
  document.addEventListener("search", (event) => {
    const form = event.target.form;
    if (form && form.dataset.nav === "on" && event.target.value === "" && /[?&]q=/.test(window.location.search)) {
      form.requestSubmit();
    }
  }, true);

  document.addEventListener("click", (event) => {
    const show = event.target.closest("[data-toggle-password]");
    if (show) togglePassword(show);
    if (event.target.closest("[data-print]")) window.print();
    for (const open of document.querySelectorAll(MENUS)) {
      if (!open.contains(event.target)) open.open = false;
    }
  });

  /* What lies over the page closes by Escape, wherever the focus is by then, and its head has it. */
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || document.querySelector(ABOVE)) return;
    const open = [...document.querySelectorAll(`${MENUS}, details.event-note[open]`)].pop();
    if (!open) return;
    open.open = false;
    open.querySelector("summary").focus();
  });

  function togglePassword(button) {
    const reveal = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(reveal));
    button.setAttribute("aria-label", reveal ? say("Hide the password") : say("Show the password"));
    button.textContent = reveal ? say("Hide") : say("Show");
    window.dash_clientside.set_props(button.dataset.togglePassword, { type: reveal ? "text" : "password" });
  }

  /* Card numbers in groups of four, expiry with its slash: only while typing at the end, so that editing stays free. */
  const SHAPES = {
    card: (digits) => digits.slice(0, 19).replace(/(\d{4})(?=\d)/g, "$1 "),
    expiry: (digits) => (digits.length > 2 ? `${digits.slice(0, 2)}/${digits.slice(2, 4)}` : digits),
  };
  document.addEventListener("input", (event) => {
    const holder = event.target.closest && event.target.closest("[data-shape]");
    if (!holder || event.target.selectionStart !== event.target.value.length) return;
    if (event.inputType && event.inputType.startsWith("delete")) return;
    const shaped = SHAPES[holder.dataset.shape](event.target.value.replace(/\D/g, ""));
    if (shaped === event.target.value) return;
    const setter = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set;
    setter.call(event.target, shaped);
    event.target.dispatchEvent(new Event("input", { bubbles: true }));
  });

  /* An error beside a field: mark the field, read the error with it, bring the first one into view. */
  function markErrors(changed) {
    let first = null;
    for (const error of changed) {
      const field = error.closest(".field");
      const control = field && field.querySelector("input, select, textarea");
      if (!control) continue;
      const wrong = error.textContent.trim() !== "";
      field.classList.toggle("is-wrong", wrong);
      control.setAttribute("aria-invalid", String(wrong));
      if (wrong) control.setAttribute("aria-describedby", error.id);
      else control.removeAttribute("aria-describedby");
      const isShown = control.getClientRects().length > 0;
      if (wrong && isShown && (!first || first.compareDocumentPosition(control) & Node.DOCUMENT_POSITION_PRECEDING)) first = control;
    }
    if (first) first.focus();
  }

  /* Sent again with the same faults, nothing changes beside the fields: the first of them has the focus all the same. */
  new MutationObserver((changes) => {
    for (const { target } of changes) {
      if (target.disabled || target.type !== "submit" || !target.form || target.form.dataset.native !== "off") continue;
      setTimeout(() => {
        const wrong = [...target.form.querySelectorAll(".is-wrong [aria-invalid='true']")];
        const first = wrong.find((control) => control.getClientRects().length > 0);
        if (first) first.focus();
      }, SETTLE);
    }
  }).observe(document.documentElement, { subtree: true, attributes: true, attributeFilter: ["disabled"] });

  /* Who corrects a field is not told any longer that it is wrong; whether it is right now, the next try says. */
  function forgive({ target }) {
    const field = target.closest && target.closest(".field.is-wrong");
    const error = field && field.querySelector(".field-error");
    if (error && error.id) window.dash_clientside.set_props(error.id, { children: "" });
  }
  document.addEventListener("input", forgive);
  document.addEventListener("change", forgive);

  /* What somebody else changed meanwhile is asked below a form that may be long: the first choice comes into view. */
  function askWhoseStands(nodes) {
    for (const node of nodes) {
      if (node.nodeType !== Node.ELEMENT_NODE) continue;
      const asked = node.matches(".clashes") ? node : node.querySelector(".clashes");
      if (!asked) continue;
      asked.scrollIntoView({ block: "center" });
      asked.querySelector("input").focus({ preventScroll: true });
    }
  }

  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) askWhoseStands(addedNodes);
    const errors = new Set();
    for (const { target } of changes) {
      const element = target.nodeType === Node.TEXT_NODE ? target.parentElement : target;
      const error = element && element.closest(".field-error[id]");
      if (error) errors.add(error);
    }
    if (errors.size) markErrors(errors);
  }).observe(document.documentElement, { childList: true, characterData: true, subtree: true });
})();
