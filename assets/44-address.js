/* The address at the checkout: the fields, order and words of the chosen country, the moment it is chosen. */
(function () {
  "use strict";

  const FIELDS = ["line1", "line2", "district", "city", "region", "area", "postcode"];
  const kept = new Map(); // country -> the state or province that was chosen there; codes mean others elsewhere
  let shaped = null;

  function label(words, optional) {
    if (!optional) return words;
    const mark = { namespace: "dash_html_components", type: "Span", props: { className: "field-optional", children: window.shopWords.say("optional") } };
    return [words, mark];
  }

  /* Moves the fields themselves, so that tab and screen reader go the way the eye does; Dash never re-orders this box. */
  function arrange(order, tries = 20) {
    const box = document.getElementById("checkout-places");
    if (!box) {
      if (tries) requestAnimationFrame(() => arrange(order, tries - 1));
      return;
    }
    const nodes = order.map((field) => document.getElementById(`checkout-${field}-field`)).filter(Boolean);
    if (nodes.some((node, at) => box.children[at] !== node)) box.prepend(...nodes);
  }

  function sorted(options, locale) {
    const { compare } = new Intl.Collator(locale);
    return [...options].sort((a, b) => compare(a.label, b.label));
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    checkout: {
      sorted,

      shape(country, places, area, countries) {
        const keep = window.dash_clientside.no_update;
        const { locale, shapes } = places;
        const isFirst = shaped === null || !window.dash_clientside.callback_context.triggered.length;
        if (isFirst) kept.clear();
        else if (shaped !== country) kept.set(shaped, area);
        const chosen = isFirst || shaped === country ? keep : kept.get(country) || "";
        shaped = country;
        const options = isFirst ? sorted(countries, locale) : keep;
        const shape = shapes[country];
        if (!shape) return [...FIELDS.map(() => keep), ...FIELDS.map(() => keep), ...FIELDS.map(() => keep), keep, keep, options];
        arrange(shape.fields);
        const here = (field) => shape.fields.includes(field);
        const wide = (field) => (shape.wide.includes(field) ? " wide" : "");
        return [
          ...FIELDS.map((field) => (here(field) ? `field${wide(field)}` : "field is-absent")),
          ...FIELDS.map((field) => (here(field) && shape.labels[field] ? label(shape.labels[field], shape.optional.includes(field)) : keep)),
          ...FIELDS.map(() => (isFirst ? keep : "")),
          [{ value: "", label: "" }, ...shape.areas.map(([value, words]) => ({ value, label: words }))],
          chosen,
          options,
        ];
      },
    },
  });
})();
