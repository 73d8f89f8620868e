/* Places what the server wrote for a part of the wall into its element: components/wall/parts.py says what there can be. */
(() => {
  "use strict";

  const wall = window.retailWall;
  const STATES = ["up", "down", "flat", "bad"];
  const EM_A_LETTER = 0.58; // width of a digit

  function setText(element, text) {
    if (element.textContent !== text) element.textContent = text;
  }

  const kinds = {
    text: setText,

    /* The longest that fits. */
    fits(element, texts) {
      for (const text of texts) {
        setText(element, text);
        if (element.scrollWidth <= element.clientWidth + 1) return;
      }
    },

    is(element, state) {
      for (const one of STATES) element.classList.toggle(`is-${one}`, one === state);
    },

    hidden(element, isHidden) {
      element.hidden = isHidden;
    },

    share(element, share) {
      element.hidden = share === null;
      element.firstElementChild.style.width = `${Math.min(100, share * 100).toFixed(1)}%`;
      element.classList.toggle("is-reached", share >= 1);
    },

    label(element, words) {
      element.setAttribute("aria-label", words);
    },

    /* A list stays as it is until it changes: an arrival must not be cut short by the next tick. */
    rows(list, html, arrived) {
      if (window.staticHtml.place(list, html) || !arrived) {
        for (const row of list.querySelectorAll("[data-key]")) {
          row.classList.toggle("is-new", Boolean(arrived?.has(Number(row.dataset.key))));
        }
      }
      alignTimes(list);
    },
  };

  /* Dates differ in length: names start after the longest. */
  function alignTimes(list) {
    const times = [...list.querySelectorAll(".wall-row > .wall-side:first-child")];
    const longest = Math.max(0, ...times.map((time) => time.textContent.length));
    for (const time of times) time.style.minWidth = `${longest * EM_A_LETTER}em`;
  }

  /* `arrived`: the ids of orders that are new to who looks, or null. */
  wall.place = (element, content, arrived) => {
    const known = typeof content === "string" ? { text: content } : content;
    for (const [kind, value] of Object.entries(known)) kinds[kind](element, value, arrived);
  };
})();
