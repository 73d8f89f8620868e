/* What ready-made parts leave out for keyboards and screen readers: a name for a slider's thumb, one stop instead of a
   hidden one at Dash's choices, and a stop at a table that scrolls, as arrow keys scroll only what has the focus. */
(function () {
  "use strict";
  const SCROLLS = ".table-scroll";

  const sizes = new ResizeObserver((entries) => {
    new Set(entries.map((entry) => entry.target.closest(SCROLLS)).filter(Boolean)).forEach(reach);
  });

  function reach(box) {
    const scrolls = box.scrollWidth > box.clientWidth;
    if (scrolls && !box.hasAttribute("tabindex")) {
      box.tabIndex = 0;
      box.dataset.reached = "on";
    } else if (!scrolls && box.dataset.reached) {
      box.removeAttribute("tabindex");
      delete box.dataset.reached;
    }
  }

  const MENDS = {
    [`${SCROLLS}, ${SCROLLS} > *`]: (part) => sizes.observe(part),
    // Its button is no stop, a hidden input is that passes the focus on; the other way round nothing is hidden.
    ".dash-dropdown-focus-target": (input) => {
      input.disabled = true;
      if (input.nextElementSibling) input.nextElementSibling.tabIndex = 0;
    },
    "[data-thumb-label] [role='slider']": (thumb) =>
      thumb.setAttribute("aria-label", thumb.closest("[data-thumb-label]").dataset.thumbLabel),
  };

  new MutationObserver((records) => {
    for (const record of records) {
      for (const node of record.addedNodes) {
        if (node.nodeType !== Node.ELEMENT_NODE) continue;
        for (const [selector, mend] of Object.entries(MENDS)) {
          if (node.matches(selector)) mend(node);
          node.querySelectorAll(selector).forEach(mend);
        }
      }
    }
  }).observe(document, { subtree: true, childList: true });
})();
