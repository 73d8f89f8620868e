/* A product's pictures looked at closely, in a dialog of the browser's own: by click, key, wheel of two fingers or pinch. Its
   words come with the page. And what shares the page: with the device's own means, else by copying its address. */
(function () {
  "use strict";
  const MOST = 4; // times
  const STEP = 1.5;
  const isMirrored = () => document.documentElement.dir === "rtl";
  const isPlain = (event) => event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;

  /* --- the dialog ----------------------------------------------------------------------------- */

  let opener = ""; // address of the picture whose link opened the dialog: the focus goes back to it
  let pictures = []; // [address, words]
  let at = 0;
  let scale = 1;
  let parts = null;

  function element(tag, className, ...children) {
    const made = document.createElement(tag);
    made.className = className;
    made.append(...children);
    return made;
  }

  function button(glyph, words, act) {
    const icon = element("i", `bi bi-${glyph}`);
    icon.setAttribute("aria-hidden", "true");
    const made = element("button", "zoom-button", icon);
    made.type = "button";
    made.title = words;
    made.setAttribute("aria-label", words);
    made.addEventListener("click", act);
    return made;
  }

  function build(title, [close, previous, next, closer, further]) {
    const image = element("img", "zoom-picture");
    const box = element("div", "zoom-box", image);
    box.tabIndex = 0;
    box.setAttribute("role", "group");
    const count = element("span", "zoom-count num");
    count.setAttribute("role", "status");
    const back = button("chevron-left", previous, () => show(at - 1));
    const on = button("chevron-right", next, () => show(at + 1));
    const less = button("zoom-out", further, () => zoom(scale / STEP));
    const more = button("zoom-in", closer, () => zoom(scale * STEP));
    const dialog = element("dialog", "zoom");
    dialog.setAttribute("aria-label", title);
    dialog.append(element("div", "zoom-bar", count, back, on, less, more, button("x-lg", close, () => dialog.close())), box);
    document.body.append(dialog);
    dialog.addEventListener("close", () => {
      dialog.remove();
      focusPicture(); // the link that opened it may have been drawn anew meanwhile
    });
    dialog.addEventListener("keydown", onKey);
    image.addEventListener("click", (event) => zoom(scale > 1 ? 1 : 2, event));
    followFingers(box);
    return { dialog, box, image, count, back, on, less, more };
  }

  function focusPicture() {
    const link = [...document.querySelectorAll(".gallery-link")].find(({ href }) => href === opener);
    if (link) link.focus();
  }

  /* Back leads to another page, which this one's pictures are not to cover. */
  window.addEventListener("popstate", () => {
    if (parts) parts.dialog.remove();
  });

  function open(gallery, first) {
    pictures = [...gallery.querySelectorAll(".gallery-link")].map((link) => [link.href, link.querySelector("img").alt]);
    opener = pictures[first][0];
    parts = build(gallery.dataset.zoomTitle, gallery.dataset.zoomWords.split("|"));
    show(first);
    parts.dialog.showModal();
    parts.box.focus();
  }

  function show(place) {
    at = (place + pictures.length) % pictures.length;
    const [address, words] = pictures[at];
    Object.assign(parts.image, { src: address, alt: words });
    parts.box.setAttribute("aria-label", words);
    parts.count.textContent = pictures.length > 1 ? `${at + 1} / ${pictures.length}` : "";
    parts.back.hidden = parts.on.hidden = pictures.length < 2;
    zoom(1);
  }

  /* Around the place that was pointed at, else around the middle of what is seen. */
  function zoom(wanted, point) {
    const { box, image } = parts;
    const seen = box.getBoundingClientRect();
    const [x, y] = point ? [point.clientX - seen.left, point.clientY - seen.top] : [seen.width / 2, seen.height / 2];
    const by = Math.min(Math.max(wanted, 1), MOST) / scale;
    const [left, top] = [(box.scrollLeft + x) * by - x, (box.scrollTop + y) * by - y];
    scale *= by;
    image.style.width = image.style.height = `${scale * 100}%`;
    image.classList.toggle("is-close", scale > 1);
    box.scrollTo({ left, top, behavior: "instant" });
    const off = (control, is) => control.setAttribute("aria-disabled", String(is)); // it keeps the focus
    off(parts.less, scale <= 1);
    off(parts.more, scale >= MOST);
  }

  function onKey(event) {
    const keys = { "+": () => zoom(scale * STEP), "=": () => zoom(scale * STEP), "-": () => zoom(scale / STEP), 0: () => zoom(1) };
    const on = isMirrored() ? -1 : 1;
    if (scale === 1) Object.assign(keys, { ArrowLeft: () => show(at - on), ArrowRight: () => show(at + on) });
    if (event.ctrlKey || event.metaKey || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  }

  function followFingers(box) {
    let before = null;
    const spread = ([a, b]) => Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
    const middle = ([a, b]) => ({ clientX: (a.clientX + b.clientX) / 2, clientY: (a.clientY + b.clientY) / 2 });
    box.addEventListener("touchstart", ({ touches }) => {
      before = touches.length === 2 ? { spread: spread(touches), scale } : null;
    }, { passive: true });
    box.addEventListener("touchmove", (event) => {
      if (!before || event.touches.length !== 2) return;
      event.preventDefault();
      zoom((before.scale * spread(event.touches)) / before.spread, middle(event.touches));
    }, { passive: false });
    box.addEventListener("wheel", (event) => {
      if (!event.ctrlKey) return; // two fingers on a pad
      event.preventDefault();
      zoom(scale * Math.exp(-event.deltaY / 200), event);
    }, { passive: false });
  }

  /* --- the strip ------------------------------------------------------------------------------ */

  function go(thumb) {
    const picture = document.getElementById(thumb.hash.slice(1));
    const strip = picture.parentElement;
    strip.scrollTo({ left: picture.offsetLeft - strip.offsetLeft });
    strip.getBoundingClientRect().top < 0 && picture.scrollIntoView({ block: "nearest" });
  }

  function mark() {
    for (const strip of document.querySelectorAll(".gallery-strip[tabindex]")) {
      const shown = Math.round(Math.abs(strip.scrollLeft) / Math.max(strip.clientWidth, 1));
      strip.parentElement.querySelectorAll(".gallery-thumb").forEach((thumb, place) => {
        if (place === shown) thumb.setAttribute("aria-current", "true");
        else thumb.removeAttribute("aria-current");
      });
    }
  }
  document.addEventListener("scroll", ({ target }) => target.matches && target.matches(".gallery-strip") && mark(), true);
  new MutationObserver(mark).observe(document.documentElement, { childList: true, subtree: true });

  /* --- sharing -------------------------------------------------------------------------------- */

  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      const field = element("textarea", "visually-hidden"); // a page without TLS has no clipboard
      field.value = text;
      document.body.append(field);
      field.select();
      const isCopied = document.execCommand("copy");
      field.remove();
      return isCopied;
    }
  }

  async function share(control) {
    const url = new URL(control.dataset.share, window.location.href).href;
    if (navigator.share) return void navigator.share({ title: document.title, url }).catch(() => null); // closed again
    const [copied, failed] = control.dataset.shareWords.split("|");
    const said = document.getElementById("share-said");
    said.textContent = (await copy(url)) ? copied : `${failed} ${url}`;
    control.focus();
  }

  document.addEventListener("click", (event) => {
    const target = event.target.closest(".gallery-link, .gallery-thumb, [data-share]");
    if (!target || !isPlain(event)) return;
    event.preventDefault();
    if (target.matches("[data-share]")) share(target);
    else if (target.matches(".gallery-thumb")) go(target);
    else open(target.closest(".gallery"), [...target.closest(".gallery").querySelectorAll(".gallery-link")].indexOf(target));
  });
  mark();
})();
