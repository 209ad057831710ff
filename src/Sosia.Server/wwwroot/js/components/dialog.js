// A dialog over the page: Escape and the button close it, focus goes back where it was.

import { h, icon } from "../dom.js";

let count = 0;

/** Opens a dialog and returns it with `close`; `onclose` is told once. */
export function openDialog(title, content, { wide = false, onclose } = {}) {
  const id = `dialog-${++count}`;
  const before = document.activeElement;
  const dialog = h("dialog", { class: wide ? "dialog broad" : "dialog", "aria-labelledby": id },
    h("div", { class: "dialog-head" },
      h("h2", { id }, title),
      h("button", { type: "button", class: "round", "aria-label": "Close", onclick: () => dialog.close() }, icon("no"))),
    content);
  dialog.addEventListener("close", () => { dialog.remove(); onclose?.(); if (before?.isConnected) before.focus(); });
  dialog.addEventListener("click", event => { if (event.target === dialog) dialog.close(); });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
