import assert from "node:assert/strict";
import test from "node:test";
import { load } from "./load.mjs";
import { Element, clock, listened, storage } from "./page.mjs";

/* A screen with so many scenes; it turns every 20 seconds. Times of the clock stand for moments. */
function screen({ scenes = 3, config = {}, kept = {} } = {}) {
  const root = new Element();
  const all = Array.from({ length: scenes }, (_, index) => new Element({ hidden: index > 0 }));
  root.querySelectorAll = () => all;
  const parts = { root, dots: new Element() };
  const seen = { drawn: 0, played: 0, stopped: 0, full: 0 };
  const document = { ...listened(), documentElement: { requestFullscreen: async () => (seen.full += 1) } };
  const performance = clock();
  const wall = {
    config: { turn: 20, night: ["", ""], ids: { full: "wall-full", replay: "wall-replay" }, ...config },
    part: (name) => parts[name],
    make: (tag, className) => new Element({ tag, className }),
    clock: (time) => time,
    draw: () => (seen.drawn += 1),
    tick() {},
    moments: { openSound() {}, turnSound() {} },
    replay: { isOn: () => seen.isPlaying, play: () => (seen.played += 1), stop: () => (seen.stopped += 1) },
  };
  const localStorage = storage(kept);
  load("73-wall-kiosk.js", { retailWall: wall, document, performance, localStorage, navigator: {} });
  wall.kiosk.open();
  return {
    seen,
    wall,
    root,
    localStorage,
    press: document.press,
    click: (id) => document.tell("click", { target: { closest: () => (id ? { id } : null) } }),
    move: () => document.tell("pointermove", {}),
    shown: () => all.findIndex((scene) => !scene.hidden),
    after(seconds, time = "12:00") {
      performance.seconds += seconds;
      wall.kiosk.tick(time);
    },
  };
}

test("scenes turn one after the other, each once its time is over, and begin again", () => {
  const { after, shown } = screen();
  after(19);
  assert.equal(shown(), 0);
  const turns = [1, 2, 3].map(() => (after(21), shown()));
  assert.deepEqual(turns, [1, 2, 0]);
});

test("a screen of one scene never turns, nor draws it anew for that", () => {
  const { after, shown, seen } = screen({ scenes: 1 });
  after(100);
  assert.deepEqual([shown(), seen.drawn], [0, 0]);
});

test("the space key holds the scene that is shown, and lets it go again", () => {
  const { after, press, shown } = screen();
  press(" ");
  after(60);
  assert.equal(shown(), 0);
  press(" ");
  after(1);
  assert.equal(shown(), 1);
});

test("arrow keys turn both ways over the ends, and the new scene stays its whole time", () => {
  const { after, press, shown } = screen();
  after(15);
  press("ArrowLeft");
  assert.equal(shown(), 2);
  after(15);
  assert.equal(shown(), 2);
  press("ArrowRight");
  assert.equal(shown(), 0);
});

test("no scene turns while the busiest hour is played again", () => {
  const { after, shown, seen } = screen();
  seen.isPlaying = true;
  after(60);
  assert.equal(shown(), 0);
});

test("a key pressed together with control, alt or command is the browser's", () => {
  const { press, shown } = screen();
  for (const held of ["ctrlKey", "altKey", "metaKey"]) press("ArrowRight", { [held]: true });
  assert.equal(shown(), 0);
});

for (const [night, dark, light] of [
  [["22:00", "06:30"], ["22:00", "23:59", "00:00", "06:29"], ["06:30", "12:00", "21:59"]], // over midnight
  [["01:00", "05:00"], ["01:00", "04:59"], ["00:59", "05:00", "23:00"]],
  [["", ""], [], ["00:00", "12:00"]],
  [["08:00", "08:00"], [], ["08:00", "20:00"]],
]) {
  test(`a night from ${night[0] || "never"} until ${night[1] || "never"} dims the screen for as long`, () => {
    const { after, root } = screen({ config: { night } });
    const isNight = (time) => (after(0, time), root.classList.contains("is-night"));
    assert.deepEqual(dark.map(isNight), dark.map(() => true));
    assert.deepEqual(light.map(isNight), light.map(() => false));
  });
}

test("a still mouse hides the pointer after three seconds, a moved one shows it", () => {
  const { after, move, root } = screen();
  after(2);
  assert.ok(!root.classList.contains("is-idle"));
  after(2);
  assert.ok(root.classList.contains("is-idle"));
  move();
  assert.ok(!root.classList.contains("is-idle"));
});

test("the picture wanders a little every minute and comes back", () => {
  const { after, root } = screen({ scenes: 1 });
  const places = Array.from({ length: 10 }, () => (after(60), root.style["--drift"]));
  assert.equal(new Set(places).size, 9);
  assert.equal(places[9], places[0]);
});

test("amounts that were hidden by the key stay hidden on the next visit", () => {
  const first = screen();
  first.press("M");
  assert.ok(first.wall.hidesMoney && first.root.classList.contains("hides-money"));
  const second = screen({ kept: first.localStorage.kept });
  assert.ok(second.wall.hidesMoney);
  second.press("m");
  assert.ok(!second.wall.hidesMoney && !second.root.classList.contains("hides-money"));
  assert.ok(!screen({ kept: second.localStorage.kept }).wall.hidesMoney);
});

test("a screen whose settings hide amounts hides them whatever was chosen by hand", () => {
  assert.ok(screen({ config: { hidesMoney: true } }).wall.hidesMoney);
});

test("the buttons do what they say, and a click beside them does nothing", () => {
  const { click, seen } = screen();
  click(null);
  assert.deepEqual([seen.full, seen.played], [0, 0]);
  click("wall-full");
  click("wall-replay");
  assert.deepEqual([seen.full, seen.played], [1, 1]);
});

test("escape ends the busiest hour", () => {
  const { press, seen } = screen();
  press("Escape");
  assert.equal(seen.stopped, 1);
});
