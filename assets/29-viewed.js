/* Products that were looked at lately, at the end of lists and of a product's page. Which they are is kept by this browser
   alone; what they are called and cost now, the shop says. */
(function () {
  "use strict";
  const KEPT = "retail-viewed";
  const MOST_KEPT = 12;
  const SHOWN = 4;
  const { say, to } = window.shopWords;
  const filled = new WeakMap(); // places, by what they are filled for
  const answers = new Map();

  function viewed() {
    try {
      const kept = JSON.parse(window.localStorage.getItem(KEPT));
      return Array.isArray(kept) ? kept.filter((one) => typeof one === "string") : [];
    } catch {
      return []; // written by nobody, or storage is closed to this page
    }
  }

  function note(id) {
    try {
      window.localStorage.setItem(KEPT, JSON.stringify([id, ...viewed().filter((one) => one !== id)].slice(0, MOST_KEPT)));
    } catch {
      /* full or closed */
    }
  }

  function part(tag, attributes, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  }

  function card(product) {
    const image = part("img", { src: product.image, alt: "", width: 480, height: 600, loading: "lazy" });
    const name = part("h3", { class: "product-name" }, product.name);
    const link = part("a", { href: product.href, class: "product-link" }, part("div", { class: "picture" }, image), name);
    const price = part("span", { class: "price num" }, product.sold_out ? say("Sold out") : product.price);
    return part("li", {}, part("article", { class: "product-card" }, link, part("div", { class: "product-facts" }, price)));
  }

  const addressOf = (ids) => to(`/suggest/products?${new URLSearchParams(ids.map((id) => ["id", id]))}`);

  async function productsOf(ids) {
    const address = addressOf(ids);
    if (!answers.has(address)) {
      const answer = await fetch(address);
      if (!answer.ok) return []; // too many at once: the page does without
      answers.set(address, (await answer.json()).products);
    }
    return answers.get(address);
  }

  function draw(place, products) {
    const cards = products.slice(0, SHOWN).map(card);
    place.replaceChildren(part("h2", { class: "section-title" }, say("Recently viewed")), part("ul", { class: "product-grid", role: "list" }, ...cards));
    place.hidden = cards.length === 0;
  }

  /* At once where the answer is known, so that nothing moves when Dash takes over. */
  function fill(place) {
    const own = place.dataset.product || "";
    if (filled.get(place) === own) return;
    filled.set(place, own);
    const ids = viewed().filter((one) => one !== own).slice(0, 2 * SHOWN);
    if (own) note(own);
    if (!ids.length) return void (place.hidden = true);
    const known = answers.get(addressOf(ids));
    if (known) return draw(place, known);
    productsOf(ids).then((products) => filled.get(place) === own && draw(place, products)).catch(() => {});
  }

  const fillAll = () => document.querySelectorAll(".viewed").forEach(fill);

  /* As links of Dash do, once it runs. */
  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest(".viewed a[href]");
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!link || !isPlain || event.defaultPrevented || document.getElementById("page-at-first")) return;
    event.preventDefault();
    window.history.pushState({}, "", link.href);
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
    window.scrollTo(0, 0);
  });
  window.addEventListener("click", ({ target }) => {
    if (target.closest && target.closest("#sign-out")) window.localStorage.removeItem(KEPT);
  }, true);
  new MutationObserver(fillAll).observe(document.documentElement, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-product"] });
  fillAll();
})();
