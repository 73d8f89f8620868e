/* How old the wall's numbers are: a ring round each tile that runs out, words once it counts, and the head's "Live". */
(() => {
  "use strict";

  const wall = window.retailWall;
  const SHOW_AGE_S = 5; // from then on a tile says how old it is
  const OLD_AFTER_S = 15; // then the head says so too
  const GONE_AFTER_S = 30; // the line round a tile has run out

  let readAt = null; // `as_of` of the newest sign that the shop was read
  let seenAt = performance.now(); // when that came; a clock that is set does not move it

  function isRead(asOf) {
    if (!asOf || asOf === readAt) return;
    readAt = asOf;
    seenAt = performance.now();
  }

  const duration = (seconds) => (seconds < 120 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`);

  /* From the top left, clockwise, on a faint track. */
  function drawAge(tile, age) {
    const fresh = Math.max(0, 1 - age / GONE_AFTER_S);
    let ring = tile.querySelector(":scope > .wall-age");
    if (!ring) {
      ring = wall.svg("svg", { class: "wall-age", "aria-hidden": "true" });
      ring.append(wall.svg("rect", { class: "age-track" }), wall.svg("rect", { class: "age-left", pathLength: 100 }));
      tile.append(ring, wall.make("span", "wall-old"));
    }
    const left = ring.lastElementChild;
    left.style.strokeDasharray = fresh === 1 ? "none" : `${(fresh * 100).toFixed(1)} 200`;
    left.style.opacity = fresh > 0 ? "1" : "0";
    const words = age > SHOW_AGE_S ? `${duration(age)} old` : "";
    if (ring.nextElementSibling.textContent !== words) ring.nextElementSibling.textContent = words;
  }

  function tick(root) {
    const { snapshot, stream } = wall;
    const age = Math.max(0, Math.round((performance.now() - seenAt) / 1000));
    const isGone = stream.status !== "live" || age > OLD_AFTER_S;
    for (const tile of root.querySelectorAll(".wall-scene:not([hidden]) .wall-tile")) {
      drawAge(tile, age + (snapshot.ages?.[tile.dataset.age] || 0));
    }
    const standing = wall.content("live");
    root.classList.toggle("is-old", isGone);
    root.classList.toggle("is-quiet", standing !== "Live");
    const why = stream.status === "live" ? "the shop cannot be read" : "reconnecting";
    wall.setText("live", isGone ? `Numbers are ${duration(age)} old, ${why}` : standing);
  }

  document.addEventListener("live-beat", ({ detail }) => isRead(detail));

  wall.ages = { tick, isRead };
})();
