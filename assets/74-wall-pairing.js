/* A screen that is not paired yet: fetches a code, shows it, and looks whether somebody entered it. */
(() => {
  "use strict";

  const ASK_MS = 2000;
  const LONGEST_PAUSE_MS = 60_000;
  let box = null;
  let timer = null;
  let failures = 0;

  function say(words) {
    const element = document.getElementById("pairing-state");
    if (element && element.textContent !== words) element.textContent = words;
  }

  function later(work, milliseconds) {
    clearTimeout(timer);
    timer = setTimeout(work, milliseconds);
  }

  async function ask(method) {
    const answer = await fetch("/wall/pairing", { method, credentials: "same-origin", cache: "no-store" });
    if (!answer.ok) throw new Error(String(answer.status));
    failures = 0;
    return answer.json();
  }

  function failed(work) {
    failures += 1;
    say("The shop cannot be reached. Trying again.");
    later(work, Math.min(LONGEST_PAUSE_MS, 2000 * 2 ** failures) * (0.7 + 0.6 * Math.random()));
  }

  async function begin() {
    if (!box) return;
    try {
      show(await ask("POST"));
    } catch {
      failed(begin);
    }
  }

  const WORDS = "Valid for five minutes, then replaced by a new code.";

  function show({ code, qr }) {
    const element = document.getElementById("pairing-code");
    element.textContent = `${code.slice(0, 3)} ${code.slice(3)}`;
    element.setAttribute("aria-label", [...code].join(" "));
    document.getElementById("pairing-qr").src = qr;
    say(WORDS);
    later(look, ASK_MS);
  }

  async function look() {
    if (!box) return;
    try {
      const { state } = await ask("GET");
      if (state === "paired") location.reload();
      else if (state === "over") begin();
      else {
        say(WORDS);
        later(look, ASK_MS);
      }
    } catch {
      failed(look);
    }
  }

  function find() {
    const element = document.getElementById("pairing");
    if (element === box) return;
    box = element;
    clearTimeout(timer);
    if (box) begin();
  }

  function start() {
    new MutationObserver(find).observe(document.body, { childList: true, subtree: true });
    find();
  }
  if (document.body) start();
  else document.addEventListener("DOMContentLoaded", start);
})();
