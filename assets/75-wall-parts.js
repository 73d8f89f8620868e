/* Places what the server wrote for a part of the wall into its element: components/wall/parts.py says what there can be. */
(() => {
  "use strict";

  const wall = window.retailWall;
  const STATES = ["up", "down", "flat", "bad"];
  const EM_A_LETTER = 0.58; // width of a digit

  const SMALLEST = 0.95; // of a number's full size, where its element says nothing: a shorter text is read from afar

  function setText(element, text) {
    if (element.textContent !== text) element.textContent = text;
  }

  /* The longest that fits, in smaller type down to what its element says (`data-least`), the last one at any size. A
     layout is asked for only when text or room changed. */
  function fit(element, texts) {
    const room = element.clientWidth;
    const key = `${room} ${texts.join(" ")}`;
    const least = Number(element.dataset.least) || SMALLEST;
    // The busiest hour again (assets/77-wall-replay.js) writes into the same element.
    if (element.dataset.fitted === key && texts.includes(element.textContent)) return;
    for (const text of texts) {
      setText(element, text);
      element.style.setProperty("--fit", "1");
      const size = Math.min(1, (0.99 * room) / element.scrollWidth);
      if (room && element.scrollWidth > room + 1) element.style.setProperty("--fit", size.toFixed(3));
      if (!room || size >= least) break;
    }
    if (room) element.dataset.fitted = key;
  }

  const isNumber = (element) => ["wall-number", "wall-second"].some((name) => element.classList.contains(name));

  /* Names have two lines; what is longer ends with a whole word. */
  const shortened = new WeakMap(); // of a list its width, while its names are cut for it

  function shorten(list) {
    if (shortened.get(list) === list.clientWidth) return;
    shortened.set(list, list.clientWidth);
    list.querySelectorAll(".wall-main").forEach(endWithWord);
  }

  function endWithWord(name) {
    name.dataset.full ??= name.textContent;
    setText(name, name.dataset.full);
    if (isWhole(name)) return;
    const words = name.dataset.full.split(" ");
    let [fits, cut] = [0, words.length];
    while (cut - fits > 1) {
      const middle = (fits + cut) >> 1;
      name.textContent = ending(words.slice(0, middle));
      if (isWhole(name)) fits = middle;
      else cut = middle;
    }
    name.textContent = fits ? ending(words.slice(0, fits)) : name.dataset.full;
  }

  const isWhole = (name) => name.scrollHeight <= name.clientHeight + 1;
  const ending = (words) => `${words.join(" ").replace(/[\s,;:.(&-]+$/, "")}…`;

  const kinds = {
    text(element, text) {
      if (isNumber(element)) fit(element, [text]);
      else setText(element, text);
    },

    fits: fit,

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
      const isNews = window.staticHtml.place(list, html);
      if (isNews) shortened.delete(list);
      if (isNews || !arrived) {
        for (const row of list.querySelectorAll("[data-key]")) {
          row.classList.toggle("is-new", Boolean(arrived?.has(row.dataset.key)));
        }
      }
      alignTimes(list);
      shorten(list);
    },
  };

  /* Dates differ in length: names start after the longest. */
  function alignTimes(list) {
    const times = [...list.querySelectorAll(".wall-row > .wall-side:first-child")];
    const longest = Math.max(0, ...times.map((time) => time.textContent.length));
    for (const time of times) time.style.minWidth = `${longest * EM_A_LETTER}em`;
  }

  wall.endWithWord = endWithWord;

  /* `arrived`: the keys of orders that are new to who looks, or null. */
  wall.place = (element, content, arrived) => {
    const known = typeof content === "string" ? { text: content } : content;
    for (const [kind, value] of Object.entries(known)) kinds[kind](element, value, arrived);
  };
})();
