/* The keyboard's place is never lost: not when what has the focus is drawn anew, taken away or busy for a while, and not when
   a dialog, a drawer or a message closes. What opened them has it again. */
(function () {
  "use strict";
  /* Bootstrap's parts wait for the end of their own motion, or a moment, and take that of a button inside for it. Where none
     of their own follows, as on a busy device or without motion, they would stay half closed, and Escape is heard no more. */
  const MOVES = ".offcanvas, .modal, .fade, .collapse, .collapsing";
  document.addEventListener(
    "transitionend",
    (event) => {
      const { target } = event;
      if (target.nodeType === Node.ELEMENT_NODE && !target.matches(MOVES) && target.closest(MOVES)) event.stopPropagation();
    },
    true,
  );

  const APART = "[role='dialog'], .toast-note";
  let last = null; // what has the focus, or had it when it went away
  let opener = null; // the last one outside of dialogs and messages
  let isApart = false; // whether `last` was in a dialog or message: it may be taken out of it before both are gone
  let line = null; // of a cart: where in it `last` is, or that it is the code's
  let path = ""; // on which page `last` had it: the next one begins at its own top
  let isAsked = false;

  const isLost = () => document.activeElement === null || document.activeElement === document.body;
  const isSeen = (element) => element.getClientRects().length > 0 && getComputedStyle(element).visibility === "visible";
  const isUsable = (element) => element && element.isConnected && !element.disabled && isSeen(element);
  const twin = (element) => element && (element.isConnected || !element.id ? element : document.getElementById(element.id));

  function lineOf(element) {
    const area = element.closest(".cart-area");
    if (!area) return null;
    if (element.closest(".code-box")) return { area: area.id, isCode: true };
    return { area: area.id, at: [...area.querySelectorAll(".cart-line")].indexOf(element.closest(".cart-line")) };
  }

  /* After a line was taken out of a cart: the next one, the last one, or the way on. */
  function neighbour() {
    const area = line && document.getElementById(line.area);
    if (!area) return null;
    if (line.isCode) return area.querySelector(".code-box button"); // never a line's: pressed once more, that would go
    const lines = [...area.querySelectorAll(".cart-line")];
    const near = lines[Math.min(Math.max(line.at, 0), lines.length - 1)];
    return near ? [...near.querySelectorAll("button")].pop() : area.querySelector("a.btn, button.btn");
  }

  function bringBack() {
    isAsked = false;
    if (!last || !isLost() || path !== window.location.pathname) return;
    const isOpen = document.querySelector(".modal.show, .offcanvas.show") !== null;
    const choices = [twin(last), neighbour(), isApart && !isOpen ? twin(opener) : null];
    const next = choices.find(isUsable);
    if (next) next.focus({ preventScroll: isApart });
  }

  function look() {
    if (isAsked) return;
    isAsked = true;
    requestAnimationFrame(bringBack);
  }

  function note({ target }) {
    last = target;
    path = window.location.pathname;
    line = lineOf(target);
    isApart = target.closest(APART) !== null;
    if (!isApart) opener = target;
  }
  document.addEventListener("focusin", note);
  if (!isLost()) note({ target: document.activeElement }); // pressed in the finished page, before this script came

  /* Left on purpose, by a press beside it: then nothing is brought back. What else loses it was hidden or taken away, as a
     drawer is that closes, whatever it looks like by the time that is asked. */
  let isPressed = false; // a mouse does so at the same moment, a finger when it is lifted
  document.addEventListener(
    "mousedown",
    () => {
      isPressed = true;
      setTimeout(() => (isPressed = false));
    },
    true,
  );
  document.addEventListener("focusout", ({ target }) => {
    if (!isPressed) return;
    setTimeout(() => {
      if (isLost() && last === target && isUsable(target)) last = null;
    });
  });

  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["disabled"] });
})();
