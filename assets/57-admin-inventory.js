/* The inventory: which products its grid shows, a chosen picture, and what a stock edit would lead to. */
(function () {
  "use strict";
  const { by, noUpdate } = window.retailAdmin;
  const formats = window.shopFormats;

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

  const PICTURE_LIMIT = 5 * 1024 * 1024;

  let picked = 0;

  /* Hand a chosen picture on to the server; what cannot be one is said before anything is sent. */
  async function preview(contents) {
    if (!contents) return [noUpdate(), noUpdate()];
    const kind = /^data:(image\/(?:png|jpeg|webp));base64,/.exec(contents);
    if (!kind) return [noUpdate(), "This file is no PNG, JPEG or WebP picture. Choose another one."];
    if ((contents.length - kind[0].length) * 0.75 > PICTURE_LIMIT) return [noUpdate(), "The picture is larger than 5 MB. Choose a smaller one."];
    try {
      const picture = new Image();
      picture.src = contents;
      await picture.decode();
    } catch {
      return [noUpdate(), "This file cannot be read as a picture. Choose another one."]; // whatever its name says
    }
    picked += 1;
    return [picked, ""];
  }

  const EDIT_HINTS = {
    receive: "Units that came in: they are added to what is available.",
    write_off: "Units that are lost, broken or given away: they are taken off.",
    correct: "The count you made: available becomes this number, and the difference goes to the ledger.",
  };

  /* What a stock edit would lead to, before it is saved. */
  function stockAfter(kind, value, available) {
    const hint = EDIT_HINTS[kind] || "";
    const count = Number(value);
    if (value === null || value === undefined || value === "" || !Number.isInteger(count) || count < 0) return ["–", hint];
    const after = { receive: available + count, write_off: available - count, correct: count }[kind];
    return [after < 0 ? "fewer than 0" : formats.number(after), hint];
  }

  /* Of several products that are edited at once, their ids alone: rows are long. */
  function severalChosen(rows) {
    const ids = (rows || []).map((row) => row.product_id);
    const words = ids.length === 1 ? "1 product is chosen." : `${formats.number(ids.length)} products are chosen.`;
    return [ids, ids.length ? words : "No product is chosen."];
  }

  /* What is about to be previewed, as text; the edit that was previewed before goes. */
  function severalAsked(_clicks, ...values) {
    return [JSON.stringify(values), null];
  }

  /* Apply is there while what is chosen is what was previewed: after any change the preview has to be made again. */
  function severalStands(edit, ...others) {
    const asked = others.at(-1);
    const values = others.slice(0, -1);
    if (!asked) return [true, noUpdate(), noUpdate()];
    if (asked !== JSON.stringify(values)) return [true, null, null];
    return [!edit, noUpdate(), noUpdate()];
  }

  Object.assign(window.dash_clientside.admin, { inventoryState, preview, severalAsked, severalChosen, severalStands, stockAfter });
})();
