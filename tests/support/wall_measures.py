"""What a browser measures of a scene of the wall: what is cut, what is empty, what is too small to be read."""

from __future__ import annotations

from playwright.sync_api import Page

# A tile is filled by its words, lists and charts, one under or beside the other; by less than two thirds it is empty.
_MEASURE = """() => {
  const scene = document.querySelector(".wall-scene:not([hidden])");
  const shown = (one) => one.getClientRects().length > 0 && getComputedStyle(one).visibility !== "hidden";
  const name = (one) => `${one.id || one.className.baseVal || one.className}: ${one.textContent.slice(0, 40)}`;
  const unit = parseFloat(getComputedStyle(document.querySelector(".wall")).fontSize) / 2.8;
  const faults = [];
  const root = document.documentElement;
  if (root.scrollHeight > innerHeight || root.scrollWidth > innerWidth) faults.push("the page scrolls");

  const inList = (one) => {
    const list = one.closest(".wall-rows");
    return !list || one.getBoundingClientRect().left < list.getBoundingClientRect().right;
  };
  const words = [...document.querySelectorAll(".wall-head *, .wall-scene:not([hidden]) *")].filter(
    (one) => shown(one) && inList(one) && [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim())
  );
  for (const one of words) {
    if (one.closest(".wall-tools, .modebar, .wall-map")) continue;
    const box = one.getBoundingClientRect();
    const place = (one.closest(".wall-tile") || document.querySelector(".wall")).getBoundingClientRect();
    const isBox = one instanceof HTMLElement; // a text that is drawn is cut by nothing but the tile around it
    if (isBox && one.clientWidth && one.scrollWidth > one.clientWidth + 1) faults.push(`cut: ${name(one)}`);
    if (one.clientWidth && !one.matches(".wall-main, .wall-store") && one.scrollHeight > one.clientHeight * 1.35 + 2)
      faults.push(`cut below: ${name(one)}`);
    const outside = [place.left - box.left, box.right - place.right, place.top - box.top, box.bottom - place.bottom];
    if (Math.max(...outside) > 2) faults.push(`outside: ${name(one)}`);
    if (parseFloat(getComputedStyle(one).fontSize) < 2.55 * unit) faults.push(`small: ${name(one)}`);
  }
  for (const row of scene.querySelectorAll(".wall-row, .wall-bar-row")) {
    const [box, list] = [row.getBoundingClientRect(), row.parentElement.getBoundingClientRect()];
    const isHalf = box.left < list.right && (box.bottom > list.bottom + 1 || box.top < list.top - 1);
    if (isHalf) faults.push(`half a row: ${name(row)}`);
  }
  for (const list of scene.querySelectorAll(".wall-rows")) {
    if (shown(list) && ![...list.children].some(inList)) faults.push(`no row: ${list.id}`);
  }

  const counts = ".wall-chart, .wall-row, .wall-bar-row, .wall-bar";
  const fills = (one) => shown(one) && (one.matches(counts) || words.includes(one)) && !one.closest(".wall-old");
  for (const tile of [...scene.querySelectorAll(".wall-tile")].filter(shown)) {
    const place = tile.getBoundingClientRect();
    if (place.right > innerWidth + 1 || place.bottom > innerHeight + 1) faults.push(`off the screen: ${name(tile)}`);
    const boxes = [...tile.querySelectorAll("*")].filter(fills).map((one) => one.getBoundingClientRect());
    const spans = boxes.filter((box) => box.left < place.right).map((box) => [box.top, box.bottom]);
    let [filled, until] = [0, place.top];
    for (const [top, bottom] of spans.sort((a, b) => a[0] - b[0])) {
      filled += Math.max(0, Math.min(bottom, place.bottom) - Math.max(top, until));
      until = Math.max(until, bottom);
    }
    const share = Math.round((100 * filled) / place.height);
    if (share < 66.6) faults.push(`empty, ${share} % filled: ${name(tile)}`);
  }
  for (const chart of scene.querySelectorAll("[data-chart]:not([data-chart=map])")) {
    if (!shown(chart)) continue;
    const [box, drawing] = [chart, chart.firstElementChild].map((one) => one?.getBoundingClientRect());
    const isOff = !drawing || Math.abs(drawing.height - box.height) > 2 || Math.abs(drawing.width - box.width) > 2;
    if (isOff) faults.push(`not drawn for its size: ${chart.id}`);
  }
  const fontSize = (one) => parseFloat(getComputedStyle(one).fontSize);
  const numbers = [...scene.querySelectorAll(".wall-number")].filter(shown).map(fontSize);
  const least = innerWidth > innerHeight ? 0.14 * innerHeight : 0.14 * innerWidth;
  if (!(Math.max(...numbers) >= least - 0.5)) faults.push(`no large number: ${numbers}`);
  return faults;
}"""


def faults_of_all_scenes(page: Page) -> dict[str, list[str]]:
    """By scene, of those that have any: each is shown, drawn for its size and measured."""
    found: dict[str, list[str]] = page.evaluate(_ALL)
    return found


_ALL = f"""async () => {{
  const faults = {_MEASURE};
  const turn = () => document.dispatchEvent(new KeyboardEvent("keydown", {{ key: "ArrowRight", bubbles: true }}));
  const drawn = () => new Promise((done) => requestAnimationFrame(() => setTimeout(() => requestAnimationFrame(done))));
  const found = {{}};
  for (let scenes = document.querySelectorAll(".wall-scene").length; scenes; scenes -= 1) {{
    turn();
    await drawn();
    await drawn();
    const seen = faults();
    if (seen.length) found[document.querySelector(".wall-scene:not([hidden])").dataset.scene] = seen;
  }}
  return found;
}}"""

# Texts as long as they come, in place of those that a snapshot brought.
_LENGTHEN = """() => {
  const { snapshot } = window.retailWall;
  const name = "Hand woven reversible jute rug with tassels, indigo and off white, for hall and garden room, washable "
    + "at thirty degrees, made by the weavers of Panipat since 19";
  const amount = "₹12,34,56,78,901";
  for (const parts of [snapshot.parts, snapshot.plain]) {
    for (const part of Object.values(parts)) {
      if (part.rows) {
        part.rows = part.rows
          .replace(/(class="wall-main">)[^<]*/g, `$1${name}`)
          .replace(/(class="wall-value if-money">)[^<]*/g, `$1${amount}`)
          .replace(/(class="wall-value is-wide">)[^<]*/g, `$1${amount}`);
      }
      if (part.fits) part.fits = [amount, "₹1,234.57Cr", ...part.fits.slice(2)];
    }
  }
  for (const part of ["orders", "units"]) snapshot.parts[part] = { fits: ["12,34,567", "12.3L"] };
  for (const part of ["visitors", "carts"]) snapshot.parts[part] = "9,999";
  snapshot.parts.out.text = "9,999";
  const larger = (values) => values.map((value) => value * 1e6);
  snapshot.hours = larger(snapshot.hours);
  snapshot.wall.curve.today = larger(snapshot.wall.curve.today);
  snapshot.wall.history.gross = larger(snapshot.wall.history.gross);
  snapshot.wall.history.aov = larger(snapshot.wall.history.aov);
  document.querySelector(".wall-store").dataset.full = name;
  window.retailWall.endWithWord(document.querySelector(".wall-store"));
}"""


# As of a shop without a sale for years.
_QUIETEN = """() => {
  const { parts, plain, wall } = window.retailWall.snapshot;
  Object.assign(parts, { live: "Last sale 9 Dec 2011", "gross-label": "No sale since" });
  parts.gross = { fits: ["9 Dec 2011"] };
  for (const part of ["live-box", "stats"]) parts[part] = { hidden: true };
  parts["quiet-box"] = { hidden: false };
  parts["days-title"] = "Sales, 14 days up to 9 Dec 2011";
  parts["orders-change"] = parts["all-orders-change"] = { text: "none since 9 Dec 2011", is: "flat" };
  for (const part of ["top", "countries", "wanted"]) {
    parts[part] = { rows: '<li class="wall-empty">Nothing sold since 9 Dec 2011.</li>' };
  }
  for (const part of Object.keys(plain)) plain[part] = parts[part];
  wall.history.has_today = false;
}"""


def leave_one_best_seller(page: Page) -> None:
    """As early on a day: one row, whose name takes two lines."""
    page.evaluate("""() => document.querySelectorAll(".wall-top .wall-rows").forEach((list) => {
        while (list.children.length > 1) list.lastElementChild.remove();
        const name = list.querySelector(".wall-main");
        if (name) name.textContent = "Block Print Cushion Cover, Sage, with a border";
    })""")


def quieten(page: Page) -> None:
    page.evaluate(_QUIETEN)


def lengthen(page: Page) -> None:
    """Every name of 160 letters, every amount of hundreds of crores; until the next event of the stream."""
    page.evaluate(_LENGTHEN)
