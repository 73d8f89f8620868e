/* AG Grid on the staff pages: cells, formatters, the search above a grid, and rows that change as stock moves. Cells are
   React elements: values that people typed reach the page as text only, never as markup. */
(function () {
  "use strict";
  const { by, noUpdate } = window.retailAdmin;
  const formats = window.shopFormats;
  let isSearching = false;

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
      sumFamilies(api);
      return snapshot.seq;
    };
  }

  /* A family's row has what its products in the store have together. */
  function sumFamilies(api) {
    const sums = new Map();
    api.forEachNode(({ data }) => {
      if (data.family && data.state !== "removed") sums.set(data.family, (sums.get(data.family) || 0) + data.available);
    });
    for (const [head, available] of sums) {
      const node = api.getRowNode(head);
      if (node && node.data.available !== available) node.updateData({ ...node.data, available });
    }
  }

  function gridFilter(gridId) {
    return async function (words) {
      if (!by(gridId) || !window.dash_ag_grid) return noUpdate();
      const api = await window.dash_ag_grid.getApiAsync(gridId);
      isSearching = Boolean((words || "").trim());
      api.setGridOption("quickFilterText", (words || "").trim());
      return noUpdate();
    };
  }

  /* A row of a family opens it, by mouse and by keyboard alike, and is never a product that is chosen. */
  function inventoryFamily(selected) {
    const head = selected && selected[0] && selected[0].members ? selected[0].product_id : null;
    if (!head) return noUpdate();
    const api = window.dash_ag_grid.getApi("admin-inventory-grid");
    const node = api.getRowNode(head);
    node.updateData({ ...node.data, is_open: !node.data.is_open });
    api.refreshCells({ rowNodes: [node], force: true }); // its name is the same, and its sign is not
    api.deselectAll();
    api.onFilterChanged();
    return noUpdate();
  }

  const cells = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});
  const functions = (window.dashAgGridFunctions = window.dashAgGridFunctions || {});
  const element = (...parts) => window.React.createElement(...parts);

  cells.ProductCell = (props) =>
    element(
      "div",
      { className: props.data.family ? "grid-product is-member" : "grid-product" },
      props.data.members && element("i", { className: `bi bi-chevron-${props.data.is_open ? "down" : "right"}`, "aria-hidden": "true" }),
      props.data.image && element("img", { src: props.data.image, alt: "", className: "thumb", loading: "lazy", width: 32, height: 40 }),
      element(
        "span",
        null,
        element("span", { className: "name", title: props.value }, props.value),
        element("span", { className: "sub" }, props.data.sub || props.data.category),
        props.data.members && element("span", { className: "visually-hidden" }, props.data.is_open ? ", open" : ", closed")
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

  /* Products of a closed family are out of sight, but for those that a search finds. */
  functions.adminFamilyOpen = (node) => {
    if (!node.data.family || isSearching) return true;
    const head = window.dash_ag_grid.getApi("admin-inventory-grid").getRowNode(node.data.family);
    return !head || head.data.is_open;
  };
  /* However the rows are sorted, a family's products stand under its row. */
  functions.adminFamiliesTogether = (params) => {
    const heads = new Set(params.nodes.filter((node) => node.data.members).map((node) => node.data.product_id));
    const members = new Map();
    const others = [];
    for (const node of params.nodes) {
      const family = node.data.family;
      if (!heads.has(family)) others.push(node);
      else if (members.has(family)) members.get(family).push(node);
      else members.set(family, [node]);
    }
    const placed = others.flatMap((node) => [node, ...(members.get(node.data.product_id) || [])]);
    params.nodes.splice(0, params.nodes.length, ...placed);
  };
  functions.adminFoundBy = (row) => `${row.name} ${row.found_by || ""}`;
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
    severalFilter: gridFilter("admin-several-grid"),
    inventoryFamily,
  });
})();
