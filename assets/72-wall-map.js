/* The wall's map: as near as the countries with orders allow, and as wide or high as its place. */
(() => {
  "use strict";

  const wall = window.retailWall;
  const NORTH = 78; // of Mercator's map, beyond which there are no shoppers and much distortion
  const SOUTH = -58;
  const LEAST_SPAN = 0.3; // of what is shown, in radians of longitude
  const PART_OF_LARGEST = 0.15; // smaller islands far away are not zoomed out for

  let mapped = ""; // what the map shows, so that a tick without news does not draw the world
  let boxes = null; // of each country's land: [[west, south, east, north], ...], in degrees

  const inRadians = (degrees) => (degrees * Math.PI) / 180;
  const height = (latitude) => Math.log(Math.tan(Math.PI / 4 + inRadians(latitude) / 2));
  const latitude = (y) => ((2 * Math.atan(Math.exp(y)) - Math.PI / 2) * 180) / Math.PI;

  /* The boxes around the lands of a country in a TopoJSON file, whose arcs are steps from a first point. */
  function boxesOf({ arcs, transform, objects }) {
    const { scale, translate } = transform;
    const lines = arcs.map((steps) => {
      let [x, y] = [0, 0];
      return steps.map(([dx, dy]) => [(x += dx) * scale[0] + translate[0], (y += dy) * scale[1] + translate[1]]);
    });
    const around = (ring) => {
      const points = ring.flatMap((arc) => lines[arc < 0 ? ~arc : arc]);
      const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
      return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
    };
    const outer = ({ type, arcs: parts }) => (type === "Polygon" ? [parts[0]] : parts.map((part) => part[0]));
    const lands = (country) => outer(country).filter(Boolean).map(around); // this file has empty ones
    return new Map(objects.countries.geometries.filter((one) => one.arcs).map((one) => [one.id, lands(one)]));
  }

  const size = ([west, south, east, north]) => (east - west) * (north - south);

  /* The lands of these countries that count: not the islands far off. */
  function landsOf(codes) {
    return codes.flatMap((code) => {
      const lands = boxes.get(code) || [];
      const largest = Math.max(...lands.map(size));
      return lands.filter((land) => size(land) >= PART_OF_LARGEST * largest);
    });
  }

  /* The ranges of longitude and latitude around these lands that fill a place so many times as wide as high. */
  function rangesOf(lands, wide) {
    const whole = [-180, SOUTH, 180, NORTH];
    const [west, south, east, north] = lands.length
      ? [0, 1, 2, 3].map((side) => Math[side < 2 ? "min" : "max"](...lands.map((land) => land[side])))
      : whole;
    const [low, high] = [height(Math.max(south, SOUTH)), height(Math.min(north, NORTH))];
    const air = lands.length ? 1.25 : 1;
    const most = Math.min(2 * Math.PI, wide * (height(NORTH) - height(SOUTH)));
    const span = Math.min(most, Math.max(LEAST_SPAN, inRadians(east - west) * air, (high - low) * air * wide));
    const tall = span / wide;
    const middle = Math.min(Math.max((low + high) / 2, height(SOUTH) + tall / 2), height(NORTH) - tall / 2);
    const centre = (west + east) / 2;
    const half = ((span / 2) * 180) / Math.PI;
    return { lon: [centre - half, centre + half], lat: [latitude(middle - tall / 2), latitude(middle + tall / 2)] };
  }

  wall.charts.map = (box) => {
    const graph = box?.querySelector(".js-plotly-plot");
    const outlines = window.PlotlyGeoAssets?.topojson?.world_110m;
    if (!graph || !window.Plotly || !outlines || !graph.offsetWidth) return; // the next second tries again
    boxes ??= boxesOf(outlines);
    const shown = wall.snapshot.wall.countries.filter((one) => one.code);
    const said = JSON.stringify([shown.map((one) => [one.code, one.orders]), graph.offsetWidth, graph.offsetHeight]);
    if (said === mapped && graph.dataset.drawn) return;
    mapped = said;
    graph.dataset.drawn = "yes";
    const { lon, lat } = rangesOf(landsOf(shown.map((one) => one.code)), graph.offsetWidth / graph.offsetHeight);
    const data = { locations: [shown.map((one) => one.code)], z: [shown.map((one) => one.orders)] };
    window.Plotly.update(graph, data, { "geo.lonaxis.range": lon, "geo.lataxis.range": lat });
    window.Plotly.Plots.resize(graph);
  };

  wall.map = { boxesOf, rangesOf };
})();
