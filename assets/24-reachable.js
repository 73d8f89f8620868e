/* What ready-made parts leave out for keyboards and screen readers: the names of dialogs, of a slider's thumb and of a
   field for files, tabs and choices that can be reached, and a stop at a table that scrolls, as arrow keys scroll only
   what has the focus. React writes an attribute when its value changes, so what is added here stays. */
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

  let made = 0;

  function named(element) {
    if (!element.id) element.id = `named-${(made += 1)}`;
    return element.id;
  }

  /* A dialog is called what its head says, whatever that is by then. */
  function nameDialog(title) {
    const dialog = title.closest("[role='dialog']");
    if (dialog && !dialog.hasAttribute("aria-label")) dialog.setAttribute("aria-labelledby", named(title));
  }

  /* Bootstrap's tabs all have one id, name panes that are not there and are no stops. */
  function reachTabs(list) {
    const panes = list.parentElement.querySelectorAll(":scope > .tab-content > .tab-pane");
    list.querySelectorAll("[role='tab']").forEach((tab, place) => {
      tab.id = `${named(list)}-tab-${place}`;
      tab.tabIndex = 0;
      if (!panes[place]) return;
      tab.setAttribute("aria-controls", named(panes[place]));
      panes[place].setAttribute("aria-labelledby", tab.id);
    });
  }

  const MENDS = {
    [`${SCROLLS}, ${SCROLLS} > *`]: (part) => sizes.observe(part),
    ".modal-title, .offcanvas-title": nameDialog,
    ".nav-tabs[role='tablist']": reachTabs,
    // Its button is no stop, a hidden input is that passes the focus on; the other way round nothing is hidden.
    ".dash-dropdown-focus-target": (input) => {
      input.disabled = true;
      if (input.nextElementSibling) input.nextElementSibling.tabIndex = 0;
    },
    // Its choices are labels with inputs, which say all that there is to say; a list box may hold neither.
    ".dash-dropdown-content": (box) => box.setAttribute("aria-label", "Choices"),
    ".dash-options-list": (list) => {
      list.setAttribute("role", "group");
      list.setAttribute("aria-label", "Choices");
    },
    ".dash-options-list-option": (choice) => {
      choice.removeAttribute("role");
      choice.removeAttribute("aria-selected");
    },
    "[data-thumb-label] [role='slider']": (thumb) =>
      thumb.setAttribute("aria-label", thumb.closest("[data-thumb-label]").dataset.thumbLabel),
    "[data-file-label] input[type='file']": (input) =>
      input.setAttribute("aria-label", input.closest("[data-file-label]").dataset.fileLabel),
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
