/* The wall's charts: sales by hour, the day's curve. Drawn for the size they have, when their scene is shown. */
(() => {
  "use strict";

  const wall = window.retailWall;
  const { svg } = wall;
  const QUARTERS = 96;
  const EM_A_LETTER = 0.6; // of the letters along an axis

  /* The top of the scale: a round number at or above the greatest value, and the step between rules. */
  function scale(greatest) {
    const rough = Math.max(greatest, 100) / 3;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 2.5, 5, 10].map((n) => n * power).find((n) => n >= rough);
    return { step, top: step * Math.ceil(Math.max(greatest, 100) / step) };
  }

  /* The size of a chart's place and of its letters; nothing while it cannot be seen. */
  function measure(element) {
    if (!element) return null;
    const { width, height } = element.getBoundingClientRect();
    if (width < 40 || height < 40) return null;
    return { width, height, unit: parseFloat(getComputedStyle(element).fontSize) };
  }

  wall.measure = measure;

  function rules(drawing, { step, top }, { left, width, unit, y }) {
    const minor = 10 ** wall.snapshot.currency.digits;
    for (let value = 0; value <= top + step / 2; value += step) {
      const at = Math.round(y(value)) + 0.5;
      drawing.append(svg("line", { x1: left, x2: width, y1: at, y2: at, class: value ? "hour-rule" : "hour-rule hour-base" }));
      if (value && wall.showsMoney()) {
        const words = wall.shortMoney(Math.round(value * minor));
        drawing.append(svg("text", { x: left - unit * 0.5, y: at + unit * 0.35, class: "hour-axis is-end" }, words));
      }
    }
  }

  /* Room for the amounts along the axis, or for half of the first hour's words. */
  function roomAtLeft({ step, top }, unit) {
    if (!wall.showsMoney()) return unit * 1.6;
    const minor = 10 ** wall.snapshot.currency.digits;
    const steps = Array.from({ length: Math.round(top / step) }, (_, index) => (index + 1) * step);
    const longest = Math.max(...steps.map((value) => wall.shortMoney(Math.round(value * minor)).length));
    return unit * (longest * EM_A_LETTER + 0.7);
  }

  function hoursBelow(drawing, { height, unit, room, x }) {
    const every = room * 3 > unit * 3.4 ? 3 : 6;
    for (let hour = 0; hour < 24; hour += every) {
      const label = `${String(hour).padStart(2, "0")}:00`;
      drawing.append(svg("text", { x: x(hour), y: height - unit * 0.25, class: "hour-axis is-middle" }, label));
    }
  }

  const inMajor = (amounts) => amounts.map((value) => value / 10 ** wall.snapshot.currency.digits);

  wall.charts.hours = (element) => {
    const size = measure(element);
    if (!size) return;
    const { width, height, unit } = size;
    const [today, before] = [inMajor(wall.snapshot.hours), inMajor(wall.snapshot.hours_last_week)];
    const scaled = scale(Math.max(...today, ...before));
    const left = roomAtLeft(scaled, unit);
    const foot = unit * 1.6;
    const head = unit * 0.8;
    const slot = (width - left) / 24;
    const y = (value) => head + (height - head - foot) * (1 - value / scaled.top);
    const centre = (hour) => left + slot * (hour + 0.5);
    const drawing = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" });
    rules(drawing, scaled, { left, width, unit, y });
    const current = Number(wall.clock(new Date()).slice(0, 2));
    today.forEach((value, hour) => {
      if (value <= 0) return;
      const bar = { x: left + slot * hour + slot * 0.16, width: slot * 0.68, y: y(value), height: y(0) - y(value) };
      const radius = Math.min(4, bar.width / 2, bar.height);
      drawing.append(svg("path", { d: roundedTop(bar, radius), class: hour === current ? "hour-bar is-now" : "hour-bar" }));
    });
    const line = before.map((value, hour) => `${centre(hour).toFixed(1)},${y(value).toFixed(1)}`).join(" ");
    if (Math.max(...before) > 0) drawing.append(svg("polyline", { points: line, class: "hour-before" }));
    hoursBelow(drawing, { height, unit, room: slot, x: centre });
    if (!Math.max(...today, ...before)) {
      drawing.append(svg("text", { x: (left + width) / 2, y: (head + y(0)) / 2, class: "hour-axis is-middle" }, "No sales yet today"));
    }
    element.replaceChildren(drawing);
    const best = today.indexOf(Math.max(...today));
    const amount = wall.showsMoney() ? ` with ${wall.money(wall.snapshot.hours[best])}` : "";
    const words = `Sales by hour; the best so far is ${best}:00${amount}`;
    element.setAttribute("aria-label", today[best] > 0 ? words : "No sales yet");
  };

  function roundedTop({ x, y, width, height }, r) {
    return `M${x},${y + height} V${y + r} Q${x},${y} ${x + r},${y} H${x + width - r} Q${x + width},${y} ${x + width},${y + r} V${y + height} Z`;
  }

  /* Running sums of the day: today, last week dashed, what is expected with its range, the goal. */
  wall.charts.curve = (element) => {
    const size = measure(element);
    if (!size) return;
    const { width, height, unit } = size;
    const { curve, goal } = wall.snapshot.wall;
    const [today, before] = [inMajor(curve.today), inMajor(curve.before)];
    const forecast = curve.forecast;
    const [low, high, target] = inMajor([forecast?.low || 0, forecast?.high || 0, goal || 0]);
    const scaled = scale(Math.max(...today, ...before, high, target));
    const left = roomAtLeft(scaled, unit);
    const foot = unit * 1.6;
    const head = unit * 1.4;
    const x = (quarter) => left + ((width - left - unit) * quarter) / QUARTERS;
    const y = (value) => head + (height - head - foot) * (1 - value / scaled.top);
    const line = (points) => points.map(([a, b]) => `${x(a).toFixed(1)},${y(b).toFixed(1)}`).join(" ");
    const drawing = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" });
    rules(drawing, scaled, { left, width, unit, y });
    hoursBelow(drawing, { height, unit, room: (width - left) / 24, x: (hour) => x(hour * 4) });
    const running = (amounts) => [[0, 0], ...amounts.map((value, index) => [index + 1, value])];
    if (Math.max(...before) > 0) drawing.append(svg("polyline", { points: line(running(before)), class: "hour-before" }));
    const now = [curve.elapsed, today[today.length - 1] || 0];
    const past = [...running(today.slice(0, -1)).filter(([at]) => at <= curve.elapsed), now];
    if (forecast) {
      const later = inMajor(forecast.curve).map((value, index) => [index + 1, value]).filter(([at]) => at > curve.elapsed);
      const spread = (edge) => later.map(([at, value]) => [at, now[1] + ((value - now[1]) * (edge - now[1])) / Math.max(1, inMajor([forecast.close])[0] - now[1])]);
      const area = [now, ...spread(high), ...spread(low).reverse()];
      drawing.append(svg("polygon", { points: line(area), class: "curve-range" }));
      drawing.append(svg("polyline", { points: line([now, ...later]), class: "curve-expected" }));
    }
    drawing.append(svg("polyline", { points: line(past), class: "curve-today" }));
    drawing.append(svg("circle", { cx: x(now[0]), cy: y(now[1]), r: unit * 0.4, class: "curve-now" }));
    if (goal) {
      const at = Math.round(y(target)) + 0.5;
      drawing.append(svg("line", { x1: left, x2: width, y1: at, y2: at, class: "curve-goal" }));
      const words = wall.showsMoney() ? `Goal ${wall.shortMoney(goal)}` : "Goal";
      drawing.append(svg("text", { x: left + unit * 0.4, y: at - unit * 0.4, class: "curve-goal-words" }, words));
    }
    element.replaceChildren(drawing);
    const close = forecast && wall.showsMoney() ? `, expected at the close ${wall.money(forecast.close)}` : "";
    const sofar = wall.showsMoney() ? wall.money(wall.snapshot.today.gross) : "no amounts shown";
    element.setAttribute("aria-label", `Sales up to each hour: ${sofar} so far${close}`);
  };
})();
