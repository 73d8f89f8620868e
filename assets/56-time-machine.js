/* The slider of the time machine. While it moves, line, marker and count follow in the browser; once it rests, its
   minute goes into the field above, which asks the server for the rest. It stands below the chart from end to end. */
(function () {
  "use strict";
  const MINUTE_MS = 60000;
  const REST_MS = 250;
  let latest = 0;
  const TYPED_REST_MS = 400;
  let written = null;
  let known = null; // what the page knows the field to say
  let typing = 0;

  /* Wall times are taken as if they were UTC: minutes are counted, no clock is asked. */
  const wallOf = (start, minute) => new Date(Date.parse(`${start}Z`) + minute * MINUTE_MS).toISOString().slice(0, 16);
  const minuteOf = (start, wall) => Math.floor((Date.parse(`${wall.slice(0, 16)}Z`) - Date.parse(`${start}Z`)) / MINUTE_MS);

  /* What was on hand at the end of a minute, by the steps of the chart. */
  function onHand(steps, wall) {
    const until = `${wall}:59.999999`;
    let found = 0;
    for (let i = 0; i < steps.x.length && String(steps.x[i]) <= until; i += 1) found = steps.y[i];
    return found;
  }

  function move(chart, wall) {
    const graph = document.getElementById(chart)?.querySelector(".js-plotly-plot");
    if (!graph || !graph.data || !window.Plotly) return;
    const units = onHand(graph.data[0], wall);
    const words = window.shopFormats ? window.shopFormats.number(units) : String(units);
    const line = (graph.layout.shapes || []).findIndex((shape) => shape.name === "minute");
    const shapes = line < 0 ? {} : { [`shapes[${line}].x0`]: wall, [`shapes[${line}].x1`]: wall };
    window.Plotly.update(graph, { x: [[wall]], y: [[units]], text: [[words]] }, shapes, [1]);
    const count = document.querySelector(".scrub-count");
    if (count) count.textContent = words;
  }

  /* Whether the field says something newer than what the page knows, as while a day is being typed. */
  const isTyped = (field, at) => (document.getElementById(field)?.value || "").slice(0, 16) !== (at || "").slice(0, 16);

  function scrub(minute, start, at, chart, field) {
    const noUpdate = window.dash_clientside.no_update;
    if (typeof minute !== "number" || !start) return noUpdate;
    const wall = wallOf(start, minute);
    latest += 1;
    if (wall === at) return noUpdate;
    move(chart, wall);
    const mine = latest;
    return new Promise((answer) =>
      setTimeout(() => {
        if (mine !== latest || isTyped(field, at)) return answer(noUpdate);
        written = wall;
        answer(wall);
      }, REST_MS)
    );
  }

  /* The slider goes where the field says, as long as that is on it. What is typed outdates a step that still rests. */
  function follow(at, start, minute, most) {
    const noUpdate = window.dash_clientside.no_update;
    known = at;
    if (at !== written) latest += 1;
    if (!at || !start) return noUpdate;
    const wanted = minuteOf(start, at);
    return wanted === minute || wanted < 0 || wanted > most ? noUpdate : wanted;
  }

  /* The field reads itself only after a rest, and forgets to when it is drawn anew meanwhile; or it would read the step
     that was drawn. So it is said again what was typed, unless the page has learned of it by then. */
  function keepTyped(field) {
    const wanted = field.value;
    latest += 1;
    clearTimeout(typing);
    if (!wanted) return;
    typing = setTimeout(() => {
      if (known !== wanted) window.dash_clientside.set_props(field.id, { value: wanted });
    }, TYPED_REST_MS);
  }

  document.addEventListener("input", (event) => {
    if (event.target.matches(".moment input")) keepTyped(event.target);
  });

  /* The slider's ends are those of the plot, which leaves room for its labels. */
  function align(slider) {
    const graph = document.getElementById(slider.dataset.below)?.querySelector(".js-plotly-plot");
    const size = graph?._fullLayout?._size;
    if (!size) return;
    const wide = graph.clientWidth;
    slider.style.setProperty("--plot-left", `${Math.round(size.l)}px`);
    slider.style.setProperty("--plot-right", `${Math.round(wide - size.l - size.w)}px`);
  }

  function alignAll() {
    document.querySelectorAll(".scrub-slider[data-below]").forEach(align);
  }

  /* Plotly tells of each drawing on the element itself; new ones come with pages and spans. */
  function watch() {
    document.querySelectorAll(".scrub-slider[data-below]").forEach((slider) => {
      const graph = document.getElementById(slider.dataset.below)?.querySelector(".js-plotly-plot");
      if (!graph || !graph.on || graph.dataset.aligned) return;
      graph.dataset.aligned = "on";
      graph.on("plotly_afterplot", alignAll);
      align(slider);
    });
  }

  if (typeof MutationObserver !== "undefined" && document.documentElement) {
    new MutationObserver(watch).observe(document.documentElement, { childList: true, subtree: true });
  }

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.timeMachine = { scrub, follow, onHand };
})();
