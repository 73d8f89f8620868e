/* The wall's script: draws every snapshot, keeps the clock and says how old the numbers are. */
(() => {
  "use strict";

  const OLD_AFTER_S = 15; // then the words say so
  const GONE_AFTER_S = 30; // the line round a tile has run out
  const SVG = "http://www.w3.org/2000/svg";

  let config = null;
  let snapshot = null;
  let stream = { status: "live" };
  let readAt = null; // `as_of` of the snapshot shown
  let seenAt = Date.now(); // by this machine's clock, which may differ from the server's
  let knownOrders = null;
  let drawnDay = null;
  let chart = { element: null, observer: null };

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

  // --- words and numbers --------------------------------------------------------------------

  function money(minor, options = {}) {
    const { code, digits, locale } = snapshot.currency;
    const whole = { style: "currency", currency: code, maximumFractionDigits: 0, minimumFractionDigits: 0 };
    return new Intl.NumberFormat(locale, { ...whole, ...options }).format(minor / 10 ** digits);
  }

  const shortMoney = (minor) => money(minor, { notation: "compact", maximumFractionDigits: 1 });
  const number = (value) => new Intl.NumberFormat(snapshot.currency.locale).format(value);

  function weekday() {
    const day = new Date(`${snapshot.day}T12:00:00Z`);
    return `last ${new Intl.DateTimeFormat("en", { weekday: "long", timeZone: "UTC" }).format(day)}`;
  }

  // The same words as components/wall.py.
  function comparison(now, before, when) {
    if (before === 0) return ["flat", when ? `no sales ${when}` : "none then"];
    const ratio = now / before;
    if (Math.abs(ratio - 1) < 0.005) return ["flat", when ? `as much as ${when}` : "the same"];
    if (ratio >= 3) return ["up", when ? `${ratio.toFixed(1)} times ${when}` : `${ratio.toFixed(1)} times as much`];
    const [direction, percent] = ratio > 1 ? ["up", (ratio - 1) * 100] : ["down", (1 - ratio) * 100];
    const words = `${percent.toFixed(0)} % ${direction === "up" ? "more" : "less"}`;
    return [direction, when ? `${words} than ${when}` : words];
  }

  function setChange(name, [direction, words]) {
    const element = setText(name, words);
    if (element) element.className = `wall-change is-${direction}`;
  }

  function clock(at, options) {
    return new Intl.DateTimeFormat(config.locale, { timeZone: config.zone, hourCycle: "h23", ...options }).format(at);
  }

  const hourAndMinute = { hour: "2-digit", minute: "2-digit" };

  // The time alone only for today's, as in components/wall.py.
  function when(at) {
    const day = new Intl.DateTimeFormat("sv", { timeZone: config.zone }).format(at); // 2026-11-22
    const days = Math.round((Date.parse(snapshot.day) - Date.parse(day)) / 86_400_000);
    if (days <= 0) return clock(at, hourAndMinute);
    if (days < 7) return `${clock(at, { weekday: "short" })} ${clock(at, hourAndMinute)}`;
    return clock(at, { day: "numeric", month: "short", year: "numeric" });
  }

  function underSales() {
    const { today, last_week: before, latest } = snapshot;
    if (today.orders === 0 && latest.length) return ["flat", `Last sale ${when(new Date(latest[0].at))}`];
    return comparison(today.gross, before.gross, `${weekday()} by now`);
  }

  // --- tiles --------------------------------------------------------------------------------

  function drawNumbers() {
    const { today, last_week: before } = snapshot;
    const gross = setText("gross", money(today.gross));
    if (gross && gross.scrollWidth > gross.clientWidth + 1) {
      gross.textContent = money(today.gross, { notation: "compact", maximumFractionDigits: 2 });
    }
    setText("orders", number(today.orders));
    setText("aov", money(today.aov));
    setChange("gross-change", underSales());
    setChange("orders-change", comparison(today.orders, before.orders, ""));
    setChange("aov-change", comparison(today.aov, before.aov, ""));
    setText("hours-legend", weekday());
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

  function drawOrders() {
    // Redrawn only when something arrived: an arrival must not be cut short by the next tick.
    const ids = snapshot.latest.map((order) => order.order_id);
    const isSameDay = drawnDay === snapshot.day;
    drawnDay = snapshot.day;
    if (knownOrders && isSameDay && ids.length === knownOrders.size && ids.every((id) => knownOrders.has(id))) return;
    const rows = snapshot.latest.map((order) => {
      const who = order.name || "Somebody";
      return row({
        before: when(new Date(order.at)),
        main: order.place && !isNumbered(who) ? `${who}, ${order.place}` : who,
        value: money(order.total),
        className: knownOrders && !knownOrders.has(order.order_id) ? "is-new" : "",
      });
    });
    fill("latest", rows, "The first order will stand here.");
    alignTimes();
    knownOrders = new Set(ids);
  }

  /* Dates differ in length: names start after the longest. */
  function alignTimes() {
    const times = [...(part("latest")?.querySelectorAll(".wall-row > .wall-side:first-child") || [])];
    const longest = Math.max(0, ...times.map((time) => time.textContent.length));
    for (const time of times) time.style.minWidth = `${longest * 0.58}em`;
  }

  function drawTop() {
    const rows = snapshot.top.map((product) =>
      row({ main: product.name, count: `${number(product.units)} sold`, value: money(product.gross) })
    );
    fill("top", rows, "Nothing sold yet today.");
  }

  function drawLow() {
    const rows = snapshot.low.map((product) =>
      product.available <= 0
        ? row({ main: product.name, value: "sold out", className: "is-out" })
        : row({ main: product.name, value: `only ${number(product.available)} left`, className: "is-low" })
    );
    fill("low", rows, "Every product is well stocked.");
    const count = snapshot.low_count;
    setText("low-count", count ? (count === 1 ? "1 product" : `${number(count)} products`) : "");
  }

  // --- sales by hour ------------------------------------------------------------------------

  function svg(tag, attributes, text) {
    const element = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    if (text !== undefined) element.textContent = text;
    return element;
  }

  /* The top of the scale: a round number at or above the greatest value, and the step between rules. */
  function scale(greatest) {
    const rough = Math.max(greatest, 100) / 3;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 2.5, 5, 10].map((n) => n * power).find((n) => n >= rough);
    return { step, top: step * Math.ceil(Math.max(greatest, 100) / step) };
  }

  function drawHours() {
    const element = part("hours");
    if (!element) return;
    if (chart.element !== element) {
      if (chart.observer) chart.observer.disconnect();
      chart = { element, observer: new ResizeObserver(() => snapshot && drawHours()) };
      chart.observer.observe(element);
    }
    const { width, height } = element.getBoundingClientRect();
    if (width < 40 || height < 40) return;

    const unit = parseFloat(getComputedStyle(element).fontSize);
    const minor = 10 ** snapshot.currency.digits;
    const today = snapshot.hours.map((value) => value / minor);
    const before = snapshot.hours_last_week.map((value) => value / minor);
    const { step, top } = scale(Math.max(...today, ...before));
    const left = unit * 3.6;
    const foot = unit * 1.6;
    const head = unit * 0.8;
    const slot = (width - left) / 24;
    const y = (value) => head + (height - head - foot) * (1 - value / top);
    const centre = (hour) => left + slot * (hour + 0.5);
    const drawing = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" });

    for (let value = 0; value <= top + step / 2; value += step) {
      const at = Math.round(y(value)) + 0.5;
      drawing.append(svg("line", { x1: left, x2: width, y1: at, y2: at, class: value ? "hour-rule" : "hour-rule hour-base" }));
      if (value) {
        const words = shortMoney(value * minor);
        drawing.append(svg("text", { x: left - unit * 0.5, y: at + unit * 0.35, class: "hour-axis is-end" }, words));
      }
    }
    const current = Number(clock(new Date(), { hour: "2-digit" }));
    today.forEach((value, hour) => {
      if (value <= 0) return;
      const bar = { x: left + slot * hour + slot * 0.16, width: slot * 0.68, y: y(value), height: y(0) - y(value) };
      const radius = Math.min(4, bar.width / 2, bar.height);
      drawing.append(svg("path", { d: roundedTop(bar, radius), class: hour === current ? "hour-bar is-now" : "hour-bar" }));
    });
    const line = before.map((value, hour) => `${centre(hour).toFixed(1)},${y(value).toFixed(1)}`).join(" ");
    if (Math.max(...before) > 0) drawing.append(svg("polyline", { points: line, class: "hour-before" }));
    const every = slot * 3 > unit * 3.4 ? 3 : 6;
    for (let hour = 0; hour < 24; hour += every) {
      const label = `${String(hour).padStart(2, "0")}:00`;
      drawing.append(svg("text", { x: centre(hour), y: height - unit * 0.25, class: "hour-axis is-middle" }, label));
    }
    element.replaceChildren(drawing);
    const best = today.indexOf(Math.max(...today));
    element.setAttribute(
      "aria-label",
      today[best] > 0 ? `Sales by hour; the best so far is ${best}:00 with ${money(today[best] * minor)}` : "No sales yet"
    );
  }

  function roundedTop({ x, y, width, height }, r) {
    return `M${x},${y + height} V${y + r} Q${x},${y} ${x + r},${y} H${x + width - r} Q${x + width},${y} ${x + width},${y + r} V${y + height} Z`;
  }

  // --- age ----------------------------------------------------------------------------------

  /* A ring round each tile: from the top left, clockwise, on a faint track. */
  function drawAge(root, fresh) {
    for (const tile of root.querySelectorAll(".wall-tile")) {
      let ring = tile.querySelector(":scope > .wall-age");
      if (!ring) {
        ring = svg("svg", { class: "wall-age", "aria-hidden": "true" });
        ring.append(svg("rect", { class: "age-track" }), svg("rect", { class: "age-left", pathLength: 100 }));
        tile.append(ring);
      }
      const left = ring.lastElementChild;
      left.style.strokeDasharray = fresh === 1 ? "none" : `${(fresh * 100).toFixed(1)} 200`;
      left.style.opacity = fresh > 0 ? "1" : "0";
    }
  }

  // --- time ---------------------------------------------------------------------------------

  function tick() {
    const root = part("root");
    if (!root || !snapshot) return;
    const now = new Date();
    setText("clock", clock(now, hourAndMinute));
    setText("date", clock(now, { weekday: "long", day: "numeric", month: "long" }));
    const age = Math.max(0, Math.round((now - seenAt) / 1000));
    const isGone = stream.status !== "live" || age > OLD_AFTER_S;
    drawAge(root, Math.max(0, 1 - age / GONE_AFTER_S));
    root.classList.toggle("is-old", isGone);
    const seconds = age < 120 ? `${age} s` : `${Math.round(age / 60)} min`;
    setText("live", isGone ? `Numbers are ${seconds} old, reconnecting` : "Live");
  }

  setInterval(tick, 1000);

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    wall: {
      draw(data, state, settings) {
        if (!data || !settings) return window.dash_clientside.no_update;
        const isNewPage = config !== settings;
        config = settings;
        snapshot = data;
        stream = state || stream;
        if (isNewPage) knownOrders = null;
        if (data.as_of !== readAt) {
          readAt = data.as_of;
          seenAt = Date.now();
        }
        drawNumbers();
        drawOrders();
        drawTop();
        drawLow();
        drawHours();
        tick();
        return data.seq;
      },

      fullScreen(clicks) {
        if (!clicks) return window.dash_clientside.no_update;
        if (document.fullscreenElement) {
          document.exitFullscreen();
          return "false";
        }
        document.documentElement.requestFullscreen().catch(() => {});
        return "true";
      },
    },
  });
})();
