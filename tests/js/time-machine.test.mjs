import assert from "node:assert/strict";
import test from "node:test";
import { load } from "./load.mjs";

const NOTHING = Symbol("no update");
const START = "2026-11-01T00:00";
const SEEN = "2026-11-01T10:00";

/* The page with its field, and a clock that a test sets going. */
function page() {
  const field = { value: SEEN };
  const timers = [];
  const window = load("56-time-machine.js", {
    document: { getElementById: (id) => (id === "at" ? field : null) },
    dash_clientside: { no_update: NOTHING },
    setTimeout: (work) => timers.push(work),
  });
  const { scrub, follow } = window.dash_clientside.timeMachine;
  return {
    field,
    step: (minute, at = field.value) => scrub(minute, START, at, "chart", "at"),
    typed: (at) => follow(at, START, 600, 40000),
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
