/* The wall as a screen that nobody touches: turns scenes, dims at night, wanders a little against burn-in, keeps awake,
   and marks the moments: an order, the goal, a product that sells out. One timer drives it: that of assets/71-wall.js. */
(() => {
  "use strict";

  const wall = window.retailWall;
  const IDLE_MS = 3000;
  const DRIFT_MS = 60_000;
  const DRIFT_PX = [[0, 0], [3, 1], [4, 4], [1, 3], [-2, 2], [-4, 0], [-3, -3], [0, -4], [2, -2]];
  const BANNER_MS = { goal: 10_000, out: 20_000 };
  const PEAK_SPEED = 60; // an hour in a minute
  const HIDES_MONEY = "wall-hides-money";

  let turnedAt = 0;
  let isHeld = false;
  let movedAt = performance.now();
  let awake = null; // the wake lock
  let sound = null; // AudioContext, once a key allowed it
  let isLoud = false;
  let known = null; // what was celebrated already: { day, out: Set of product ids, wasReached }
  let banners = []; // [{ kind, words, until }]
  let replay = null;
  let replayFrame = 0;

  const root = () => wall.part("root");
  const scenes = () => [...root().querySelectorAll(".wall-scene")];
  const isCalm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

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

  // --- moments ------------------------------------------------------------------------------

  function seen(orders) {
    if (orders) {
      pulse();
      chime([880, 1320]);
    }
    celebrate();
  }

  function pulse() {
    if (isCalm()) return;
    const tile = root().querySelector(".wall-scene:not([hidden]) .wall-number")?.closest(".wall-tile");
    tile?.classList.remove("is-pulsing");
    requestAnimationFrame(() => tile?.classList.add("is-pulsing"));
  }

  /* Says once what only happens once: the first snapshot of a page or of a day only tells what is so already. */
  function celebrate() {
    const { snapshot } = wall;
    const { goal, health } = snapshot.wall;
    const sold = new Map(snapshot.low.filter((one) => one.available <= 0).map((one) => [one.product_id, one.name]));
    const isReached = Boolean(goal) && snapshot.today.gross >= goal;
    if (known && known.day === snapshot.day) {
      if (isReached && !known.isReached && !wasToldOf(snapshot.day)) {
        say("goal", wall.showsMoney() ? `The day's goal is reached: ${wall.money(goal)}` : "The day's goal is reached");
        chime([660, 880, 1320]);
      }
      for (const [id, name] of sold) if (!known.out.has(id) && health.out > known.outs) say("out", `Sold out: ${name}`);
    }
    if (isReached) tellOf(snapshot.day);
    known = { day: snapshot.day, out: new Set([...(known?.out || []), ...sold.keys()].filter((id) => sold.has(id))), outs: health.out, isReached };
  }

  // A reload in the evening must not celebrate again.
  const wasToldOf = (day) => localStorage.getItem("wall-goal") === day;
  const tellOf = (day) => localStorage.setItem("wall-goal", day);

  function say(kind, words) {
    banners.push({ kind, words, until: 0 });
    drawBanner();
  }

  function drawBanner() {
    const element = wall.part("banner");
    if (!element) return;
    const now = performance.now();
    if (banners.length && banners[0].until && banners[0].until < now) banners.shift();
    const first = banners[0];
    if (first && !first.until) first.until = now + BANNER_MS[first.kind];
    element.hidden = !first;
    if (first && element.textContent !== first.words) {
      element.textContent = first.words;
      element.className = `wall-banner is-${first.kind}`;
    }
  }

  function chime(tones) {
    if (!isLoud || !sound || sound.state !== "running") return;
    tones.forEach((tone, number) => {
      const [oscillator, volume] = [sound.createOscillator(), sound.createGain()];
      const at = sound.currentTime + number * 0.14;
      oscillator.frequency.value = tone;
      volume.gain.setValueAtTime(0.0001, at);
      volume.gain.exponentialRampToValueAtTime(0.12, at + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.5);
      oscillator.connect(volume).connect(sound.destination);
      oscillator.start(at);
      oscillator.stop(at + 0.55);
    });
  }

  /* Browsers let a page sound after a touch or key only, or where the kiosk allows it from the start. */
  function openSound() {
    if (!isLoud || !window.AudioContext) return;
    sound = sound || new AudioContext();
    if (sound.state === "suspended") sound.resume().catch(() => {});
  }

  // --- the busiest hour again ---------------------------------------------------------------

  async function play() {
    if (replay) return stop();
    let found;
    try {
      const answer = await fetch("/wall/peak", { cache: "no-store" });
      if (!answer.ok) throw new Error(String(answer.status));
      found = await answer.json();
    } catch {
      return say("goal", "The busiest hour cannot be read now. Try again in a moment.");
    }
    if (!found.orders.length) return say("goal", "No orders yet today: nothing to play again.");
    const index = scenes().findIndex((scene) => scene.dataset.scene === "orders");
    if (index < 0) return say("goal", "This screen does not show the latest orders.");
    show(index);
    replay = { ...found, start: Date.parse(found.start), began: performance.now(), shown: 0, units: 0 };
    wall.part("all-latest").replaceChildren();
    root().classList.add("is-replaying");
    replayFrame = requestAnimationFrame(step);
  }

  function step() {
    if (!replay || !root()) return;
    const at = replay.start + (performance.now() - replay.began) * PEAK_SPEED;
    const list = wall.part("all-latest");
    while (replay.shown < replay.orders.length && Date.parse(replay.orders[replay.shown].at) <= at) {
      list.prepend(wall.orderRow(replay.orders[replay.shown], true));
      replay.shown += 1;
      while (list.children.length > 8) list.lastElementChild.remove();
      wall.setText("all-orders", wall.number(replay.shown));
    }
    const words = `Busiest hour again: ${wall.clock(new Date(Math.min(at, replay.start + 3_600_000)))}`;
    wall.setText("all-orders-change", words);
    wall.setText("live", "Not live: the busiest hour again. Esc ends it");
    if (at > replay.start + 3_600_000) stop();
    else replayFrame = requestAnimationFrame(step);
  }

  function stop() {
    cancelAnimationFrame(replayFrame);
    replay = null;
    root()?.classList.remove("is-replaying");
    wall.draw({ isForced: true });
    wall.tick();
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
    s: () => {
      isLoud = !isLoud;
      openSound();
      say("goal", isLoud ? "Sound is on" : "Sound is off");
      chime([880]);
    },
    p: play,
    f: fullScreen,
    Escape: () => replay && stop(),
  };

  document.addEventListener("keydown", (event) => {
    if (!root() || event.ctrlKey || event.metaKey || event.altKey) return;
    openSound();
    const act = keys[event.key] || keys[event.key.toLowerCase()];
    if (!act || (event.key === " " && event.target.closest("button, a"))) return;
    event.preventDefault();
    act();
  });

  document.addEventListener("click", (event) => {
    if (!root()) return;
    openSound();
    const button = event.target.closest("button");
    if (button?.id === wall.config.ids.full) fullScreen();
    if (button?.id === wall.config.ids.replay) play();
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
      known = null;
      banners = [];
      replay = null;
      isHeld = false;
      isLoud = Boolean(wall.config.chimes);
      turnedAt = performance.now();
      wall.hidesMoney = Boolean(wall.config.hidesMoney) || localStorage.getItem(HIDES_MONEY) === "yes";
      root()?.classList.toggle("hides-money", wall.hidesMoney);
      openSound();
      dots();
    },
    seen,
    isReplaying: () => Boolean(replay),
    tick(now) {
      const at = performance.now();
      root().classList.toggle("is-night", isNight(now));
      root().classList.toggle("is-idle", at - movedAt > IDLE_MS);
      drift(at);
      drawBanner();
      stayAwake();
      const isDue = at - turnedAt > wall.config.turn * 1000;
      if (isDue && !isHeld && !replay && scenes().length > 1) show(current() + 1);
    },
  };
})();
