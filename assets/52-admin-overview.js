/* The overview: its line goes on with today's sales, and a click on a part of sales chooses it. */
(function () {
  "use strict";
  const { by, noUpdate } = window.retailAdmin;
  const formats = window.shopFormats;

  /* The line's last point is today's bucket: what it held before today, plus today so far. */
  function salesLine(snapshot, figure) {
    const meta = figure && figure.layout && figure.layout.meta;
    if (!snapshot || !meta || meta.day !== snapshot.day) return noUpdate();
    const y = (meta.base + snapshot.today.gross) / 10 ** snapshot.currency.digits;
    const line = figure.data[meta.line];
    const shown = formats.money(meta.base + snapshot.today.gross);
    const lastY = line.y[line.y.length - 1];
    if (lastY === y) return noUpdate();
    if (by("admin-overview-nothing")?.hidden === false) window.dash_clientside.set_props("admin-overview-nothing", { hidden: true });
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

  /* A click on a part of sales chooses it, or takes it off again; "kind:" without a value takes it off too. */
  function pickPart(clicks, part) {
    const { triggered, triggered_id: id } = window.dash_clientside.callback_context;
    if (!id || !triggered.length || !triggered[0].value) return noUpdate();
    const at = id.key.indexOf(":");
    const [kind, value] = [id.key.slice(0, at), id.key.slice(at + 1)];
    if (kind === "all") return { category: "", country: "", product: "" };
    return { ...part, [kind]: part[kind] === value ? "" : value };
  }

  const hoursBy = (measure) => `by-${measure}`;

  Object.assign(window.dash_clientside.admin, { salesLine, pickPart, hoursBy });
})();
