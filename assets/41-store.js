/* The cart in the browser: steppers answer at once, the server hears of the last number, every part shows the same. */
(function () {
  "use strict";
  const { say, sayMany } = window.shopWords;
  const SETTLE = 250; // ms without a further click before the server is told
  const turns = new Map(); // how often a stepper's number changed
  const synced = new Map(); // numbers that came from the server and need not go back
  const pending = new Map(); // changes the server has not answered yet: nothing older may overwrite them
  const PATIENCE = 5000; // ms after which an unanswered change gives way to what the server says
  const TRIES = 10;
  const standing = new Map(); // by stepper: ends its wait at once, as its page is left
  const late = new Map(); // changes whose stepper went before the server was told, until it answers
  const LOST = say("The cart could not be changed. It is shown as it was.");
  let newest = 0;
  const before = new Map(); // what the server last said of a number that is being changed
  const dash = () => window.dash_clientside;
  const same = () => dash().no_update;

  function source() {
    const triggered = dash().callback_context.triggered || [];
    return triggered.map((t) => t.prop_id).join(" ");
  }

  function ownId() {
    const outputs = dash().callback_context.outputs_list;
    return (Array.isArray(outputs) ? outputs[0] : outputs).id;
  }

  /* Answers may overtake each other: what was read before the newest one seen counts no more. */
  function isStale(changed) {
    if (!changed || changed.at < newest) return true;
    newest = changed.at;
    return false;
  }

  function awaits(name, changed) {
    const change = pending.get(name);
    if (!change) return false;
    const answered = (changed.answered[name] || 0) >= change.turn || Date.now() - change.since > PATIENCE;
    if (answered) settled(name);
    return !answered;
  }

  function settled(name) {
    pending.delete(name);
    late.delete(name);
    before.delete(name);
  }

  function noteBefore(id, value) {
    if (!pending.has(nameOf(id))) before.set(nameOf(id), Number(value) || 0);
  }

  /* A change that nobody heard, however often it was sent: the number is what it was, and the shopper is told. */
  function giveUp(name, { id }) {
    const was = before.get(name);
    settled(name);
    window.retail.toast(LOST, "bad");
    if (was === undefined || !stepperOf(id)) return;
    synced.set(name, was);
    dash().set_props({ key: id.key, type: "cart-step-value", where: id.where }, { value: was });
  }

  window.retail.isCartWritten = () => pending.size === 0;

  function nameOf(id) {
    return `${id.where}|${id.key}`;
  }

  const stepperOf = (id) => document.getElementById(JSON.stringify({ key: id.key, type: "cart-step-value", where: id.where }));

  /* Dash drops what a stepper says once the page that it is on goes: then it is told by a place that every page has. */
  function tellLate(name) {
    if (!pending.has(name)) return;
    const { id, units, turn } = pending.get(name);
    late.set(name, { where: id.where, key: id.key, units, turn });
    dash().set_props("cart-late", { data: [...late.values()] });
  }

  function stoodStill(name) {
    return new Promise((done) => {
      const timer = setTimeout(done, SETTLE, false);
      standing.set(name, (isLeft) => {
        clearTimeout(timer);
        done(isLeft);
      });
    });
  }

  /* Before the next page is asked for, so that it knows. */
  function leave() {
    for (const [name, end] of standing) {
      tellLate(name);
      end(true);
    }
    standing.clear();
  }

  const push = window.history.pushState;
  window.history.pushState = function (...there) {
    leave();
    return push.apply(window.history, there);
  };
  window.addEventListener("popstate", leave);
  window.addEventListener("pagehide", () => {
    for (const [name, end] of standing) {
      const { id, units } = pending.get(name) || {};
      if (id) navigator.sendBeacon("/cart/change", new URLSearchParams({ set: id.key, units }));
      end(true);
    }
    standing.clear();
  });

  function stepped(by, value, least, most) {
    return Math.min(Math.max((Number(value) || 0) + by, least), Math.max(most, least));
  }

  const items = (units) => sayMany("{count} item", "{count} items", units);

  function spoken(changed) {
    if (!changed.units) return say("Cart: empty");
    return say("Cart: {items}, {total}", { items: items(changed.units), total: changed.total });
  }

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.store = {
    pick(less, more, value, most) {
      const by = source().includes("-dec") ? -1 : 1;
      return stepped(by, value, 1, most);
    },

    /* One stepper's number: by its buttons, or by what the cart turned out to hold. */
    step(less, more, changed, value, most) {
      const from = source();
      const id = ownId();
      if (from.includes("-step-dec") || from.includes("-step-inc")) noteBefore(id, value);
      if (from.includes("-step-dec") && less) return stepped(-1, value, 0, most);
      if (from.includes("-step-inc") && more) return stepped(1, value, 0, most);
      if (isStale(changed) || awaits(nameOf(id), changed)) return same();
      const held = changed.quantities[id.key] || 0;
      if (held === Number(value)) return same();
      synced.set(nameOf(id), held);
      return held;
    },

    addFromCard(clicks) {
      if (!clicks) return same();
      synced.delete(nameOf(ownId()));
      noteBefore(ownId(), 0);
      return 1;
    },

    face(value) {
      if (value === null || value === undefined || value === "") return same();
      return Number(value) > 0 ? "buy is-in-cart" : "buy";
    },

    atMost(value, most) {
      return Number(value) >= Number(most);
    },

    pickLimits(value, most) {
      return [Number(value) <= 1, Number(value) >= Number(most)];
    },

    /* What the server should be told: the number that stood still for a moment, unless it came from there. */
    async settle(value) {
      const id = ownId();
      const name = nameOf(id);
      if (value === null || value === undefined || value === "") return same();
      if (synced.get(name) === Number(value)) return same();
      synced.delete(name);
      const turn = (turns.get(name) || 0) + 1;
      turns.set(name, turn);
      pending.set(name, { turn, since: Date.now(), units: Number(value), id, tries: 0 });
      late.delete(name); // what it said before counts no more
      const before = standing.get(name);
      const still = stoodStill(name);
      if (before) before(false);
      const isTold = await still;
      if (turns.get(name) !== turn || isTold) return same();
      standing.delete(name);
      if (stepperOf(id)) return { units: Number(value), turn };
      tellLate(name);
      return same();
    },

    useTestCard() {
      const triggered = dash().callback_context.triggered[0];
      if (!triggered || !triggered.value) return [same(), same(), same()];
      const number = JSON.parse(triggered.prop_id.split(".n_clicks")[0]).key;
      return [number.replace(/(\d{4})(?=\d)/g, "$1 "), "12/34", "123"];
    },

    /* Badge, phone bar, and the words for screen readers. */
    held(changed, product) {
      const units = (changed && changed.quantities[product]) || 0;
      return [say("{count} in your cart", { count: units }), units === 0];
    },
    badge(changed) {
      if (isStale(changed)) return Array(5).fill(same());
      for (const [name, turn] of Object.entries(changed.answered)) {
        if (pending.has(name) && pending.get(name).turn <= turn) settled(name);
      }
      return [
        changed.units ? String(changed.units) : "",
        changed.units ? "cart-count" : "cart-count is-empty",
        items(changed.units),
        changed.total,
        changed.units ? "cart-bar" : "cart-bar is-empty",
      ];
    },

    announce(changed) {
      return changed ? spoken(changed) : same();
    },

    openDrawer(clicks) {
      return clicks ? true : same();
    },

    /* Ask the server for the drawer's lines when it opens, and when someone else changed the cart. */
    drawerStale(open) {
      return open ? Date.now() : same();
    },

    pageStale(changed) {
      return changed ? Date.now() : same();
    },
  };

  /* A typed number is put right before Dash reads it: a number field sends nothing at all for one that is too large. */
  const lastGood = new WeakMap();

  function putRight(input) {
    const box = input.closest(".stepper");
    const least = Number(input.min);
    const most = Math.max(Number(box.dataset.most), least);
    const typed = input.value === "" ? NaN : Number(input.value);
    let good = Number.isInteger(typed) && typed >= least ? typed : Number(lastGood.get(input));
    if (typed > most && String(typed) !== lastGood.get(input)) {
      good = most || Number(lastGood.get(input));
      window.retail.toast(box.dataset.mostWords, "neutral");
    }
    if (!Number.isFinite(good)) good = least;
    // A number field reads as "" for rubbish and keeps showing it: write in any case.
    if (input.value !== String(good) || input.validity.badInput) input.value = String(good);
    lastGood.set(input, input.value);
  }

  const typedIn = (event) => event.target.matches && event.target.matches(".stepper .step-value");
  document.addEventListener("focusin", (event) => {
    if (!typedIn(event)) return;
    lastGood.set(event.target, event.target.value);
    if (event.target.id.includes('"cart-step-value"')) noteBefore(JSON.parse(event.target.id), event.target.value);
  });
  document.addEventListener("focusout", (event) => {
    if (typedIn(event)) putRight(event.target);
  }, true);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && typedIn(event)) putRight(event.target);
  }, true);

  /* A click on a way into the cart is answered, and the answer painted, before Dash deals with it, which keeps a phone
     busy; what the server says comes over it. */
  const answered = new WeakSet();
  window.addEventListener("click", (event) => {
    const button = event.target.closest && event.target.closest(".buy-add, .buy-big:has(.buy-says)");
    if (!button || event.defaultPrevented || answered.delete(button)) return; // until Dash is there, 08-start.js answers
    event.stopImmediatePropagation();
    if (button.matches(".is-added, .is-in-cart > .buy-add")) return; // the second of a double click
    if (button.matches(".buy-big")) {
      button.classList.add("is-added");
    } else {
      button.closest(".buy").classList.add("is-in-cart");
      button.closest(".buy").querySelector(".step-value").value = 1;
    }
    const go = () => {
      answered.add(button);
      button.click();
    };
    if (document.hidden) go();
    else requestAnimationFrame(() => setTimeout(go));
  }, true);

  /* Keyboard focus follows the add button into the stepper, and back. */
  document.addEventListener("click", (event) => {
    const buy = event.target.closest(".buy");
    const button = event.target.closest("button");
    if (!buy || !button) return;
    requestAnimationFrame(() => setTimeout(() => {
      if (button.offsetParent !== null && !button.disabled) return;
      const next = buy.classList.contains("is-in-cart") ? buy.querySelector(".stepper button:last-of-type") : buy.querySelector(".buy-add");
      if (next) next.focus();
    }, 60));
  });

  /* A change that got no answer (the connection was gone) is sent again, a few times, while its stepper is there. */
  setInterval(() => {
    for (const [name, change] of pending) {
      if (Date.now() - change.since < PATIENCE) continue;
      if ((!stepperOf(change.id) && !late.has(name)) || change.tries >= TRIES) {
        giveUp(name, change);
        continue;
      }
      const turn = turns.get(name) + 1;
      turns.set(name, turn);
      Object.assign(change, { turn, since: Date.now(), tries: change.tries + 1 });
      if (!navigator.onLine) continue;
      if (late.has(name)) tellLate(name);
      else dash().set_props(change.id, { data: { units: change.units, turn } });
    }
  }, 1000);

  /* What was typed at the checkout is kept in the tab, but not for the next person. */
  document.addEventListener("click", (event) => {
    if (!event.target.closest("#sign-out")) return;
    for (const key of Object.keys(window.sessionStorage)) {
      if (key.startsWith("_dash_persistence.checkout-")) window.sessionStorage.removeItem(key);
    }
  });
})();
