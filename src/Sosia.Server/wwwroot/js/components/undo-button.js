// Takes back the last thing that somebody said.

import { undoChange } from "../api.js";
import { h, icon } from "../dom.js";
import { toast } from "./toast.js";

/** @param asOf The last change that the page shows: a later one, which somebody else made, is not undone unseen. */
export function undoButton(asOf, onUndone) {
  const undo = async () => {
    try {
      const { undoes } = await undoChange(asOf);
      toast(`Change ${undoes} is undone.`);
      onUndone();
    } catch (problem) { toast(problem.message); }
  };
  return h("button", { type: "button", class: "button", onclick: undo }, icon("undo"), "Undo");
}
