import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { load } from "./load.mjs";

// What the server writes, in every locale: tests/unit/web/test_javascript.py hands it over.
const { cases, given, known } = JSON.parse(readFileSync(process.env.FORMAT_CASES, "utf8"));
const { shopFormats } = load("06-formats.js", { document: { querySelector: () => ({ content: JSON.stringify(known) }) } });

for (const name of Object.keys(given)) {
  test(`${name} is written as the server writes it`, () => {
    for (const { known, expected, of } of cases) {
      const formats = shopFormats.build(known);
      (expected[name] || []).forEach((text, place) => {
        const value = given[name][place];
        assert.equal(formats[name](["moment", "clock"].includes(name) ? new Date(value) : value), text, `${of} ${value}`);
      });
    }
  });
}

test("a day has its year unless it is the present one", () => {
  const year = shopFormats.dayOf(new Date()).slice(0, 4);
  assert.equal(shopFormats.dayNear(`${year}-06-01`), shopFormats.dayShort(`${year}-06-01`));
  assert.equal(shopFormats.dayNear("2011-12-09"), shopFormats.day("2011-12-09"));
});
