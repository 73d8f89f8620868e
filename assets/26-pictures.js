/* Pictures of a finished page come when they are near. Browsers' own lazy loading begins three screens ahead: on a phone
   that is the whole page, and twenty requests before anything was touched. Without script it serves all the same. */
(function () {
  "use strict";
  const NEAR = "400px";
  const KEPT = { srcset: "data-later-set", src: "data-later" }; // in the order in which they come back
  const first = document.getElementById("page-at-first");
  if (!first) return;

  function load(picture) {
    watch.unobserve(picture);
    for (const [name, kept] of Object.entries(KEPT)) {
      if (!picture.hasAttribute(kept)) continue;
      picture.setAttribute(name, picture.getAttribute(kept));
      picture.removeAttribute(kept);
    }
  }

  const watch = new IntersectionObserver(
    (seen) => seen.filter((one) => one.isIntersecting).forEach((one) => load(one.target)),
    { rootMargin: NEAR }
  );

  for (const picture of first.querySelectorAll("img[loading='lazy']")) {
    for (const [name, kept] of Object.entries(KEPT)) {
      if (!picture.hasAttribute(name)) continue;
      picture.setAttribute(kept, picture.getAttribute(name));
      picture.removeAttribute(name);
    }
    watch.observe(picture);
  }
  window.addEventListener("beforeprint", () => first.querySelectorAll("[data-later]").forEach(load));
})();
