/* The busiest hour of the day played again, in a minute, on the scene of the latest orders. */
(() => {
  "use strict";

  const wall = window.retailWall;
  const PEAK_SPEED = 60; // an hour in a minute
  const MOST_ROWS = 8;

  let replay = null;
  let frame = 0;

  async function play() {
    if (replay) return stop();
    let found;
    try {
      const answer = await fetch("/wall/peak", { cache: "no-store" });
      if (!answer.ok) throw new Error(String(answer.status));
      found = await answer.json();
    } catch {
      return wall.moments.say("goal", "The busiest hour cannot be read now. Try again in a moment.");
    }
    if (!found.orders.length) return wall.moments.say("goal", "No orders yet today: nothing to play again.");
    const scenes = [...wall.part("root").querySelectorAll(".wall-scene")];
    const index = scenes.findIndex((scene) => scene.dataset.scene === "orders");
    if (index < 0) return wall.moments.say("goal", "This screen does not show the latest orders.");
    wall.kiosk.show(index);
    replay = { ...found, start: Date.parse(found.start), began: performance.now(), shown: 0 };
    window.staticHtml.place(wall.part("all-latest"), "");
    wall.part("root").classList.add("is-replaying");
    frame = requestAnimationFrame(step);
  }

  function step() {
    if (!replay || !wall.part("root")) return;
    const at = replay.start + (performance.now() - replay.began) * PEAK_SPEED;
    const list = wall.part("all-latest");
    while (replay.shown < replay.orders.length && Date.parse(replay.orders[replay.shown].at) <= at) {
      list.insertAdjacentHTML("afterbegin", replay.orders[replay.shown].row);
      list.firstElementChild.classList.add("is-new");
      replay.shown += 1;
      while (list.children.length > MOST_ROWS) list.lastElementChild.remove();
      wall.setText("all-orders", wall.number(replay.shown));
    }
    const words = `Busiest hour again: ${wall.clock(new Date(Math.min(at, replay.start + 3_600_000)))}`;
    wall.setText("all-orders-change", words);
    wall.setText("live", "Not live: the busiest hour again. Esc ends it");
    if (at > replay.start + 3_600_000) stop();
    else frame = requestAnimationFrame(step);
  }

  function stop() {
    if (!replay) return;
    cancelAnimationFrame(frame);
    replay = null;
    wall.part("root")?.classList.remove("is-replaying");
    wall.draw({ isForced: true });
    wall.tick();
  }

  wall.replay = {
    /* A page with the wall was opened. */
    open() {
      replay = null;
    },
    play,
    stop,
    isOn: () => Boolean(replay),
  };
})();
