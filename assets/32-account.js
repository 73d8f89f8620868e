/* The account pages: copying what is shown once, and links from e-mails whose token must not stay in the address bar. */
(function () {
  "use strict";

  async function copy(text) {
    if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
    const area = document.createElement("textarea"); // without TLS browsers offer no clipboard
    area.value = text;
    area.className = "visually-hidden";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    if (!done) throw new Error("copying was refused");
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    const source = button && document.getElementById(button.dataset.copy);
    if (!source) return;
    const text = source.textContent;
    try {
      await copy(button.dataset.copySqueeze === "on" ? text.replace(/\s/g, "") : text);
      window.retail.toast(window.shopWords.say("Copied."), "good");
    } catch {
      window.getSelection().selectAllChildren(source);
      window.retail.toast(
        window.shopWords.say("The browser does not let this page copy. The text is selected: copy it yourself."),
        "bad",
      );
    }
  });

  /* What a click brought takes the focus that its button had, so that it is read out and the keyboard goes on there. */
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) {
      for (const node of addedNodes) {
        if (node.nodeType !== Node.ELEMENT_NODE) continue;
        const target = node.matches("[data-take-focus]") ? node : node.querySelector("[data-take-focus]");
        if (target) target.focus();
      }
    }
  }).observe(document.documentElement, { childList: true, subtree: true });

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.account = {
    /* The link was used: its token leaves the address bar and this entry of the history. */
    forget(used) {
      if (!used) return window.dash_clientside.no_update;
      window.history.replaceState(window.history.state, "", window.location.pathname + window.location.search);
      if (used.href) window.location.assign(used.href);
      return window.dash_clientside.no_update;
    },
  };
})();
