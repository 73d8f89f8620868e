import assert from "node:assert/strict";
import test from "node:test";
import { load } from "./load.mjs";

/* One page with live data; `status` is what the server answers when asked why a stream broke. */
function page({ status = 200, retryAfter = null } = {}) {
  const seen = { published: [], sources: [], pauses: [], went: [], reloads: 0 };
  class EventSource {
    constructor(address) {
      Object.assign(this, { address, listeners: {} });
      seen.sources.push(this);
    }
    addEventListener(kind, listener) {
      this.listeners[kind] = listener;
    }
    close() {
      this.isClosed = true;
    }
  }
  const stored = new Map();
  load("60-live.js", {
    EventSource,
    navigator: {},
    performance,
    document: { body: {}, getElementById: () => ({ dataset: { build: "one" } }), dispatchEvent() {} },
    CustomEvent: class {},
    MutationObserver: class { observe() {} },
    addEventListener() {},
    setInterval() {},
    setTimeout: (_, pause) => seen.pauses.push(pause),
    clearTimeout() {},
    fetch: async () => ({ status, headers: { get: () => retryAfter } }),
    sessionStorage: { getItem: (key) => stored.get(key), setItem: (key, value) => stored.set(key, value) },
    location: { pathname: "/admin", search: "?a=1", assign: (to) => seen.went.push(to), reload: () => (seen.reloads += 1) },
    dash_clientside: { set_props: (id, props) => seen.published.push([id, props.data]) },
  });
  return seen;
}

test("a snapshot reaches the page", () => {
  const { sources, published } = page();
  sources[0].onmessage({ data: '{"seq":7}' });
  assert.equal(JSON.stringify(published), '[["live-data",{"seq":7}]]');
});

test("a broken stream is closed and tried again after about a second, then two", async () => {
  const { sources, pauses } = page();
  await sources[0].onerror();
  assert.ok(sources[0].isClosed);
  await sources[0].onerror();
  assert.ok(pauses[0] >= 700 && pauses[0] <= 1300, pauses[0]);
  assert.ok(pauses[1] >= 1400 && pauses[1] <= 2600, pauses[1]);
});

test("a server with too many streams says how long to wait", async () => {
  const { sources, pauses } = page({ status: 429, retryAfter: "20" });
  await sources[0].onerror();
  assert.ok(pauses[0] >= 14_000 && pauses[0] <= 26_000, pauses[0]);
});

test("who may not watch any more is sent to the sign-in and comes back", async () => {
  const { sources, pauses, went } = page({ status: 401 });
  await sources[0].onerror();
  assert.deepEqual(went, ["/login?next=%2Fadmin%3Fa%3D1"]);
  assert.deepEqual(pauses, []);
});

test("a new build reloads the page once", () => {
  const seen = page();
  for (const data of ["one", "two", "two"]) seen.sources[0].listeners.build({ data });
  assert.equal(seen.reloads, 1);
});
