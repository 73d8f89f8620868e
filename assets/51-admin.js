/* The staff pages in the browser: live ticks of tiles, lists, charts and grids, all fed by the one live snapshot.
   Values that people typed reach the page as React text only, never as markup. */
(function () {
  "use strict";
  const clientside = (window.dash_clientside = window.dash_clientside || {});
  const noUpdate = () => window.dash_clientside.no_update;
  const by = (id) => document.getElementById(id);

  /* --- words and numbers, as assets/06-formats.js writes them ---------------------------------- */

  const formats = window.shopFormats;
  const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]; // in English sentences
  const major = (minor, currency) => minor / 10 ** currency.digits;

  /* All digits, but no minor units from 1,000 on. */
  function moneyInFull(minor, currency) {
    const amount = major(minor, currency);
    return amount && Math.abs(amount) < 1000 ? formats.money(minor) : formats.moneyWhole(minor);
  }

  const clock = (iso) => formats.clock(new Date(iso));
  const units = (count) => (count === 1 ? "1 unit" : `${formats.number(count)} units`);

  /* --- components ------------------------------------------------------------------------------- */

  const make = (namespace) => (type, className, children, more) => ({
    namespace,
    type,
    props: { className, children, ...more },
  });
  const html = make("dash_html_components");
  const dcc = make("dash_core_components");
  const icon = (name) => html("I", `bi bi-${name}`, null, { "aria-hidden": "true" });

  function delta(now, before, against, downIsGood, none) {
    if (!before) return html("Span", "delta delta-flat", none);
    const ratio = (now - before) / before;
    const up = ratio > 0;
    const flat = Math.abs(ratio) < 0.005;
    const tone = flat ? "flat" : up !== !!downIsGood ? "up" : "down";
    const arrow = flat ? "arrow-right" : up ? "arrow-up-right" : "arrow-down-right";
    const size =
      ratio >= 9 // as in components/kit/ui.py
        ? `${formats.number(now / before, 0)} times`
        : formats.percent(Math.abs(ratio));
    return html("Span", `delta delta-${tone}`, [
      html("Span", "delta-value", [icon(arrow), size]),
      html("Span", "delta-against", `against ${against}`),
    ]);
  }

  const stockBadge = (left) =>
    left <= 0
      ? html("Span", "kit-badge kit-badge-bad", [icon("x-circle"), "Sold out"])
      : html("Span", "kit-badge kit-badge-warn", [icon("arrow-down"), `${formats.number(left)} left`]);

  /* As low_words in components/admin/overview.py. */
  function lowWords(row) {
    const rest = `threshold ${formats.number(row.threshold)}`;
    if (row.cover === null || row.cover === undefined) return `no sales lately · ${rest}`;
    if (row.available <= 0) return `still wanted · ${rest}`;
    const digits = row.cover < 10 ? 1 : 0;
    return `${formats.number(row.cover, digits)} days left · ${rest}`;
  }

  function lowRow(row, mayReceive) {
    const link = dcc("Link", "btn btn-quiet btn-sm", "Receive", {
      href: `/admin/inventory?product=${encodeURIComponent(row.product_id)}&do=stock`,
    });
    const words = [
      html("Span", "name", row.name, { title: row.name }),
      html("Span", "sub", lowWords(row)),
    ];
    return html("Li", "", [html("Div", "grow", words), stockBadge(row.available), mayReceive ? link : null]);
  }

  function orderRow(order, snapshot, options, isNew) {
    const number = `#${order.number}`;
    const name = options.open
      ? dcc("Link", "name", number, { href: `/admin/orders/${order.order_id}` })
      : html("Span", "name", number);
    const who = [order.name, order.place].filter(Boolean).join(" · ");
    const day = formats.dayOf(new Date(order.at));
    const when = day === snapshot.day ? clock(order.at) : formats.day(day);
    return html("Li", isNew ? "just-in" : "", [
      html("Div", "grow", [name, html("Span", "sub", who)]),
      html("Div", "num", [
        formats.money(order.total),
        html("Span", "sub", `${units(order.units)} · ${when}`),
      ]),
    ]);
  }

  /* What the server wrote on an element for us: {open, receive}. */
  const options = (id) => (by(id) ? { ...by(id).dataset } : {});

  /* Only what differs from the last time: each change makes Dash look at every component of the page. */
  const shown = new WeakMap();
  function put(id, props) {
    const element = by(id);
    if (!element) return;
    const text = JSON.stringify(props);
    if (shown.get(element) === text) return;
    shown.set(element, text);
    window.dash_clientside.set_props(id, props);
  }

  /* --- overview ------------------------------------------------------------------------------------ */

  const LAST_WEEK = "last week";
  const TILES = { gross: true, orders: false, aov: true, units: false, returns: true };
  let seenOrders = null;

  function overview(snapshot) {
    if (!snapshot || !snapshot.today) return noUpdate();
    const weekday = WEEKDAYS[new Date(snapshot.day).getUTCDay()];
    const none = `none by ${clock(snapshot.as_of)} last ${weekday}`;
    for (const [key, isMoney] of Object.entries(TILES)) {
      const now = snapshot.today[key] || 0;
      const shown = isMoney ? moneyInFull(now, snapshot.currency) : formats.number(now);
      put(`admin-overview-tile-${key}`, { children: shown });
      put(`admin-overview-change-${key}`, { children: delta(now, snapshot.last_week[key] || 0, LAST_WEEK, key === "returns", key === "aov" ? "no orders then" : none) });
    }
    const latest = options("admin-overview-latest");
    if (snapshot.latest && snapshot.latest.length) {
      const rows = snapshot.latest.map((order) =>
        orderRow(order, snapshot, latest, seenOrders !== null && !seenOrders.has(order.order_id))
      );
      put("admin-overview-latest", { children: html("Ul", "kit-list", rows) });
      seenOrders = new Set([...(seenOrders || []), ...snapshot.latest.map((order) => order.order_id)]);
    }
    const low = options("admin-overview-low");
    if (snapshot.low && snapshot.low.length) {
      put("admin-overview-low", { children: html("Ul", "kit-list", snapshot.low.map((row) => lowRow(row, low.receive))) });
    }
    put("admin-overview-low-count", { children: snapshot.low_count ? formats.number(snapshot.low_count) : "" });
    return snapshot.seq;
  }

  /* The line's last point is today's bucket: what it held before today, plus today so far. */
  function salesLine(snapshot, figure) {
    const meta = figure && figure.layout && figure.layout.meta;
    if (!snapshot || !meta || meta.day !== snapshot.day) return noUpdate();
    const y = major(meta.base + snapshot.today.gross, snapshot.currency);
    const line = figure.data[meta.line];
    const shown = formats.money(meta.base + snapshot.today.gross);
    const lastY = line.y[line.y.length - 1];
    if (lastY === y) return noUpdate();
    put("admin-overview-nothing", { hidden: true });
    const replaceLast = (list, value) => [...list.slice(0, -1), value];
    const data = figure.data.slice();
    const custom = line.customdata || [];
    data[meta.line] = {
      ...line,
      y: replaceLast(line.y, y),
      customdata: replaceLast(custom, `${shown} in part`),
    };
    data[meta.line + 1] = { ...data[meta.line + 1], y: [y] };
    const annotations = (figure.layout.annotations || []).map((note, i) => (i === 0 ? { ...note, y } : note));
    const axis = figure.layout.yaxis || {};
    const yaxis = axis.range && y > axis.range[1] ? { ...axis, range: [0, y * 1.06] } : axis;
    return { ...figure, data, layout: { ...figure.layout, annotations, yaxis } };
  }

  /* --- the mark beside "as of" ------------------------------------------------------------------------ */

  function liveMark(snapshot, state) {
    const asOf = snapshot && snapshot.as_of ? `as of ${formats.clockWithSeconds(new Date(snapshot.as_of))}` : "";
    if (state && state.status === "reconnecting") {
      return [["Reconnecting", asOf && `numbers ${asOf}`].filter(Boolean).join(" · "), "live-mark live-mark-reconnecting"];
    }
    if (!asOf) return [noUpdate(), noUpdate()];
    return [`Live · ${asOf}`, "live-mark live-mark-live"];
  }

  /* --- stock page ------------------------------------------------------------------------------------- */

  function stockLine(snapshot, figure) {
    const meta = figure && figure.layout && figure.layout.meta;
    if (!snapshot || !meta || !meta.product_id || !snapshot.stock) return noUpdate();
    const fresh = snapshot.stock.filter((row) => row.product_id === meta.product_id && row.at > meta.after);
    const now = formats.wallTime(new Date(snapshot.as_of));
    const [line, end] = figure.data;
    const x = line.x.slice(0, -1); // the last point only carries the level on to "now"
    const y = line.y.slice(0, -1);
    for (const row of fresh) {
      x.push(formats.wallTime(new Date(row.at)));
      y.push(row.on_hand);
    }
    if (!y.length) return noUpdate();
    const level = y[y.length - 1];
    const moved = Date.parse(now) - Date.parse(line.x[line.x.length - 1]);
    if (!fresh.length && moved < 15000) return noUpdate();
    if (fresh.length) put("admin-stock-available", { children: formats.number(fresh[fresh.length - 1].available) });
    const after = fresh.length ? fresh[fresh.length - 1].at : meta.after;
    const axis = figure.layout.yaxis || {};
    const roof = Math.max((axis.range || [0, 1])[1], level * 1.12);
    return {
      ...figure,
      data: [
        { ...line, x: [...x, now], y: [...y, level], customdata: [...y, level].map((value) => formats.number(value)) },
        { ...end, x: [now], y: [level], text: [formats.number(level)] },
        ...figure.data.slice(2),
      ],
      layout: {
        ...figure.layout,
        meta: { ...meta, after },
        yaxis: { ...axis, range: [0, roof] },
        // A product stocked this very second has no width yet.
        xaxis: Date.parse(line.x[0]) < Date.parse(now) ? { ...figure.layout.xaxis, range: [line.x[0], meta.until && meta.until > now ? meta.until : now] } : figure.layout.xaxis,
      },
    };
  }

  /* Cells change in place; rows keep their order under the reader's eyes until the next sort. */
  function gridTicks(gridId) {
    return function (snapshot) {
      if (!snapshot || !snapshot.stock || !window.dash_ag_grid || !by(gridId)) return noUpdate();
      let api;
      try {
        api = window.dash_ag_grid.getApi(gridId);
      } catch {
        return noUpdate(); // the grid is still being built; the next tick finds it
      }
      if (!api) return noUpdate();
      const latest = new Map(snapshot.stock.map((row) => [row.product_id, row]));
      for (const row of latest.values()) {
        const node = api.getRowNode(row.product_id);
        if (!node || (node.data.available === row.available && node.data.on_hand === row.on_hand)) continue;
        const velocity = node.data.velocity;
        node.updateData({
          ...node.data,
          available: row.available,
          on_hand: row.on_hand,
          held: row.on_hand - row.available,
          days_of_cover: velocity ? row.available / velocity : node.data.days_of_cover,
          state: node.data.state === "removed" ? "removed" : row.available <= 0 ? "out" : row.available < node.data.threshold ? "low" : "ok",
        });
      }
      return snapshot.seq;
    };
  }

  function stockLow(snapshot) {
    const id = "admin-stock-low";
    if (!snapshot || !snapshot.low || !snapshot.low.length || !by(id)) return noUpdate();
    put(id, { children: html("Ul", "kit-list", snapshot.low.slice(0, Number(options(id).most) || undefined).map((row) => lowRow(row, options(id).receive))) });
    put("admin-stock-low-count", { children: snapshot.low_count ? formats.number(snapshot.low_count) : "" });
    return snapshot.seq;
  }

  /* --- controls ------------------------------------------------------------------------------------------- */

  /* Keep what is chosen in the address, so that "back" and a sent link show the same list. What is searched for
     stays out of it: it may be somebody's name or address, and URLs are kept in histories and logs. */
  function remember(names) {
    return function (...values) {
      const query = new URLSearchParams(window.location.search);
      query.delete("q");
      names.forEach((name, i) => {
        const value = values[i];
        if (value === null || value === undefined || value === "" || value === 1) query.delete(name);
        else query.set(name, value);
      });
      const words = query.toString();
      window.history.replaceState(window.history.state, "", window.location.pathname + (words ? `?${words}` : ""));
      return noUpdate();
    };
  }

  /* `came`: the customer of whom the address asked, as long as the search still is for them. */
  function rememberOrders(q, status, from, to, page, part, came) {
    const { category, country, product } = part || {};
    return remember(["customer", "status", "from", "to", "page", "category", "country", "product"])(
      came && came.q === q ? came.customer : "", status, from, to, page, category, country, product
    );
  }

  function rememberReturns(from, to, page, part) {
    const { category, country, product } = part || {};
    return remember(["from", "to", "page", "category", "country", "product"])(from, to, page, category, country, product);
  }

  /* A click on a part of sales chooses it, or takes it off again; "kind:" without a value takes it off too. */
  function pickPart(clicks, part) {
    const { triggered, triggered_id: id } = window.dash_clientside.callback_context;
    if (!id || !triggered.length || !triggered[0].value) return noUpdate();
    const at = id.key.indexOf(":");
    const [kind, value] = [id.key.slice(0, at), id.key.slice(at + 1)];
    if (kind === "all") return { category: "", country: "", product: "" };
    return { ...part, [kind]: part[kind] === value ? "" : value };
  }

  /* Dates matter for a chosen range only; what is usual stays out of the address. */
  function rememberOverview(period, compare, grain, from, to, part) {
    const own = period === "custom";
    const { category, country, product } = part || {};
    return remember(["period", "compare", "grain", "from", "to", "category", "country", "product"])(
      period, compare === "previous" ? "" : compare, grain === "auto" ? "" : grain, own ? from : "", own ? to : "", category, country, product
    );
  }

  const PICTURE_LIMIT = 5 * 1024 * 1024;

  /* Show a chosen picture at once; what cannot be one is said before anything is sent. */
  async function preview(contents, shown) {
    if (!contents) return [shown || noUpdate(), ""];
    const kind = /^data:(image\/(?:png|jpeg|webp));base64,/.exec(contents);
    if (!kind) return ["", "This file is no PNG, JPEG or WebP picture. Choose another one."];
    if ((contents.length - kind[0].length) * 0.75 > PICTURE_LIMIT) return ["", "The picture is larger than 5 MB. Choose a smaller one."];
    try {
      const picture = new Image();
      picture.src = contents;
      await picture.decode();
    } catch {
      return ["", "This file cannot be read as a picture. Choose another one."]; // whatever its name says
    }
    return [contents, ""];
  }

  function gridFilter(gridId) {
    return async function (words) {
      if (!by(gridId) || !window.dash_ag_grid) return noUpdate();
      const api = await window.dash_ag_grid.getApiAsync(gridId);
      api.setGridOption("quickFilterText", (words || "").trim());
      return noUpdate();
    };
  }

  /* One of the inventory's choices: in store, low, out of the store, all. */
  const STATE_FILTERS = {
    store: { type: "notEqual", filter: "removed" },
    removed: { type: "equals", filter: "removed" },
    low: { operator: "OR", conditions: ["low", "out"].map((filter) => ({ filterType: "text", type: "equals", filter })) },
  };

  async function inventoryState(choice) {
    const id = "admin-inventory-grid";
    if (!by(id) || !window.dash_ag_grid) return noUpdate();
    const api = await window.dash_ag_grid.getApiAsync(id);
    const filter = STATE_FILTERS[choice];
    api.setFilterModel(filter ? { state: { filterType: "text", ...filter } } : null);
    return noUpdate();
  }

  /* A click on a cell of the matrix narrows the table to it; on the same one, or on the words above the table, all show. */
  function pickCell(clicks, every, cell) {
    const { triggered, triggered_id: id } = window.dash_clientside.callback_context;
    if (!id || !triggered.length || !triggered[0].value) return noUpdate();
    const chosen = typeof id === "string" || id.key === cell ? "" : id.key;
    if (chosen && by("products")) by("products").scrollIntoView({ block: "start", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
    return chosen;
  }

  async function stockCell(cell) {
    const id = "admin-stock-grid";
    if (!by(id) || !window.dash_ag_grid) return [noUpdate(), noUpdate(), noUpdate()];
    const api = await window.dash_ag_grid.getApiAsync(id);
    const [abc, speed] = (cell || "").split("-");
    const is = (filter) => ({ filterType: "text", type: "equals", filter });
    api.setFilterModel(cell ? { abc: is(abc), speed: is(speed) } : null);
    for (const button of document.querySelectorAll(".matrix-cell")) {
      button.setAttribute("aria-pressed", String(Boolean(cell) && button.id.includes(`"${cell}"`)));
    }
    return [noUpdate(), cell ? `Only class ${abc}, ${speed}` : "", !cell];
  }

  const EDIT_HINTS = {
    receive: "Units that came in: they are added to what is available.",
    write_off: "Units that are lost, broken or given away: they are taken off.",
    correct: "What you counted: available becomes this number, and the ledger gets the difference.",
  };

  /* What a stock edit would lead to, before it is saved. */
  function stockAfter(kind, value, available) {
    const hint = EDIT_HINTS[kind] || "";
    const count = Number(value);
    if (value === null || value === undefined || value === "" || !Number.isInteger(count) || count < 0) return ["–", hint];
    const after = { receive: available + count, write_off: available - count, correct: count }[kind];
    return [after < 0 ? "fewer than 0" : formats.number(after), hint];
  }

  clientside.admin = {
    overview,
    salesLine,
    overviewMark: liveMark,
    stockMark: liveMark,
    customersMark: liveMark,
    stockLine,
    stockLow,
    stockTicks: gridTicks("admin-stock-grid"),
    inventoryTicks: gridTicks("admin-inventory-grid"),
    rememberOrders,
    rememberReturns,
    rememberOverview,
    pickPart,
    rememberCustomers: (segment, sort, page, part) =>
      remember(["segment", "sort", "page", "cohort"])(segment === "all" ? "" : segment, sort === "lifetime" ? "" : sort, page, part && part.cohort),
    rememberProduct: remember(["product", "show"]),
    rememberMoment: remember(["product", "at"]),
    pickCell,
    stockCell,
    preview,
    stockAfter,
    inventoryState,
    stockFilter: gridFilter("admin-stock-grid"),
    inventoryFilter: gridFilter("admin-inventory-grid"),
  };

  /* --- AG Grid cells: React elements, so names are text -------------------------------------------------- */

  const cells = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});
  const functions = (window.dashAgGridFunctions = window.dashAgGridFunctions || {});
  const element = (...parts) => window.React.createElement(...parts);

  cells.ProductCell = (props) =>
    element(
      "div",
      { className: "grid-product" },
      props.data.image && element("img", { src: props.data.image, alt: "", className: "thumb", loading: "lazy", width: 32, height: 40 }),
      element(
        "span",
        null,
        element("span", { className: "name", title: props.value }, props.value),
        element("span", { className: "sub" }, props.data.sub || props.data.category)
      )
    );

  const STATES = {
    ok: ["kit-badge kit-badge-good", "bi bi-check2", "In stock"],
    low: ["kit-badge kit-badge-warn", "bi bi-arrow-down", "Low"],
    out: ["kit-badge kit-badge-bad", "bi bi-x-circle", "Sold out"],
    removed: ["kit-badge", "bi bi-slash-circle", "Out of store"],
  };

  cells.StateCell = (props) => {
    const [className, glyph, words] = STATES[props.value] || STATES.ok;
    return element("span", { className }, element("i", { className: glyph, "aria-hidden": "true" }), words);
  };

  const shownBy = (write) => (value) => (value === null || value === undefined ? "–" : write(value));
  const short = (value) => formats.number(value, value < 10 ? 1 : 0);
  functions.adminNumber = shownBy((value) => formats.number(value));
  functions.adminAmount = shownBy((minor) => formats.amount(minor));
  functions.adminShare = shownBy((share) => formats.percent(share));
  functions.adminDay = shownBy((iso) => formats.dayShort(String(iso).slice(0, 10)));
  functions.adminVelocity = shownBy(short);
  functions.adminCover = (value, velocity) =>
    velocity === null || velocity === undefined ? "–" : velocity === 0 ? "no sales" : value >= 1000 ? "999+" : short(value);
  functions.adminEmptyLast = (a, b, nodeA, nodeB, isDescending) => {
    const missing = (value) => value === null || value === undefined;
    if (missing(a) && missing(b)) return 0;
    if (missing(a)) return isDescending ? -1 : 1;
    if (missing(b)) return isDescending ? 1 : -1;
    return a < b ? -1 : a > b ? 1 : 0;
  };

  /* --- small things of the frame ---------------------------------------------------------------------------- */

  document.addEventListener("click", (event) => {
    const passed = event.target.closest("[data-click]");
    if (passed && by(passed.dataset.click)) by(passed.dataset.click).click();
    for (const open of document.querySelectorAll("details.bar-more[open]")) {
      if (!open.contains(event.target) || event.target.closest("a")) open.open = false;
    }
  });
})();
