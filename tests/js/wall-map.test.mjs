import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { load } from "./load.mjs";
import { Element } from "./page.mjs";

const outlines = JSON.parse(readFileSync(new URL("../../assets/geo/world_110m.json", import.meta.url), "utf8"));

/* The ranges of longitude and latitude that a map of this size shows for orders from these countries. */
function shown(codes, { width = 1000, height = 625 } = {}) {
  const updates = [];
  const wall = { charts: {}, snapshot: { wall: { countries: codes.map((code) => ({ code, orders: 1 })) } } };
  const Plotly = { update: (_, data, layout) => updates.push({ data, layout }), Plots: { resize() {} } };
  load("72-wall-map.js", { retailWall: wall, Plotly, PlotlyGeoAssets: { topojson: { world_110m: outlines } } });
  const graph = new Element({ offsetWidth: width, offsetHeight: height });
  const box = { querySelector: () => graph };
  wall.charts.map(box);
  wall.charts.map(box);
  assert.equal(updates.length, 1); // a second without news draws nothing
  const { layout, data } = updates[0];
  return { lon: layout["geo.lonaxis.range"], lat: layout["geo.lataxis.range"], locations: data.locations[0] };
}

const mercator = (latitude) => Math.log(Math.tan(Math.PI / 4 + (latitude * Math.PI) / 360));
const aspect = ({ lon, lat }) => ((lon[1] - lon[0]) * Math.PI) / 180 / (mercator(lat[1]) - mercator(lat[0]));
const holds = ([low, high], ...values) => values.every((value) => value > low && value < high);

test("the map comes as near as one country allows, and fills its place", () => {
  const india = shown(["IND"]);
  assert.ok(holds(india.lon, 69, 97) && holds(india.lat, 8, 35));
  assert.ok(india.lat[1] - india.lat[0] < 45, `${india.lat}`);
  for (const height of [400, 625, 1600]) {
    assert.ok(Math.abs(aspect(shown(["IND"], { height })) - 1000 / height) < 0.01 * (1000 / height), `${height}`);
  }
});

test("all countries with orders are on it", () => {
  const both = shown(["IND", "GBR"]);
  assert.ok(holds(both.lon, -6, 97) && holds(both.lat, 8, 58));
  assert.deepEqual([...both.locations], ["IND", "GBR"]);
});

test("it does not zoom out for islands and lands far off", () => {
  assert.ok(!holds(shown(["FRA"]).lon, -53)); // Guiana
  assert.ok(!holds(shown(["USA"]).lon, 170)); // the Aleutian Islands
});

test("without orders, or only from where it has no outlines, it is the world", () => {
  for (const codes of [[], ["SGP"]]) {
    const { lon } = shown(codes);
    assert.ok(lon[1] - lon[0] > 300, `${lon}`);
  }
});
