/* Amounts, numbers and days as the server writes them (Formats in app/money.py), by the signs and patterns that the
   document brings along. Nothing else in the browser writes them. */
(function () {
  "use strict";

  const meta = document.querySelector('meta[name="shop-formats"]');
  if (!meta) return;

  function build(known) {
    const unit = 10 ** known.digits;

    /* The digits of `size` times 10^shift, zero or more, with so many decimals, rounded half up as it is written. */
    function digitsOf(size, decimals, shift) {
      const scaled = size < 1e-6 ? 0 : Math.round(Number(`${size}e${decimals + shift}`));
      const text = String(scaled).padStart(decimals + 1, "0");
      return [text.slice(0, text.length - decimals), text.slice(text.length - decimals)];
    }

    function grouped(whole, [first, next]) {
      const parts = [];
      let rest = whole;
      for (let size = first; rest.length > size; size = next) {
        parts.unshift(rest.slice(-size));
        rest = rest.slice(0, -size);
      }
      return [rest, ...parts].join(known.group);
    }

    function written(value, least, most, { affixes, groups }, shift = 0) {
      const [whole, rest] = digitsOf(Math.abs(value), most, shift);
      let decimals = rest;
      while (decimals.length > least && decimals.endsWith("0")) decimals = decimals.slice(0, -1);
      const [before, after] = affixes[value < 0 ? 1 : 0];
      return before + grouped(whole, groups) + (decimals ? known.decimal + decimals : "") + after;
    }

    const number = (value, digits) =>
      digits === undefined ? written(value, 0, 3, known.number) : written(value, digits, digits, known.number);
    const amount = (minor) => number(minor / unit, known.digits);
    const money = (minor) => written(minor / unit, known.digits, known.digits, known.money);
    const moneyWhole = (minor) => written(minor / unit, 0, 0, known.money);
    const percent = (share, digits = 0) => written(share, digits, digits, known.percent, 2);

    /* In thousands, millions and so on, with at most `digits` decimals of them. */
    function moneyCompact(minor, digits = 1) {
      const value = minor / unit;
      const one = known.compact.find(({ least }) => Math.abs(value) >= least);
      return one ? written(value / one.by, 0, digits, one) : moneyWhole(minor);
    }

    /* --- days and times by the clocks of the shop -------------------------------------------- */

    const clocks = new Intl.DateTimeFormat("en-US-u-ca-gregory-nu-latn", {
      timeZone: known.zone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });

    function partsOf(at) {
      const parts = {};
      for (const { type, value } of clocks.formatToParts(at)) parts[type] = value;
      return parts;
    }

    const two = (value) => String(value).padStart(2, "0");

    /* The store day of a moment, as 2026-11-30. */
    function dayOf(at) {
      const { year, month, day } = partsOf(at);
      return `${year}-${two(month)}-${two(day)}`;
    }

    const clock = (at) => (({ hour, minute }) => `${hour}:${minute}`)(partsOf(at));
    const clockWithSeconds = (at) => `${clock(at)}:${partsOf(at).second}`;
    const wallTime = (at) => `${dayOf(at)}T${clockWithSeconds(at)}`;

    /* A day such as 2026-11-30 in a pattern of CLDR's letters. */
    function inPattern(day, pattern) {
      const [year, month, date] = day.split("-").map(Number);
      const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
      const letters = (run) => {
        if (run[0] === "y") return run.length === 2 ? two(year % 100) : String(year).padStart(run.length, "0");
        if (run[0] === "d") return String(date).padStart(run.length, "0");
        if (run[0] === "E") return known.names[run.length > 3 ? "EEEE" : "EEE"][weekday];
        if (run.length > 2) return known.names[run.slice(0, 4)][month - 1];
        return String(month).padStart(run.length, "0");
      };
      return pattern.replace(/'((?:[^']|'')*)'|([yMLdE])\2*/g, (run, quoted) =>
        quoted === undefined ? letters(run) : quoted.replace(/''/g, "'") || "'"
      );
    }

    const day = (iso) => inPattern(iso, known.days.day);
    const moment = (at) => known.joined.replace("{0}", clock(at)).replace("{1}", day(dayOf(at)));

    return {
      number,
      amount,
      money,
      moneyWhole,
      moneyCompact,
      percent,
      clock,
      clockWithSeconds,
      wallTime,
      dayOf,
      day,
      dayShort: (iso) => inPattern(iso, known.days.day_short),
      /* With the year where it is not the present one. */
      dayNear: (iso) => inPattern(iso, known.days[iso.slice(0, 4) === dayOf(new Date()).slice(0, 4) ? "day_short" : "day"]),
      dayOfWeek: (iso) => inPattern(iso, known.days.day_of_week),
      weekdayShort: (iso) => inPattern(iso, "EEE"),
      dayLong: (iso) => inPattern(iso, known.days.day_long),
      month: (iso) => inPattern(iso, known.days.month),
      moment,
    };
  }

  const known = JSON.parse(meta.content);
  window.shopFormats = Object.assign(build(known), { build });
  // What Plotly's own script takes when it loads later, and charts ask for by this name.
  window.PlotlyLocales = [{ moduleType: "locale", name: "shop", dictionary: {}, format: known.plotly }];
})();
