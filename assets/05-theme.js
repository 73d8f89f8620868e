/* Light or dark before the first paint: what was chosen here, else what the system says. Linked in the document's head. */
(function () {
  "use strict";
  const KEY = "theme";
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const root = document.documentElement;

  function chosen() {
    try {
      return window.localStorage.getItem(KEY);
    } catch {
      return null; // storage may be forbidden; the system's choice stands then
    }
  }

  function apply() {
    const theme = chosen() || (system.matches ? "dark" : "light");
    root.setAttribute("data-bs-theme", theme);
    window.dispatchEvent(new CustomEvent("themechange", { detail: theme }));
  }

  apply();
  system.addEventListener("change", apply);
  window.addEventListener("storage", (event) => event.key === KEY && apply());
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-toggle]")) return;
    try {
      window.localStorage.setItem(KEY, root.getAttribute("data-bs-theme") === "dark" ? "light" : "dark");
    } catch {
      return;
    }
    apply();
  });
})();
