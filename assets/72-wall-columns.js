/* The wall's columns: what stands beside a number of its last two weeks, last minutes, or same days of the weeks before.
   The newest is bright; it and the greatest carry their numbers. Drawn for the size that the chart has. */
(() => {
  "use strict";

  const wall = window.retailWall;
  const { svg } = wall;
  const formats = window.shopFormats;
  const EM_A_LETTER = 0.6;

  /* `shown`: { values, hot: the index of the one that is running or -1, first, last: words below, say: of a value or
     null, none: words where all are zero, label }. */
  function columns(element, shown) {
    const size = wall.measure(element);
    if (!size) return;
    element.setAttribute("aria-label", shown.label);
    const { width, height, unit } = size;
    const { values, hot, say } = shown;
    const drawing = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" });
    const [head, foot] = [unit * 1.4, unit * 1.5];
    const greatest = Math.max(...values, 0);
    const slot = width / Math.max(values.length, 1);
    const y = (value) => head + Math.max(height - head - foot, 0) * (1 - Math.max(0, value) / (greatest || 1));
    const base = Math.round(y(0)) + 0.5;
    drawing.append(svg("line", { x1: 0, x2: width, y1: base, y2: base, class: "hour-rule hour-base" }));
    values.forEach((value, index) => {
      if (value <= 0) return;
      const bar = { x: slot * (index + 0.14), y: y(value), width: slot * 0.72, height: Math.max(base - y(value), 0) };
      drawing.append(svg("rect", { ...bar, rx: Math.min(unit * 0.15, bar.height), class: index === hot ? "hour-bar is-now" : "hour-bar" }));
    });
    if (greatest > 0 && say) numbersAbove(drawing, { values, hot, say, slot, width, unit, y, greatest });
    if (!greatest) drawing.append(svg("text", { x: width / 2, y: (head + base) / 2, class: "hour-axis is-middle" }, shown.none));
    const below = height - unit * 0.3;
    drawing.append(svg("text", { x: 0, y: below, class: "hour-axis is-start" }, shown.first));
    drawing.append(svg("text", { x: width, y: below, class: "hour-axis is-end" }, shown.last));
    element.replaceChildren(drawing);
  }

  /* Over the greatest and over the running one, unless they would run into each other. */
  function numbersAbove(drawing, { values, hot, say, slot, width, unit, y, greatest }) {
    let taken = null;
    for (const index of new Set([hot, values.lastIndexOf(greatest)])) {
      if (index < 0 || values[index] <= 0) continue;
      const words = say(values[index]);
      const half = (words.length * EM_A_LETTER * unit) / 2;
      const x = Math.min(Math.max(slot * (index + 0.5), half), width - half);
      if (taken !== null && Math.abs(x - taken.x) < half + taken.half + unit * 0.5) continue;
      taken = { x, half };
      const place = { x, y: y(values[index]) - unit * 0.35, class: "hour-axis is-middle is-said" };
      drawing.append(svg("text", place, words));
    }
  }

  const HIDDEN_AS = { gross: "orders", aov: "units_an_order" }; // what stands for an amount that is hidden
  const NAMES = { gross: "Sales", orders: "Orders", units: "Units", aov: "Average order", units_an_order: "Units an order" };

  wall.charts.days = (element) => {
    const { history } = wall.snapshot.wall;
    const wanted = element.dataset.of;
    const of = wall.showsMoney() ? wanted : HIDDEN_AS[wanted] || wanted;
    const isMoney = of === wanted && of in HIDDEN_AS;
    const [first, last] = [history.days[0], history.days[history.days.length - 1]];
    const day = history.has_today ? formats.dayShort : formats.day;
    columns(element, {
      values: history[of],
      hot: history.has_today ? history[of].length - 1 : -1,
      first: day(first),
      last: history.has_today ? "today" : day(last),
      say: isMoney ? (of === "aov" ? wall.money : wall.shortMoney) : (value) => wall.number(value),
      none: "None in these days",
      label: `${NAMES[of]} by day, ${day(first)} to ${history.has_today ? "today" : day(last)}`,
    });
  };

  /* The same weekday of the weeks before, and what is expected of this one. */
  wall.charts.closes = (element) => {
    const { closes, forecast } = wall.snapshot.wall.curve;
    columns(element, {
      values: closes,
      hot: forecast ? closes.length - 1 : -1,
      first: `${closes.length - (forecast ? 1 : 0)} weeks ago`,
      last: forecast ? "expected" : "last week",
      say: wall.showsMoney() ? wall.shortMoney : null,
      none: "None in these weeks",
      label: "Sales of the same weekday in the weeks before",
    });
  };

  wall.charts.minutes = (element) => {
    const values = wall.snapshot.wall.visitors_by_minute;
    columns(element, {
      values,
      hot: values.length - 1,
      first: `${values.length} minutes ago`,
      last: "now",
      say: (value) => wall.number(value),
      none: "Nobody in these minutes",
      label: `Visitors by minute: ${values.join(", ")}`,
    });
  };
})();
