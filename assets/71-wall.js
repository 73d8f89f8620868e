/* The wall: draws the scene that is shown from every snapshot, keeps the clock and says how old the numbers are.
   assets/72 draws its charts, 73 turns scenes and celebrates, 74 pairs a screen. */
(() => {
  "use strict";

  const SHOW_AGE_S = 5; // from then on a tile says how old it is
  const OLD_AFTER_S = 15; // then the head says so too
  const GONE_AFTER_S = 30; // the line round a tile has run out

  const wall = (window.retailWall = {
    config: null,
    snapshot: null,
    hidesMoney: false,
    charts: {}, // assets/72-wall-charts.js
    kiosk: null, // assets/73-wall-kiosk.js
  });
  let snapshot = null;
  let config = null;
  let stream = { status: "live" };
  let readAt = null; // `as_of` of the newest sign that the shop was read
  let seenAt = performance.now(); // when that came; a clock that is set does not move it
  let knownOrders = null;
  let drawnDay = null;

  const part = (name) => config && document.getElementById(config.ids[name]);

  function setText(name, text) {
    const element = part(name);
    if (element && element.textContent !== text) element.textContent = text;
    return element;
  }

  function make(tag, className, text) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  }

  /* Whether amounts may be shown: neither the screen's settings nor a key press hide them. */
  const showsMoney = () => snapshot.money !== false && !wall.hidesMoney;

  // --- words and numbers --------------------------------------------------------------------

  const formats = window.shopFormats;
  const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]; // in English sentences
  const money = formats.moneyWhole;
  const shortMoney = formats.moneyCompact;
  const number = (value) => formats.number(value);
  const clock = formats.clock;

  function weekday() {
    return `last ${dayName()}`;
  }

  // The same words as components/wall/today.py.
  function comparison(now, before, when) {
    if (before === 0) return ["flat", when ? `no sales ${when}` : "none then"];
    const ratio = now / before;
    if (Math.abs(ratio - 1) < 0.005) return ["flat", when ? `as much as ${when}` : "the same"];
    if (ratio >= 3) return ["up", `${formats.number(ratio, 1)} times ${when || "as much"}`];
    const [direction, share] = ratio > 1 ? ["up", ratio - 1] : ["down", 1 - ratio];
    const words = `${formats.percent(share)} ${direction === "up" ? "more" : "less"}`;
    return [direction, when ? `${words} than ${when}` : words];
  }

  function setChange(name, [direction, words]) {
    const element = setText(name, words);
    if (element) element.className = `wall-change is-${direction}`;
  }

  // The time alone only for today's, as in components/wall/today.py.
  function when(at) {
    const day = formats.dayOf(at);
    const days = Math.round((Date.parse(snapshot.day) - Date.parse(day)) / 86_400_000);
    if (days <= 0) return clock(at);
    return days < 7 ? `${formats.weekdayShort(day)} ${clock(at)}` : formats.day(day);
  }

  function underSales() {
    const { today, last_week: before, latest } = snapshot;
    if (today.orders === 0 && latest.length) return ["flat", `Last sale ${when(new Date(latest[0].at))}`];
    const measure = showsMoney() ? "gross" : "orders";
    return comparison(today[measure], before[measure], `${weekday()} by now`);
  }

  const percent = (share) => formats.percent(Math.floor(share * 100) / 100);
  const plural = (count, one, many) => `${number(count)} ${count === 1 ? one : many}`;

  // --- tiles --------------------------------------------------------------------------------

  /* An amount as large as it fits: whole, else in short. */
  function setAmount(name, minor) {
    const element = setText(name, money(minor));
    for (const digits of [2, 1, 0]) {
      if (!element || element.scrollWidth <= element.clientWidth + 1) return;
      element.textContent = shortMoney(minor, digits);
    }
  }

  function setBar(name, share) {
    const bar = part(name)?.firstElementChild;
    if (bar) bar.parentElement.hidden = share === null;
    if (bar) bar.style.width = `${Math.min(100, share * 100).toFixed(1)}%`;
    part(name)?.classList.toggle("is-reached", share >= 1);
  }

  function drawNumbers() {
    const { today, last_week: before } = snapshot;
    setText("gross-label", showsMoney() ? "Sales today" : "Orders today");
    if (showsMoney()) setAmount("gross", today.gross);
    else setText("gross", number(today.orders));
    setText("orders", number(today.orders));
    setText("units", number(today.units));
    drawAverage("aov", "");
    setChange("gross-change", underSales());
    setChange("orders-change", comparison(today.orders, before.orders, ""));
    setChange("units-change", comparison(today.units, before.units, ""));
    setText("hours-legend", weekday());
    const goal = snapshot.wall.goal;
    const box = part("goal")?.parentElement;
    if (box) box.hidden = !goal;
    if (goal) {
      setBar("goal", today.gross / goal);
      setText("goal-words", goalWords(today.gross, goal));
    }
  }

  /* The average order: its amount, or its units where amounts are hidden. */
  function drawAverage(name, when) {
    const { today, last_week: before } = snapshot;
    const [a, b] = [today, before].map((t) => (showsMoney() ? t.aov : t.orders ? t.units / t.orders : 0));
    setText(`${name}-label`, showsMoney() ? "Average order" : "Units an order");
    if (showsMoney()) setAmount(name, a);
    else setText(name, formats.number(a, 1));
    setChange(`${name}-change`, comparison(a, b, when));
  }

  function drawSoldOut(name, words) {
    const { low, out } = snapshot.wall.health;
    setText(name, number(out));
    part(name)?.classList.toggle("is-bad", out > 0);
    setText(words, low ? `and ${plural(low, "product runs", "products run")} low` : "and none runs low");
  }

  function goalWords(gross, goal) {
    const words = gross >= goal ? "Goal reached" : `${percent(gross / goal)} of the day's goal`;
    return showsMoney() ? `${words}: ${money(goal)}` : words;
  }

  /* Before the main words stands a time, before the value a count; both may be absent. */
  function row({ before, main, count, value, className }) {
    const item = make("li", `wall-row ${className || ""}`.trim());
    if (before) item.append(make("span", "wall-side", before));
    item.append(make("span", "wall-main", main));
    if (count) item.append(make("span", "wall-side", count));
    item.append(make("span", "wall-value", value));
    return item;
  }

  function fill(name, rows, empty) {
    const list = part(name);
    if (!list) return;
    list.replaceChildren(...(rows.length ? rows : [make("li", "wall-empty", empty)]));
  }

  // "Customer 12680", from an imported history, leaves no room for the place.
  const isNumbered = (who) => /\d$/.test(who);

  function orderRow(order, isNew, { hasUnits = true } = {}) {
    const who = order.name || (order.place ? "" : "Somebody");
    const place = order.place && !isNumbered(who) ? order.place : "";
    return row({
      before: when(new Date(order.at)),
      main: [who, place].filter(Boolean).join(", "),
      count: hasUnits || !showsMoney() ? plural(order.units, "unit", "units") : "",
      value: showsMoney() && order.total !== null ? money(order.total) : "",
      className: isNew ? "is-new" : "",
    });
  }

  function fillOrders(name, orders, isNew, options) {
    fill(name, orders.map((order) => orderRow(order, isNew(order), options)), "The first order will stand here.");
    alignTimes(name);
  }

  /* Dates differ in length: names start after the longest. */
  function alignTimes(name) {
    const times = [...(part(name)?.querySelectorAll(".wall-row > .wall-side:first-child") || [])];
    const longest = Math.max(0, ...times.map((time) => time.textContent.length));
    for (const time of times) time.style.minWidth = `${longest * 0.58}em`;
  }

  const stocked = (product) => (product.left === null ? "" : product.left === 0 ? "sold out" : `${number(product.left)} left`);

  function drawTop() {
    const rows = snapshot.top.map((product) =>
      row({
        main: product.name,
        count: `${number(product.units)} sold`,
        value: showsMoney() && product.gross !== null ? money(product.gross) : stocked(product),
      })
    );
    fill("top", rows, "Nothing sold yet today.");
  }

  function lowRows({ hasDays = true } = {}) {
    return snapshot.low.map((product) =>
      product.available <= 0
        ? row({ main: product.name, value: "sold out", className: "is-out" })
        : row({ main: product.name, count: hasDays ? lasts(product.cover) : "", value: `only ${number(product.available)} left`, className: "is-low" })
    );
  }

  function lasts(days) {
    if (days === null || days === undefined) return "";
    return days < 1 ? "today" : `${plural(Math.floor(days), "day", "days")}`;
  }

  function drawLow() {
    fill("low", lowRows({ hasDays: false }), "Every product is well stocked.");
    const count = snapshot.low_count;
    setText("low-count", count ? plural(count, "product", "products") : "");
  }

  // --- scenes -------------------------------------------------------------------------------

  const scenes = {
    today(isNew) {
      drawNumbers();
      if (isNew.redraws("latest")) fillOrders("latest", snapshot.latest, isNew, { hasUnits: false });
      drawTop();
      drawLow();
      wall.charts.hours?.(part("hours"));
    },

    day() {
      const { goal, curve } = snapshot.wall;
      const forecast = curve.forecast;
      wall.charts.curve?.(part("curve"));
      setText("curve-legend", weekday());
      if (!forecast) setText("close", "–");
      else if (showsMoney()) setAmount("close", forecast.close);
      else setText("close", goal ? percent(forecast.close / goal) : "–");
      setText("close-words", closeWords(forecast, goal));
      setText("close-goal-words", goal ? percent(snapshot.today.gross / goal) : "None is set");
      setBar("close-goal", goal ? snapshot.today.gross / goal : null);
    },

    orders(isNew) {
      const { today, last_week: before } = snapshot;
      if (isNew.redraws("all-latest")) fillOrders("all-latest", snapshot.latest, isNew);
      setText("all-orders", number(today.orders));
      setChange("all-orders-change", comparison(today.orders, before.orders, `${weekday()} by now`));
      drawAverage("all-aov", `${weekday()} by now`);
    },

    products() {
      const { today, last_week: before } = snapshot;
      const rows = snapshot.top.map((product) =>
        row({ main: product.name, count: `${number(product.units)} sold`, value: stocked(product), className: product.left === 0 ? "is-out" : "" })
      );
      fill("all-top", rows, "Nothing sold yet today.");
      setText("all-units", number(today.units));
      setChange("all-units-change", comparison(today.units, before.units, `${weekday()} by now`));
      drawSoldOut("all-out", "all-out-words");
    },

    map() {
      setText("map-orders", number(snapshot.today.orders));
      const rows = snapshot.wall.countries.map((one) =>
        row({ main: one.name, count: plural(one.orders, "order", "orders"), value: showsMoney() && one.gross !== null ? money(one.gross) : "" })
      );
      fill("map-countries", rows, "No orders yet today.");
      wall.charts.map?.(part("map-box"));
    },

    stock() {
      const { well, units } = snapshot.wall.health;
      fill("urgent", lowRows(), "Every product is well stocked.");
      setText("urgent-note", snapshot.quiet_since ? `Days by the sales up to the last one, on ${snapshot.quiet_since}` : "");
      drawSoldOut("out-total", "low-total");
      setText("well", number(well));
      setText("on-hand", `${plural(units, "unit", "units")} to sell`);
    },

    now() {
      const { visitors, carts } = snapshot.wall;
      setText("visitors", visitors === null ? "–" : number(visitors));
      setText("carts", carts.count === null ? "–" : number(carts.count));
      setText("carts-words", carts.units === null ? "cannot be read now" : `${plural(carts.units, "unit", "units")} in them`);
      const rows = carts.wanted.map((one) =>
        row({
          main: one.name,
          count: `${number(one.units)} in carts`,
          value: one.available ? `${number(one.available)} left` : "sold out",
          className: one.units > one.available ? "is-out" : "",
        })
      );
      fill("wanted", rows, "No cart was touched in the last half hour.");
    },
  };

  function closeWords(forecast, goal) {
    if (!forecast) return `After three ${dayName()}s with sales`;
    const from = `by the last ${forecast.days} ${dayName()}s`;
    if (showsMoney()) return `${shortMoney(forecast.low)} to ${shortMoney(forecast.high)}, ${from}`;
    return goal ? `of the goal, ${from}` : from;
  }

  function dayName() {
    return WEEKDAYS[new Date(snapshot.day).getUTCDay()];
  }

  /* Which orders arrived since the last drawing, and whether a list must be drawn at all: an arrival must not be cut
     short by the next tick. */
  function newcomers(isForced) {
    const ids = snapshot.latest.map((order) => order.order_id);
    const isSame =
      !isForced && knownOrders && drawnDay === snapshot.day && ids.length === knownOrders.size && ids.every((id) => knownOrders.has(id));
    const before = isForced ? null : knownOrders;
    const isNew = (order) => Boolean(before) && !before.has(order.order_id);
    isNew.redraws = (name) => !isSame || !part(name)?.firstElementChild;
    isNew.count = before ? ids.filter((id) => !before.has(id)).length : 0;
    knownOrders = new Set(ids);
    drawnDay = snapshot.day;
    return isNew;
  }

  /* Draw the scene that is shown; others wait until they are. */
  function draw({ isForced = false } = {}) {
    const shown = part("root")?.querySelector(".wall-scene:not([hidden])");
    if (!shown || !snapshot) return null;
    const isNew = newcomers(isForced);
    scenes[shown.dataset.scene](isNew);
    drawOuts();
    return isNew;
  }

  /* Sold out: stands in the head of every scene. */
  function drawOuts() {
    const element = part("outs");
    if (!element) return;
    const out = snapshot.wall.health.out;
    element.hidden = !out;
    if (out) setText("outs", `${number(out)} sold out`);
  }

  // --- age ----------------------------------------------------------------------------------

  /* A ring round each tile: from the top left, clockwise, on a faint track. And the age in words once it counts. */
  function drawAge(tile, age) {
    const fresh = Math.max(0, 1 - age / GONE_AFTER_S);
    let ring = tile.querySelector(":scope > .wall-age");
    if (!ring) {
      ring = svg("svg", { class: "wall-age", "aria-hidden": "true" });
      ring.append(svg("rect", { class: "age-track" }), svg("rect", { class: "age-left", pathLength: 100 }));
      tile.append(ring, make("span", "wall-old"));
    }
    const left = ring.lastElementChild;
    left.style.strokeDasharray = fresh === 1 ? "none" : `${(fresh * 100).toFixed(1)} 200`;
    left.style.opacity = fresh > 0 ? "1" : "0";
    const words = age > SHOW_AGE_S ? `${duration(age)} old` : "";
    if (ring.nextElementSibling.textContent !== words) ring.nextElementSibling.textContent = words;
  }

  const duration = (seconds) => (seconds < 120 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`);

  // --- time ---------------------------------------------------------------------------------

  function tick() {
    const root = part("root");
    if (!root || !snapshot) return;
    const now = new Date();
    setText("clock", clock(now));
    setText("date", formats.dayLong(formats.dayOf(now)));
    const age = Math.max(0, Math.round((performance.now() - seenAt) / 1000));
    const isGone = stream.status !== "live" || age > OLD_AFTER_S;
    for (const tile of root.querySelectorAll(".wall-scene:not([hidden]) > .wall-tile")) {
      drawAge(tile, age + (snapshot.ages?.[tile.dataset.age] || 0));
    }
    root.classList.toggle("is-old", isGone);
    const why = stream.status === "live" ? "the shop cannot be read" : "reconnecting";
    setText("live", isGone ? `Numbers are ${duration(age)} old, ${why}` : "Live");
    if (root.querySelector('[data-scene="map"]:not([hidden])')) wall.charts.map?.(part("map-box"));
    wall.kiosk?.tick(now);
  }

  function isRead(asOf) {
    if (!asOf || asOf === readAt) return;
    readAt = asOf;
    seenAt = performance.now();
  }

  setInterval(tick, 1000);
  document.addEventListener("live-beat", ({ detail }) => isRead(detail));
  new ResizeObserver(() => snapshot && part("root") && draw({ isForced: false })).observe(document.documentElement);

  const SVG = "http://www.w3.org/2000/svg";

  function svg(tag, attributes, text) {
    const element = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    if (text !== undefined) element.textContent = text;
    return element;
  }

  Object.assign(wall, { part, setText, make, svg, money, shortMoney, number, plural, clock, weekday, showsMoney, draw, tick, orderRow });

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    wall: {
      draw(data, state, settings) {
        if (!data || !settings) return window.dash_clientside.no_update;
        const isNewPage = config !== settings;
        config = wall.config = settings;
        snapshot = wall.snapshot = data;
        stream = state || stream;
        if (isNewPage) {
          knownOrders = null;
          wall.kiosk?.open();
        }
        isRead(data.as_of);
        const isNew = wall.kiosk?.isReplaying() ? null : draw();
        if (isNew) wall.kiosk?.seen(isNew.count);
        tick();
        return data.seq;
      },
    },
  });
})();
