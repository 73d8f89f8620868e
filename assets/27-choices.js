/* A choice that leads on does so when it is made: by pointer, or from the open list. The arrow keys only look through the
   choices; their form shows its button then, and Enter takes what stands there. */
(function () {
  "use strict";
  let isLookingThrough = false;
  const leadsOn = ({ target }) => target.matches && target.matches("[data-nav-on-change] select");

  document.addEventListener("keydown", (event) => {
    if (!leadsOn(event)) return;
    isLookingThrough = !event.altKey && !["Enter", " ", "F4", "Tab", "Shift"].includes(event.key); // these open the list
    if (event.key !== "Enter" || !event.target.form.matches(".is-changed")) return;
    event.preventDefault();
    event.target.form.requestSubmit();
  });
  document.addEventListener("pointerdown", () => (isLookingThrough = false), true);

  document.addEventListener("change", (event) => {
    if (!leadsOn(event)) return;
    if (isLookingThrough) event.target.form.classList.add("is-changed");
    else event.target.form.requestSubmit();
  });

  /* Browsers bring back what was chosen when somebody comes back; the list is that of the choice before it. */
  window.addEventListener("pageshow", ({ persisted }) => {
    for (const select of document.querySelectorAll("[data-nav-on-change] select")) {
      const shown = select.querySelector("[selected]"); // only in a page that Dash did not draw
      if (!shown || (!persisted && select.form.matches(".is-changed"))) continue;
      select.form.classList.remove("is-changed");
      select.value = shown.value;
    }
  });
})();
