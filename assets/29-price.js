/* A price by two handles: they fill the fields that are sent, and follow what is typed there. */
(function () {
  "use strict";
  const partOf = (form, name) => form.querySelector(`#${name}`);

  /* React hears of what is set so. */
  function write(field, value) {
    if (field.value === String(value)) return;
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(field, value);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /* A handle at its end asks for nothing. */
  function moved(handle, form) {
    const isLow = handle.id === "price-min";
    const other = partOf(form, isLow ? "price-max" : "price-min");
    const beyond = isLow ? Number(handle.value) > Number(other.value) : Number(handle.value) < Number(other.value);
    if (beyond) write(handle, other.value); // they meet, and do not pass
    const isAtEnd = handle.value === (isLow ? handle.min : handle.max);
    write(partOf(form, `filter-${isLow ? "price_min" : "price_max"}`), isAtEnd ? "" : handle.value);
  }

  function typed(field, form) {
    const handle = partOf(form, field.id === "filter-price_min" ? "price-min" : "price-max");
    if (!handle || document.activeElement === handle) return;
    const end = handle.id === "price-min" ? handle.min : handle.max;
    const value = Number(field.value.replace(/[^\d.]/g, "") || end);
    if (Number.isFinite(value)) write(handle, Math.min(Math.max(value, handle.min), handle.max));
  }

  function draw(form) {
    const [low, high] = [partOf(form, "price-min"), partOf(form, "price-max")];
    if (!low) return;
    const share = (value) => `${(100 * (value - low.min)) / (low.max - low.min)}%`;
    low.parentElement.style.setProperty("--low", share(low.value));
    low.parentElement.style.setProperty("--high", share(high.value));
    low.style.zIndex = Number(low.value) > (Number(low.min) + Number(low.max)) / 2 ? 2 : 1; // at the end it is the one to be moved
  }

  document.addEventListener("input", ({ target }) => {
    const form = target.closest && target.closest(".price-form");
    if (!form) return;
    if (target.type === "range" && document.activeElement === target) moved(target, form);
    else if (target.id.startsWith("filter-price_")) typed(target, form);
    draw(form);
  });
  document.addEventListener("toggle", ({ target }) => {
    const form = target.querySelector && target.querySelector(".price-form");
    if (form) draw(form);
  }, true);
})();
