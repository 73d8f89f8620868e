/* The wall: keeps the newest event of the live stream, draws the scene that is shown, and keeps the clock. What parts
   show comes ready from the server (components/wall/parts.py); assets/75 places it, 72 draws charts, 73 turns scenes,
   76 says how old the numbers are, 77 plays the busiest hour again, 78 celebrates, 74 pairs a screen. */
(() => {
  "use strict";

  const wall = (window.retailWall = {
    config: null,
    snapshot: null,
    stream: { status: "live" },
    hidesMoney: false,
    charts: {}, // assets/72-wall-charts.js
  });
  const formats = window.shopFormats;
  let knownOrders = null;

  const part = (name) => wall.config && document.getElementById(wall.config.ids[name]);

  function setText(name, text) {
    const element = part(name);
    if (element && element.textContent !== text) element.textContent = text;
  }

  function make(tag, className, text) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  }

  const SVG = "http://www.w3.org/2000/svg";

  function svg(tag, attributes, text) {
    const element = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    if (text !== undefined) element.textContent = text;
    return element;
  }

  /* Whether amounts may be shown: neither the screen's settings nor a key press hide them. */
  const showsMoney = () => wall.snapshot.money !== false && !wall.hidesMoney;

  /* What a part shows now. */
  function content(name) {
    const { parts, plain } = wall.snapshot;
    return showsMoney() || !(name in plain) ? parts[name] : plain[name];
  }

  // --- scenes -------------------------------------------------------------------------------

  const shownScene = () => part("root")?.querySelector(".wall-scene:not([hidden])");

  /* Draw the scene that is shown, and the head; others wait until they are. How many orders are new since the last
     time; nothing where nothing was drawn. */
  function draw({ isForced = false } = {}) {
    const scene = shownScene();
    if (!scene || !wall.snapshot) return null;
    const arrived = arrivals(isForced);
    for (const element of part("root").querySelectorAll(".wall-head [data-part], .wall-scene:not([hidden]) [data-part]")) {
      wall.place(element, content(element.dataset.part), arrived);
    }
    for (const element of scene.querySelectorAll("[data-chart]")) wall.charts[element.dataset.chart](element);
    return arrived ? arrived.size : 0;
  }

  /* The orders that came since the last drawing; null when none is new to who looks: on a page or scene just opened. */
  function arrivals(isForced) {
    const { orders } = wall.snapshot.wall;
    const before = isForced ? null : knownOrders;
    knownOrders = new Set(orders);
    return before && new Set(orders.filter((id) => !before.has(id)));
  }

  // --- time ---------------------------------------------------------------------------------

  function tick() {
    const root = part("root");
    if (!root || !wall.snapshot) return;
    const now = new Date();
    setText("clock", formats.clock(now));
    setText("date", formats.dayLong(formats.dayOf(now)));
    wall.ages.tick(root);
    if (shownScene()?.dataset.scene === "map") wall.charts.map(part("map-box")); // once its outlines have come
    wall.kiosk.tick(now);
    wall.moments.tick();
  }

  setInterval(tick, 1000);

  /* What is drawn for its size is drawn again when that changes, for whatever reason. */
  let isDue = false;
  const sizes = new ResizeObserver(() => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      if (!wall.replay.isOn()) draw();
    });
  });

  /* The shop's name has two lines; it changes with a new page alone. */
  const heads = new ResizeObserver(([{ target }]) => requestAnimationFrame(() => wall.endWithWord(target)));

  function watchSizes() {
    sizes.disconnect();
    heads.disconnect();
    heads.observe(part("root").querySelector(".wall-store"));
    for (const one of part("root").querySelectorAll(".wall-rows, .wall-number, .wall-second, [data-chart]")) sizes.observe(one);
  }

  Object.assign(wall, {
    part,
    setText,
    make,
    svg,
    content,
    showsMoney,
    draw,
    tick,
    money: formats.moneyWhole,
    shortMoney: formats.moneyCompact,
    number: formats.number,
    clock: formats.clock,
  });

  function update(data, state, settings) {
    if (!data || !settings) return window.dash_clientside.no_update;
    const isNewPage = wall.config !== settings;
    wall.config = settings;
    wall.snapshot = data;
    wall.stream = state || wall.stream;
    if (isNewPage) {
      knownOrders = null;
      for (const one of [wall.kiosk, wall.moments, wall.replay]) one.open();
      watchSizes();
    }
    wall.ages.isRead(data.as_of);
    const orders = wall.replay.isOn() ? null : draw();
    if (orders !== null) wall.moments.seen(orders);
    tick();
    return data.seq;
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, { wall: { draw: update } });
})();
