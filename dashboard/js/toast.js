// Short messages at the page's edge, read out by screen readers.

import { h } from "./dom.js";

const SHOWN_MS = 6000;

export function toast(text, kind = "") {
  const box = h("div", { class: `toast ${kind}` }, text);
  document.getElementById("toasts").append(box);
  setTimeout(() => box.remove(), SHOWN_MS);
}
