import assert from "node:assert/strict";
import test from "node:test";
import { load } from "./load.mjs";
import { Element } from "./page.mjs";

/* `place` of a wall on which a list's rows are [key, ...] as the HTML says, and HTML is placed when it is another. */
function placing() {
  const shown = new Map();
  const staticHtml = {
    placed: 0,
    place(list, html) {
      if (shown.get(list) === html) return false;
      shown.set(list, html);
      list.rows = html.split(" ").map((key) => new Element({ dataset: { key } }));
      return Boolean((staticHtml.placed += 1));
    },
  };
  const wall = {};
  load("75-wall-parts.js", { retailWall: wall, staticHtml });
  return { place: wall.place, staticHtml };
}

function list() {
  const made = new Element({ rows: [] });
  made.querySelectorAll = (selector) => (selector === "[data-key]" ? made.rows : []);
  made.newKeys = () => made.rows.filter((row) => row.classList.contains("is-new")).map((row) => row.dataset.key);
  return made;
}

function numberOf(clientWidth) {
  const number = new Element({ clientWidth });
  Object.defineProperty(number, "scrollWidth", { get: () => number.textContent.length * 10 });
  return number;
}

test("a text that is a little too long is shown in smaller type, and the next shorter one where that would be too small", () => {
  const { place } = placing();
  const number = numberOf(80);
  number.dataset.least = "0.62";
  const fits = ["₹1,23,45,679", "₹1.23Cr", "₹1.2Cr", "₹1Cr"];
  place(number, { fits });
  assert.deepEqual([number.textContent, number.style["--fit"]], ["₹1,23,45,679", "0.660"]);
  number.clientWidth = 72;
  place(number, { fits });
  assert.deepEqual([number.textContent, number.style["--fit"]], ["₹1.23Cr", "1"]);
  number.clientWidth = 20;
  place(number, { fits });
  assert.deepEqual([number.textContent, number.style["--fit"]], ["₹1Cr", "0.495"]);
});

test("a text that something else wrote is put right by the next tick", () => {
  const { place } = placing();
  const number = numberOf(80);
  number.classList.add("wall-number");
  place(number, "16");
  number.textContent = "3";
  place(number, "16");
  assert.equal(number.textContent, "16");
});

test("a name of more than two lines ends with a whole word", () => {
  const { place } = placing();
  const name = new Element({ textContent: "Hand woven reversible jute rug, indigo and white", clientHeight: 20 });
  Object.defineProperty(name, "scrollHeight", { get: () => (name.textContent.length > 33 ? 30 : 20) });
  const rows = list();
  rows.clientWidth = 100;
  const others = rows.querySelectorAll;
  rows.querySelectorAll = (selector) => (selector === ".wall-main" ? [name] : others(selector));
  place(rows, { rows: "1" }, null);
  assert.equal(name.textContent, "Hand woven reversible jute rug…");
});

test("a change has one direction at a time and leaves other classes alone", () => {
  const { place } = placing();
  const change = new Element();
  change.classList.add("wall-change");
  place(change, { text: "12% more", is: "up" });
  place(change, { text: "8% less", is: "down" });
  assert.equal(change.textContent, "8% less");
  assert.deepEqual(["wall-change", "is-up", "is-down"].map(change.classList.contains), [true, false, true]);
});

test("a bar is as long as its share, full when reached, and hidden without a goal", () => {
  const { place } = placing();
  const bar = new Element({ children: [new Element()] });
  place(bar, { share: 0.998 });
  assert.deepEqual([bar.hidden, bar.children[0].style.width, bar.classList.contains("is-reached")], [false, "99.8%", false]);
  place(bar, { share: 1.4 });
  assert.deepEqual([bar.children[0].style.width, bar.classList.contains("is-reached")], ["100.0%", true]);
  place(bar, { share: null });
  assert.ok(bar.hidden);
});

test("orders that arrived are marked, and stay untouched by a tick that brings nothing", () => {
  const { place, staticHtml } = placing();
  const orders = list();
  place(orders, { rows: "2 1" }, null);
  assert.deepEqual(orders.newKeys(), []);
  place(orders, { rows: "3 2" }, new Set(["3"]));
  assert.deepEqual(orders.newKeys(), ["3"]);
  place(orders, { rows: "3 2" }, new Set());
  assert.deepEqual([orders.newKeys(), staticHtml.placed], [["3"], 2]);
});

test("a scene that is shown again marks nothing as new", () => {
  const { place } = placing();
  const orders = list();
  place(orders, { rows: "2 1" }, new Set(["2"]));
  place(orders, { rows: "2 1" }, null);
  assert.deepEqual(orders.newKeys(), []);
});
