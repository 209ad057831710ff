// A short word at the edge of the screen; it goes by itself.

import { h, announce } from "../dom.js";

export function toast(text) {
  const note = h("div", { class: "toast" }, text);
  document.getElementById("toasts").replaceChildren(note);
  announce(text);
  setTimeout(() => note.remove(), 6000);
}
