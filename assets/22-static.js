/* Puts HTML that the server sent in one piece (components/kit/light.py, where all text of it is escaped) in its
   place, before it is painted; its links lead on without loading the page anew, as those of Dash do. */
(function () {
  "use strict";
  const drawn = new WeakMap();

  /* True when it was not there already. */
  function place(element, html) {
    if (drawn.get(element) === html) return false;
    drawn.set(element, html);
    element.innerHTML = html;
    return true;
  }

  const draw = (element) => place(element, element.dataset.html);

  new MutationObserver((records) => {
    for (const record of records) {
      if (record.type === "attributes") draw(record.target);
      for (const node of record.addedNodes) {
        if (node.nodeType !== Node.ELEMENT_NODE) continue;
        if (node.matches("[data-html]")) draw(node);
        node.querySelectorAll("[data-html]").forEach(draw);
      }
    }
  }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-html"] });

  // For what comes with the live stream.
  window.staticHtml = { place };

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-html]")) return;
    const button = event.target.closest("[data-sets]");
    if (button) window.dash_clientside.set_props(button.dataset.sets, { data: button.dataset.value });
    const link = event.target.closest("a[href]");
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!link || !isPlain || link.origin !== location.origin || link.hasAttribute("download")) return;
    event.preventDefault();
    history.pushState({}, "", link.href);
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
    window.scrollTo(0, 0);
  });
})();
