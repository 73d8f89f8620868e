/* AG Grid on the staff pages: cells, formatters, the search above a grid, and rows that change as stock moves. Cells are
   React elements: values that people typed reach the page as text only, never as markup. */
(function () {
  "use strict";
  const { by, noUpdate } = window.retailAdmin;
  const formats = window.shopFormats;

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
        if (!node || !row.level || (node.data.available === row.available && node.data.on_hand === row.on_hand)) continue;
        node.updateData({
          ...node.data,
          available: row.available,
          on_hand: row.on_hand,
          held: row.on_hand - row.available,
          days_of_cover: row.cover,
          runs_out: row.runs_out,
          state: row.level === "low" && node.data.state === "calm" ? "calm" : row.level,
        });
      }
      return snapshot.seq;
    };
  }

  function gridFilter(gridId) {
    return async function (words) {
      if (!by(gridId) || !window.dash_ag_grid) return noUpdate();
      const api = await window.dash_ag_grid.getApiAsync(gridId);
      api.setGridOption("quickFilterText", (words || "").trim());
      return noUpdate();
    };
  }

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
    calm: ["kit-badge kit-badge-neutral", "bi bi-arrow-down", "Low, but lasts"],
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
  /* Of fewer than ten units both counts stand instead of a percentage. */
  functions.adminSellThrough = (share, isInferred, soldOf) => {
    if (share === null || share === undefined) return "–";
    const words = soldOf ? `${formats.number(soldOf[0])} of ${formats.number(soldOf[1])}` : formats.percent(share);
    return isInferred ? `≈ ${words}` : words;
  };
  functions.adminDay = shownBy((iso) => formats.dayNear(String(iso).slice(0, 10)));
  functions.adminRunsOut = (iso, available) => (iso && available <= 0 ? "sold out" : functions.adminDay(iso));
  functions.adminVelocity = shownBy(short);
  functions.adminCover = (value, velocity) =>
    value !== null && value !== undefined ? (value >= 1000 ? "999+" : short(value)) : velocity === null || velocity === undefined ? "–" : "no sales";
  functions.adminEmptyLast = (a, b, nodeA, nodeB, isDescending) => {
    const missing = (value) => value === null || value === undefined;
    if (missing(a) && missing(b)) return 0;
    if (missing(a)) return isDescending ? -1 : 1;
    if (missing(b)) return isDescending ? 1 : -1;
    return a < b ? -1 : a > b ? 1 : 0;
  };

  Object.assign(window.dash_clientside.admin, {
    stockTicks: gridTicks("admin-stock-grid"),
    inventoryTicks: gridTicks("admin-inventory-grid"),
    stockFilter: gridFilter("admin-stock-grid"),
    inventoryFilter: gridFilter("admin-inventory-grid"),
  });
})();
