// A short word at the edge of the screen; it goes by itself.

import { h, announce } from "../dom.js";

/** @param action A button that goes with the word, as to undo what it tells; it stays longer then. */
export function toast(text, action = null) {
  const note = h("div", { class: "toast" }, text, action && h("span", {}, " ", action));
  document.getElementById("toasts").replaceChildren(note);
  announce(text);
  setTimeout(() => note.remove(), action ? 15000 : 6000);
}
