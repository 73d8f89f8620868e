import assert from "node:assert/strict";
import test from "node:test";
import { load } from "./load.mjs";
import { Element, listened } from "./page.mjs";

const NOTHING = Symbol("no update");

/* A staff page with these elements by id, and the address it was opened with. */
function page(files, { elements = {}, live = [], address = "/admin" } = {}) {
  const url = new URL(address, "https://shop.example");
  const clientside = { no_update: NOTHING };
  const globals = {
    document: { ...listened(), getElementById: (id) => elements[id] || null, querySelectorAll: (asked) => (asked === "[data-live]" ? live : live.flatMap((element) => element.rows)) },
    shopFormats: { number: String, clockWithSeconds: (at) => at.toISOString().slice(11, 19) },
    staticHtml: { place: (element, html) => element.html !== html && Boolean((element.html = html) || true) },
    dash_clientside: clientside,
    location: { pathname: url.pathname, search: url.search },
    history: { state: null, replaceState: (_state, _title, to) => (globals.address = to) },
  };
  let window = globals;
  for (const name of ["51-admin.js", ...files]) window = load(name, { ...globals, retailAdmin: window.retailAdmin });
  return { admin: clientside.admin, address: () => globals.address, clientside };
}

/* A list of the page: rows with a link to an order and one to receive stock. */
function list(dataset, keys) {
  const element = new Element({ dataset });
  element.rows = keys.map((key) => new Element({ dataset: { key } }));
  const link = (isButton) => ({ href: "/admin/x", isThere: true, matches: () => isButton, remove() { this.isThere = false; }, removeAttribute() { this.href = null; } });
  element.links = [link(false), link(true)];
  for (const row of element.rows) row.remove = () => (row.isGone = true);
  element.querySelector = () => ({ children: element.rows, querySelectorAll: () => element.links });
  return element;
}

test("the mark says up to when the numbers are, and that the line is broken", () => {
  const { admin } = page([]);
  const snapshot = { as_of: "2026-11-30T10:00:05Z" };
  assert.equal(admin.overviewMark(snapshot, { status: "live" })[0], "Live · as of 10:00:05");
  const quiet = { ...snapshot, quiet_since: "9 Dec 2011" };
  assert.equal(admin.overviewMark(quiet, { status: "live" })[0], "Sales end on 9 Dec 2011 · read at 10:00:05");
  assert.equal(admin.overviewMark(snapshot, { status: "reconnecting" })[0], "Reconnecting · numbers as of 10:00:05");
  assert.equal(admin.overviewMark(null, { status: "reconnecting" })[0], "Reconnecting");
  assert.equal(admin.overviewMark(null, { status: "live" })[0], NOTHING);
});

test("each part of an event is placed where the page shows it", () => {
  const [gross, low] = [list({ live: "tile-gross" }, []), list({ live: "low", follow: "1" }, [])];
  const { admin } = page([], { live: [gross, low] });
  admin.overviewParts({ seq: 1, parts: { "tile-gross": "₹5", low: "<ul>", latest: "<ul>" } });
  assert.deepEqual([gross.html, low.html], ["₹5", "<ul>"]);
});

test("who may not follow links gets none, and a page takes as many rows as it has room for", () => {
  const few = list({ live: "low", most: "2" }, ["a", "b", "c"]);
  const { admin } = page([], { live: [few] });
  admin.stockParts({ seq: 1, parts: { low: "<ul>" } });
  assert.deepEqual(few.rows.map((row) => Boolean(row.isGone)), [false, false, true]);
  assert.deepEqual(few.links.map(({ href, isThere }) => [href, isThere]), [[null, true], ["/admin/x", false]]);
});

test("who may follow links keeps them", () => {
  const all = list({ live: "latest", follow: "1" }, ["1"]);
  page([], { live: [all] }).admin.overviewParts({ seq: 1, parts: { latest: "<ul>" } });
  assert.deepEqual(all.links.map(({ href, isThere }) => [href, isThere]), [["/admin/x", true], ["/admin/x", true]]);
});

test("orders that come are marked, those that were there are not", () => {
  const latest = list({ live: "latest" }, ["2", "1"]);
  const { admin } = page([], { live: [latest] });
  const marked = () => latest.rows.filter((row) => row.classList.contains("just-in")).map((row) => row.dataset.key);
  admin.overviewParts({ seq: 1, parts: { latest: "first" } });
  assert.deepEqual(marked(), []);
  latest.rows = ["3", "2"].map((key) => new Element({ dataset: { key }, remove() {} }));
  admin.overviewParts({ seq: 2, parts: { latest: "second" } });
  assert.deepEqual(marked(), ["3"]);
});

test("what is chosen stands in the address, but not what is usual and never what is searched for", () => {
  const { admin, address } = page(["54-admin-address.js"], { address: "/admin/orders?q=asha&status=paid" });
  admin.rememberOrders("asha", "refunded", "", "", 1, { category: "", country: "IN", product: "" }, "any", "", null);
  assert.equal(address(), "/admin/orders?status=refunded&country=IN");
  admin.rememberOrders("", "any", "", "", 1, null, "late", "gift", null);
  assert.equal(address(), "/admin/orders?status=any&goods=late&tag=gift");
  admin.rememberOverview("28d", "previous", "auto", "2026-11-01", "2026-11-30", null);
  assert.equal(address(), "/admin/orders?status=paid&period=28d");
});

test("a click on a part of sales chooses it, and on the chosen one takes it off", () => {
  const { admin, clientside } = page(["52-admin-overview.js"]);
  const none = { category: "", country: "", product: "" };
  const click = (key, part) => {
    clientside.callback_context = { triggered: [{ value: 1 }], triggered_id: { key } };
    return { ...admin.pickPart([1], part) };
  };
  assert.deepEqual(click("country:IN", none), { ...none, country: "IN" });
  assert.deepEqual(click("country:IN", { ...none, country: "IN" }), none);
  assert.deepEqual(click("product:a:b", none), { ...none, product: "a:b" });
  assert.deepEqual(click("all:", { ...none, country: "IN", category: "Toys" }), none);
});

test("what a stock edit would lead to is said before it is saved", () => {
  const { admin } = page(["57-admin-inventory.js"]);
  const after = (kind, value, available) => admin.stockAfter(kind, value, available)[0];
  assert.deepEqual([after("receive", 5, 3), after("write_off", 2, 3), after("correct", 9, 3)], ["8", "1", "9"]);
  assert.equal(after("write_off", 4, 3), "fewer than 0");
  for (const value of ["", null, 1.5, -1]) assert.equal(after("receive", value, 3), "–");
});

test("an edit of several products can be applied only while what is chosen is what was previewed", () => {
  const { admin } = page(["57-admin-inventory.js"]);
  const now = [["mug"], [], "", "", 9, "", "same", ""];
  const stands = (previewed, before, ...values) => [...admin.severalStands(previewed, ...values, before)];
  const [asked, edit] = admin.severalAsked(1, ...now);
  assert.equal(edit, null);
  assert.deepEqual(stands(null, asked, ...now), [true, NOTHING, NOTHING]); // not answered yet
  assert.deepEqual(stands("e1", asked, ...now), [false, NOTHING, NOTHING]);
  for (let place = 0; place < now.length; place += 1) {
    const other = now.with(place, place < 2 ? ["jug"] : "8");
    assert.deepEqual(stands("e1", asked, ...other), [true, null, null]);
  }
  assert.deepEqual(stands("e1", null, ...now), [true, NOTHING, NOTHING]); // chosen back, or applied
});

test("cells of the stock table say both counts of few units, what is inferred, and cover without a velocity", () => {
  const shopFormats = { number: String, percent: (share) => `${Math.round(100 * share)}%` };
  const { dashAgGridFunctions: cells } = load("55-admin-grids.js", { shopFormats, retailAdmin: { by: () => null, noUpdate: () => NOTHING }, dash_clientside: { admin: {} } });
  assert.deepEqual(
    [cells.adminSellThrough(0.5, false, null), cells.adminSellThrough(0.5, false, [4, 8]), cells.adminSellThrough(1, true, null), cells.adminSellThrough(null, true, null)],
    ["50%", "4 of 8", "≈ 100%", "–"]
  );
  assert.deepEqual([cells.adminCover(33.2, 0), cells.adminCover(null, 0), cells.adminCover(null, null), cells.adminCover(5000, 1)], ["33.2", "no sales", "–", "999+"]);
  assert.deepEqual([cells.adminRunsOut("2026-03-01", 0), cells.adminRunsOut(null, 0)], ["sold out", cells.adminDay(null)]);
});
