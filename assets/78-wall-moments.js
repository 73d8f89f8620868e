/* The wall's moments: an order that comes, the goal that is reached, a product that sells out; a pulse, a banner, a sound.
   Their words are the server's (components/wall/parts.py, app/web/streams/live_event.py). */
(() => {
  "use strict";

  const wall = window.retailWall;
  const BANNER_MS = { goal: 10_000, out: 20_000 };

  let sound = null; // AudioContext, once a key allowed it
  let isLoud = false;
  let known = null; // what was celebrated already: { day, gone: Set of product ids, outs, isReached }
  let banners = []; // [{ kind, words, until }]

  const isCalm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

  /* A snapshot was drawn, in which so many orders are new. */
  function seen(orders) {
    if (orders) {
      pulse();
      chime([880, 1320]);
    }
    celebrate();
  }

  function pulse() {
    if (isCalm()) return;
    const tile = wall.part("root").querySelector(".wall-scene:not([hidden]) .wall-number")?.closest(".wall-tile");
    tile?.classList.remove("is-pulsing");
    requestAnimationFrame(() => tile?.classList.add("is-pulsing"));
  }

  /* Says once what only happens once: the first snapshot of a page or of a day only tells what is so already. */
  function celebrate() {
    const { day, wall: { gone, outs } } = wall.snapshot;
    const reached = wall.content("goal-reached");
    if (known && known.day === day) {
      if (reached && !known.isReached && !wasToldOf(day)) {
        say("goal", reached);
        chime([660, 880, 1320]);
      }
      for (const [id, words] of Object.entries(gone)) if (!known.gone.has(id) && outs > known.outs) say("out", words);
    }
    if (reached) tellOf(day);
    known = { day, gone: new Set(Object.keys(gone)), outs, isReached: Boolean(reached) };
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

  function turnSound() {
    isLoud = !isLoud;
    openSound();
    say("goal", isLoud ? "Sound is on" : "Sound is off");
    chime([880]);
  }

  wall.moments = {
    /* A page with the wall was opened. */
    open() {
      known = null;
      banners = [];
      isLoud = Boolean(wall.config.chimes);
      openSound();
    },
    seen,
    say,
    turnSound,
    openSound,
    tick: drawBanner,
  };
})();
