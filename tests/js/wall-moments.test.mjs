import assert from "node:assert/strict";
import test from "node:test";
import { load } from "./load.mjs";
import { Element, clock, storage } from "./page.mjs";

const DAY = "2026-11-30";

function screen(kept = {}) {
  const banner = new Element({ hidden: true });
  const tile = new Element();
  const root = new Element({ querySelector: () => ({ closest: () => tile }) });
  const performance = clock();
  const localStorage = storage(kept);
  const wall = {
    config: { chimes: false },
    part: (name) => ({ banner, root })[name],
    content: () => wall.reached,
  };
  load("78-wall-moments.js", {
    retailWall: wall,
    performance,
    localStorage,
    matchMedia: () => ({ matches: false }),
    requestAnimationFrame: (draw) => draw(),
  });
  wall.moments.open();
  return {
    tile,
    kept: localStorage.kept,
    /* A snapshot comes; `gone`: what is sold out, by product. */
    see({ reached = "", gone = {}, outs = Object.keys(gone).length, day = DAY, orders = 0 } = {}) {
      wall.snapshot = { day, wall: { gone, outs } };
      wall.reached = reached;
      wall.moments.seen(orders);
      return banner.hidden ? "" : banner.textContent;
    },
    after(seconds) {
      performance.seconds += seconds;
      wall.moments.tick();
      return banner.hidden ? "" : banner.textContent;
    },
  };
}

const LAMP = { lamp: "Sold out: Lamp" };

test("a goal is celebrated when it is reached, for ten seconds and once", () => {
  const { see, after } = screen();
  assert.equal(see(), "");
  assert.equal(see({ reached: "The day's goal is reached" }), "The day's goal is reached");
  assert.equal(after(9), "The day's goal is reached");
  assert.equal(after(2), "");
  assert.equal(see({ reached: "The day's goal is reached" }), "");
});

test("what was so when the page was opened is no news", () => {
  assert.equal(screen().see({ reached: "The day's goal is reached", gone: LAMP }), "");
});

test("a reload in the evening does not celebrate again, another day does", () => {
  const before = screen();
  before.see();
  before.see({ reached: "Reached" });
  const { see } = screen(before.kept);
  see();
  assert.equal(see({ reached: "Reached" }), "");
  see({ day: "2026-12-01" });
  assert.equal(see({ day: "2026-12-01", reached: "Reached" }), "Reached");
});

test("a product that sells out is said, the next one after it", () => {
  const { see, after } = screen();
  see();
  assert.equal(see({ gone: LAMP }), "Sold out: Lamp");
  assert.equal(see({ gone: { ...LAMP, bowl: "Sold out: Bowl" } }), "Sold out: Lamp");
  after(21);
  assert.equal(after(0), "Sold out: Bowl");
});

test("a product that only moved into the list did not sell out just now", () => {
  const { see } = screen();
  see({ outs: 9 });
  assert.equal(see({ gone: LAMP, outs: 9 }), "");
});

test("a product that came back and sold out again is said again", () => {
  const { see, after } = screen();
  see();
  see({ gone: LAMP });
  after(21);
  assert.equal(after(0), "");
  see();
  assert.equal(see({ gone: LAMP }), "Sold out: Lamp");
});

test("the largest number pulses when orders came, and only then", () => {
  const { see, tile } = screen();
  see();
  assert.ok(!tile.classList.contains("is-pulsing"));
  see({ orders: 2 });
  assert.ok(tile.classList.contains("is-pulsing"));
});
