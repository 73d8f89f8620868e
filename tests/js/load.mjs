// A script of assets/ run as the browser would run it, in a window that holds what the test gives and no more.
import { readFileSync } from "node:fs";
import vm from "node:vm";

export function load(name, globals) {
  const window = vm.createContext({ URLSearchParams, Date, console, ...globals });
  window.window = window;
  vm.runInContext(readFileSync(new URL(`../../assets/${name}`, import.meta.url), "utf8"), window, { filename: name });
  return window;
}
