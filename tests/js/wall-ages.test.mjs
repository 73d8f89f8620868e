import assert from "node:assert/strict";
import test from "node:test";
import { load } from "./load.mjs";
import { Element, clock, listened } from "./page.mjs";

/* A wall with a tile of orders and one of carts, whose numbers are so many seconds older. */
function wallWith({ carts = 0, standing = "Live" } = {}) {
  const tiles = ["", "carts"].map((age) => new Element({ dataset: { age } }));
  for (const tile of tiles) tile.querySelector = () => tile.children.find((child) => child.className === "wall-age");
  const root = new Element({ querySelectorAll: () => tiles });
  const texts = {};
  const [document, performance] = [listened(), clock()];
  const wall = {
    snapshot: { ages: { carts } },
    content: () => standing,
    stream: { status: "live" },
    svg: (tag, { class: className }) => new Element({ tag, className }),
    make: (tag, className) => new Element({ tag, className }),
    setText: (name, text) => (texts[name] = text),
  };
  load("76-wall-ages.js", { retailWall: wall, document, performance });
  return {
    wall,
    root,
    read: (asOf) => wall.ages.isRead(asOf),
    beat: (asOf) => document.tell("live-beat", { detail: asOf }),
    after(seconds) {
      performance.seconds += seconds;
      wall.ages.tick(root);
      return { head: texts.live, tiles: tiles.map((tile) => tile.children[1].textContent) };
    },
    ring: () => tiles[0].children[0].lastElementChild.style,
  };
}

test("fresh numbers say nothing of their age, older ones say it in seconds and then in minutes", () => {
  const { after, read } = wallWith();
  read("10:00:00");
  assert.deepEqual(after(5).tiles[0], "");
  assert.deepEqual(after(1).tiles[0], "6 s old");
  assert.deepEqual(after(113).tiles[0], "119 s old");
  assert.deepEqual(after(31).tiles[0], "3 min old");
});

test("a tile of what is read now and then is as much older", () => {
  const { after, read } = wallWith({ carts: 40 });
  read("10:00:00");
  assert.deepEqual(after(2).tiles, ["", "42 s old"]);
});

test("the head says that the numbers are old, and why", () => {
  const { after, read, root, wall } = wallWith();
  read("10:00:00");
  assert.equal(after(15).head, "Live");
  assert.equal(after(1).head, "Numbers are 16 s old, the shop cannot be read");
  assert.ok(root.classList.contains("is-old"));
  wall.stream = { status: "reconnecting" };
  assert.equal(after(4).head, "Numbers are 20 s old, reconnecting");
});

test("a broken line is said at once, whatever the age", () => {
  const { after, read, wall } = wallWith();
  read("10:00:00");
  wall.stream = { status: "reconnecting" };
  assert.equal(after(3).head, "Numbers are 3 s old, reconnecting");
});

test("a beat makes numbers young again, but not one that says the same time of reading", () => {
  const { after, beat, read, root } = wallWith();
  read("10:00:00");
  after(20);
  beat("10:00:00");
  assert.equal(after(0).head, "Numbers are 20 s old, the shop cannot be read");
  beat("10:00:20");
  assert.equal(after(0).head, "Live");
  assert.ok(!root.classList.contains("is-old"));
});

test("the line round a tile is whole when numbers were just read and gone after half a minute", () => {
  const { after, read, ring } = wallWith();
  read("10:00:00");
  after(0);
  assert.deepEqual([ring().strokeDasharray, ring().opacity], ["none", "1"]);
  after(15);
  assert.deepEqual([ring().strokeDasharray, ring().opacity], ["50.0 200", "1"]);
  after(15);
  assert.deepEqual([ring().strokeDasharray, ring().opacity], ["0.0 200", "0"]);
});

test("a shop without sales is not called live, and its numbers are told to be old as those of others", () => {
  const { root, after, read } = wallWith({ standing: "Last sale 9 Dec 2011" });
  read("10:00:00");
  assert.equal(after(1).head, "Last sale 9 Dec 2011");
  assert.ok(root.classList.contains("is-quiet"));
  assert.match(after(20).head, /^Numbers are 21 s old/);
});
