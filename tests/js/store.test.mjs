import assert from "node:assert/strict";
import test, { mock } from "node:test";
import { load } from "./load.mjs";

const ID = { key: "mug", type: "cart-step-wanted", where: "card" };

/* The cart's script in a page that holds the steppers in `shown`; `sent` is what the server hears of. */
function cart() {
  const sent = { props: [], beacons: [] };
  const shown = new Set([JSON.stringify({ key: "mug", type: "cart-step-value", where: "card" })]);
  const listeners = {};
  const hears = { addEventListener: (kind, hear) => (listeners[kind] ||= []).push(hear) };
  const dash = {
    no_update: "no update",
    callback_context: { outputs_list: { id: ID }, triggered: [] },
    set_props: (id, props) => sent.props.push([id, JSON.parse(JSON.stringify(props.data))]),
  };
  const window = load("41-store.js", {
    ...hears,
    setTimeout,
    clearTimeout,
    setInterval: () => 0,
    URLSearchParams,
    MutationObserver: class { observe() {} },
    retail: {},
    shopWords: { say: (text) => text, sayMany: (one, many) => many },
    matchMedia: () => ({ matches: false }),
    history: { pushState: () => (window.document.isLeft = true) },
    navigator: { onLine: true, sendBeacon: (to, body) => sent.beacons.push([to, String(body)]) },
    document: { ...hears, documentElement: {}, getElementById: (id) => (shown.has(id) ? {} : null) },
  });
  Object.assign(window.dash_clientside, dash);
  const tell = (kind) => (listeners[kind] || []).forEach((hear) => hear({}));
  return { window, store: window.dash_clientside.store, sent, shown, tell };
}

test("a number that stands still for a moment is told by its stepper", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { store, sent } = cart();
  const told = store.settle(1);
  mock.timers.tick(250);
  assert.deepEqual({ ...(await told) }, { units: 1, turn: 1 });
  assert.deepEqual(sent.props, []);
  mock.timers.reset();
});

test("one whose page is left at once is told without its stepper, before the next page is asked for", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { window, store, sent } = cart();
  const told = store.settle(1);
  window.history.pushState({}, "", "/cart");
  const change = { where: "card", key: "mug", units: 1, turn: 1 };
  assert.deepEqual(sent.props, [["cart-late", [change]]]);
  mock.timers.tick(250);
  assert.equal(await told, "no update");
  assert.equal(window.retail.isCartWritten(), false);
  mock.timers.reset();
});

test("one whose stepper is gone when it stood still is told all the same", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { store, sent, shown } = cart();
  const told = store.settle(2);
  shown.clear();
  mock.timers.tick(250);
  assert.equal(await told, "no update");
  assert.deepEqual(sent.props.at(-1), ["cart-late", [{ where: "card", key: "mug", units: 2, turn: 1 }]]);
  mock.timers.reset();
});

test("with the document itself gone it is sent as its form would be", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { store, sent, tell } = cart();
  store.settle(3);
  tell("pagehide");
  tell("pagehide");
  assert.deepEqual(sent.beacons, [["/cart/change", "set=mug&units=3"]]);
  mock.timers.reset();
});
