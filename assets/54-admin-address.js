/* What is chosen on a staff page stands in its address. */
(function () {
  "use strict";
  const { noUpdate } = window.retailAdmin;

  /* Keep what is chosen in the address, so that "back" and a sent link show the same list. What is searched for
     stays out of it: it may be somebody's name or address, and URLs are kept in histories and logs. */
  function remember(names) {
    return function (...values) {
      const query = new URLSearchParams(window.location.search);
      query.delete("q");
      names.forEach((name, i) => {
        const value = values[i];
        if (value === null || value === undefined || value === "" || value === 1) query.delete(name);
        else query.set(name, value);
      });
      const words = query.toString();
      window.history.replaceState(window.history.state, "", window.location.pathname + (words ? `?${words}` : ""));
      return noUpdate();
    };
  }

  /* `came`: the customer of whom the address asked, as long as the search still is for them. */
  function rememberOrders(q, status, from, to, page, part, goods, tag, came) {
    const { category, country, product } = part || {};
    return remember(["customer", "status", "from", "to", "page", "category", "country", "product", "goods", "tag"])(
      came && came.q === q ? came.customer : "", status, from, to, page, category, country, product,
      goods === "any" ? "" : goods, tag
    );
  }

  function rememberReturns(from, to, page, part) {
    const { category, country, product } = part || {};
    return remember(["from", "to", "page", "category", "country", "product"])(from, to, page, category, country, product);
  }

  /* Dates matter for a chosen range only; what is usual stays out of the address. */
  function rememberOverview(period, compare, grain, from, to, part) {
    const own = period === "custom";
    const { category, country, product } = part || {};
    return remember(["period", "compare", "grain", "from", "to", "category", "country", "product"])(
      period, compare === "previous" ? "" : compare, grain === "auto" ? "" : grain, own ? from : "", own ? to : "", category, country, product
    );
  }

  function rememberCustomers(segment, sort, page, part) {
    return remember(["segment", "sort", "page", "cohort"])(
      segment === "all" ? "" : segment, sort === "lifetime" ? "" : sort, page, part && part.cohort
    );
  }

  /* The first of all has the number 1, which of a page would be what is usual. */
  const rememberReplay = (number) => remember(["run"])(String(number));

  Object.assign(window.dash_clientside.admin, {
    rememberReplay,
    rememberOrders,
    rememberReturns,
    rememberOverview,
    rememberCustomers,
    rememberProduct: remember(["product", "show"]),
    rememberMoment: remember(["product", "at"]),
    rememberDays: remember(["from", "to"]),
  });
})();
