/* The slider of the time machine: its minute goes into the field beside it, which asks the server once it rests. */
(function () {
  "use strict";
  const MINUTE_MS = 60000;

  /* Wall times are taken as if they were UTC: minutes are counted, no clock is asked. */
  function scrub(minute, start, at) {
    const noUpdate = window.dash_clientside.no_update;
    if (typeof minute !== "number" || !start) return noUpdate;
    const wall = new Date(Date.parse(`${start}Z`) + minute * MINUTE_MS).toISOString().slice(0, 16);
    return wall === at ? noUpdate : wall;
  }

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.timeMachine = { scrub };
})();
