/* The wall as a screen that nobody touches: turns scenes, dims at night, wanders a little against burn-in, keeps awake.
   Keys and clicks come here too. One timer drives it: that of assets/71-wall.js. */
(() => {
  "use strict";

  const wall = window.retailWall;
  const IDLE_MS = 3000;
  const DRIFT_MS = 60_000;
  const DRIFT_PX = [[0, 0], [3, 1], [4, 4], [1, 3], [-2, 2], [-4, 0], [-3, -3], [0, -4], [2, -2]];
  const HIDES_MONEY = "wall-hides-money";

  let turnedAt = 0;
  let isHeld = false;
  let movedAt = performance.now();
  let awake = null; // the wake lock

  const root = () => wall.part("root");
  const scenes = () => [...root().querySelectorAll(".wall-scene")];

  // --- scenes -------------------------------------------------------------------------------

  function show(index) {
    const all = scenes();
    const next = ((index % all.length) + all.length) % all.length;
    all.forEach((scene, number) => (scene.hidden = number !== next));
    turnedAt = performance.now();
    dots();
    wall.draw({ isForced: true });
    wall.tick();
  }

  const current = () => scenes().findIndex((scene) => !scene.hidden);

  function dots() {
    const all = scenes();
    const element = wall.part("dots");
    if (!element || all.length < 2) return;
    element.replaceChildren(...all.map((scene) => wall.make("i", scene.hidden ? "" : "is-on")));
    element.classList.toggle("is-held", isHeld);
  }

  // --- the screen ---------------------------------------------------------------------------

  function isNight(now) {
    const [from, until] = wall.config.night || ["", ""];
    if (!from || !until || from === until) return false;
    const time = wall.clock(now);
    return from < until ? time >= from && time < until : time >= from || time < until;
  }

  async function stayAwake() {
    if (!navigator.wakeLock || document.hidden || (awake && !awake.released) || !root()) return;
    try {
      awake = await navigator.wakeLock.request("screen");
    } catch {
      awake = null; // refused on low battery, say; asked for again when the page is seen again
    }
  }

  function drift(now) {
    const [x, y] = DRIFT_PX[Math.floor(now / DRIFT_MS) % DRIFT_PX.length];
    root().style.setProperty("--drift", `${x}px ${y}px`);
  }

  function fullScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen().catch(() => {});
  }

  function hideMoney(isHidden) {
    wall.hidesMoney = isHidden;
    localStorage.setItem(HIDES_MONEY, isHidden ? "yes" : "");
    root().classList.toggle("hides-money", isHidden);
    wall.draw({ isForced: true });
    wall.tick();
  }

  const keys = {
    ArrowRight: () => show(current() + 1),
    ArrowLeft: () => show(current() - 1),
    " ": () => {
      isHeld = !isHeld;
      dots();
    },
    m: () => hideMoney(!wall.hidesMoney),
    s: () => wall.moments.turnSound(),
    p: () => wall.replay.play(),
    f: fullScreen,
    Escape: () => wall.replay.stop(),
  };

  document.addEventListener("keydown", (event) => {
    if (!root() || event.ctrlKey || event.metaKey || event.altKey) return;
    wall.moments.openSound();
    const act = keys[event.key] || keys[event.key.toLowerCase()];
    if (!act || (event.key === " " && event.target.closest("button, a"))) return;
    event.preventDefault();
    act();
  });

  document.addEventListener("click", (event) => {
    if (!root()) return;
    wall.moments.openSound();
    const button = event.target.closest("button");
    if (button?.id === wall.config.ids.full) fullScreen();
    if (button?.id === wall.config.ids.replay) wall.replay.play();
  });

  for (const kind of ["pointermove", "pointerdown"]) {
    document.addEventListener(kind, () => {
      movedAt = performance.now();
      root()?.classList.remove("is-idle");
    });
  }
  document.addEventListener("visibilitychange", stayAwake);

  wall.kiosk = {
    /* A page with the wall was opened. */
    open() {
      isHeld = false;
      turnedAt = performance.now();
      wall.hidesMoney = Boolean(wall.config.hidesMoney) || localStorage.getItem(HIDES_MONEY) === "yes";
      root()?.classList.toggle("hides-money", wall.hidesMoney);
      dots();
    },
    show,
    tick(now) {
      const at = performance.now();
      root().classList.toggle("is-night", isNight(now));
      root().classList.toggle("is-idle", at - movedAt > IDLE_MS);
      drift(at);
      stayAwake();
      const isDue = at - turnedAt > wall.config.turn * 1000;
      if (isDue && !isHeld && !wall.replay.isOn() && scenes().length > 1) show(current() + 1);
    },
  };
})();
