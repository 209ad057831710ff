// Takes back the last thing that somebody said.

import { undoChange } from "../api.js";
import { h, icon } from "../dom.js";
import { toast } from "./toast.js";

export function undoButton(onUndone) {
  const undo = async () => {
    try {
      const { undoes } = await undoChange();
      toast(`Change ${undoes} is undone.`);
      onUndone();
    } catch (problem) { toast(problem.message); }
  };
  return h("button", { type: "button", class: "button", onclick: undo }, icon("undo"), "Undo");
}
