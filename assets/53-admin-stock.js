/* The stock page: its line goes on as stock moves, and a click on a cell of the matrix narrows the table. */
(function () {
  "use strict";
  const { by, noUpdate } = window.retailAdmin;
  const formats = window.shopFormats;

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
    const newest = fresh[fresh.length - 1];
    if (newest?.level) window.dash_clientside.set_props("admin-stock-available", { children: formats.number(newest.available) });
    const after = newest ? newest.at : meta.after;
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
    if (!by("products") || !window.dash_ag_grid) return [noUpdate(), noUpdate(), noUpdate()]; // the grid itself comes later
    const api = await window.dash_ag_grid.getApiAsync(id);
    const [abc, speed] = (cell || "").split("-");
    const is = (filter) => ({ filterType: "text", type: "equals", filter });
    api.setFilterModel(cell ? { abc: is(abc), speed: is(speed) } : null);
    for (const button of document.querySelectorAll(".matrix-cell")) {
      button.setAttribute("aria-pressed", String(Boolean(cell) && button.id.includes(`"${cell}"`)));
    }
    return [noUpdate(), cell ? `Only class ${abc}, ${speed}` : "", !cell];
  }

  Object.assign(window.dash_clientside.admin, { stockLine, pickCell, stockCell });
})();
