/* Pictures of a finished page come when they are near. Browsers' own lazy loading begins three screens ahead: on a phone
   that is the whole page, and twenty requests before anything was touched. Without script it serves all the same. */
(function () {
  "use strict";
  const NEAR = "400px";
  const first = document.getElementById("page-at-first");
  if (!first) return;

  function load(picture) {
    watch.unobserve(picture);
    picture.src = picture.dataset.later;
    picture.removeAttribute("data-later");
  }

  const watch = new IntersectionObserver(
    (seen) => seen.filter((one) => one.isIntersecting).forEach((one) => load(one.target)),
    { rootMargin: NEAR }
  );

  for (const picture of first.querySelectorAll("img[loading='lazy']")) {
    picture.dataset.later = picture.getAttribute("src");
    picture.removeAttribute("src");
    watch.observe(picture);
  }
  window.addEventListener("beforeprint", () => first.querySelectorAll("[data-later]").forEach(load));
})();
