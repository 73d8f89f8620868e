import assert from "node:assert/strict";
import test from "node:test";
import { load } from "./load.mjs";

const NOTHING = Symbol("no update");
const START = "2026-11-01T00:00";
const SEEN = "2026-11-01T10:00";

/* The page with its field, and a clock that a test sets going. */
function page() {
  const field = { id: "at", value: SEEN, matches: (chosen) => chosen === ".moment input" };
  const timers = [];
  const heard = {};
  const set = [];
  const window = load("56-time-machine.js", {
    document: {
      getElementById: (id) => (id === "at" ? field : null),
      addEventListener: (kind, hear) => (heard[kind] = hear),
    },
    dash_clientside: { no_update: NOTHING, set_props: (id, props) => set.push([id, props]) },
    setTimeout: (work) => timers.push(work),
    clearTimeout: () => {},
  });
  const { scrub, follow } = window.dash_clientside.timeMachine;
  return {
    field,
    step: (minute, at = field.value) => scrub(minute, START, at, "chart", "at"),
    typed: (at) => follow(at, START, 600, 40000),
    write: (at) => {
      field.value = at;
      heard.input({ target: field });
    },
    set,
    rest: () => timers.splice(0).forEach((work) => work()),
  };
}

test("a step of the slider goes into the field once it rests", async () => {
  const { step, rest } = page();
  const answer = step(630);
  rest();
  assert.equal(await answer, "2026-11-01T10:30");
});

test("only the last of several steps goes into the field", async () => {
  const { step, rest } = page();
  const answers = [step(630), step(660)];
  rest();
  assert.deepEqual(await Promise.all(answers), [NOTHING, "2026-11-01T11:00"]);
});

test("a day that was typed is not taken back by a step before it", async () => {
  const { field, step, typed, rest } = page();
  const answer = step(630);
  field.value = "2001-01-01T10:00";
  typed("2001-01-01T10:00");
  rest();
  assert.equal(await answer, NOTHING);
});

test("a day that is being typed is not taken back by a step before it", async () => {
  const { field, step, rest } = page();
  const answer = step(630);
  field.value = "";
  rest();
  assert.equal(await answer, NOTHING);
});

test("a step that went into the field does not outdate the next one", async () => {
  const { field, step, typed, rest } = page();
  step(630);
  rest();
  field.value = "2026-11-01T10:30";
  const answer = step(660);
  typed("2026-11-01T10:30");
  rest();
  assert.equal(await answer, "2026-11-01T11:00");
});

test("a day that is typed while a step is being drawn into the field is not lost", async () => {
  const { field, set, step, write, rest } = page();
  step(630);
  rest();
  write("2001-01-01T10:00");
  field.value = "2026-11-01T10:30";
  rest();
  assert.deepEqual(JSON.parse(JSON.stringify(set)), [["at", { value: "2001-01-01T10:00" }]]);
});

test("what the field read itself is not set twice", async () => {
  const { set, step, typed, write, rest } = page();
  step(630);
  rest();
  write("2001-01-01T10:00");
  typed("2001-01-01T10:00");
  rest();
  assert.deepEqual(set, []);
});

test("what a field did not read that was drawn anew is set", async () => {
  const { set, write, rest } = page();
  write("2001-01-01T10:00");
  rest();
  assert.deepEqual(JSON.parse(JSON.stringify(set)), [["at", { value: "2001-01-01T10:00" }]]);
});
