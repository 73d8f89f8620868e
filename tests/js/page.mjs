// What the scripts of a page need of a browser: elements with classes, a clock and a store that a test sets.

export class Element {
  constructor(more = {}) {
    const classes = new Set();
    this.classList = {
      add: (name) => classes.add(name),
      remove: (name) => classes.delete(name),
      contains: (name) => classes.has(name),
      toggle: (name, isOn = !classes.has(name)) => (isOn ? classes.add(name) : classes.delete(name)),
    };
    Object.assign(this, { dataset: {}, attributes: {}, children: [], hidden: false, textContent: "" }, more);
    this.style = { setProperty: (name, value) => (this.style[name] = value) };
  }
  setAttribute(name, value) {
    this.attributes[name] = value;
  }
  append(...children) {
    for (const child of children) child.parent = this;
    this.children.push(...children);
  }
  replaceChildren(...children) {
    this.children = children;
  }
  get nextElementSibling() {
    return this.parent.children[this.parent.children.indexOf(this) + 1];
  }
  get firstElementChild() {
    return this.children[0];
  }
  get lastElementChild() {
    return this.children[this.children.length - 1];
  }
}

/* A clock in seconds, as the script's `performance`. */
export function clock() {
  const performance = { seconds: 0, now: () => performance.seconds * 1000 };
  return performance;
}

export function storage(kept = {}) {
  return { kept, getItem: (key) => kept[key] ?? null, setItem: (key, value) => (kept[key] = value) };
}

/* The document, with what listens to it: `press(key)`, `tell(kind, event)`. */
export function listened() {
  const listeners = {};
  const tell = (kind, event) => listeners[kind].forEach((listener) => listener(event));
  return {
    addEventListener: (kind, listener) => (listeners[kind] ||= []).push(listener),
    tell,
    press: (key, more) => tell("keydown", { key, preventDefault() {}, target: { closest: () => null }, ...more }),
  };
}
