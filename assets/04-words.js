/* The texts of scripts in the page's language, from its <meta name="shop-words">; without it they are the English ones.
   Which form of a text a number takes is written for 0 to 199, after which every language here begins again. */
(function () {
  "use strict";
  const root = document.documentElement;
  const meta = document.querySelector("meta[name='shop-words']");
  const known = meta ? JSON.parse(meta.content) : {};
  const fill = (form, values) => form.replace(/\{(\w+)\}/g, (place, name) => (name in values ? values[name] : place));

  window.shopWords = {
    say(text, values = {}) {
      return fill(known[text] || text, values);
    },

    sayMany(one, many, count, values = {}) {
      const forms = known[one] || [one, many];
      const place = count < 200 ? count : 100 + (count % 100);
      return fill(forms[known[""] ? Number(known[""][place]) : Number(count !== 1)], { count, ...values });
    },

    /* The address of a page of the shop in the page's language. */
    to(path) {
      return `${root.dataset.at || ""}${path}`;
    },
  };
})();
