// A name for some faces: one field, one button.

import { nameFaces } from "../api.js";
import { h } from "../dom.js";
import { show } from "../router.js";
import { problemBox } from "./problem.js";
import { toast } from "./toast.js";
import { undoButton } from "./undo-button.js";

/**
 * @param label What the field asks.
 * @param wish Which faces: { faces } or { group }, and asOf where the page knows a state.
 * @param onNamed Told the person's number.
 */
export function nameForm({ label, wish, onNamed, value = "", action = "Name", send = nameFaces }) {
  const field = h("input", { type: "text", name: "name", required: true, maxlength: "200", autocomplete: "off", value });
  const trouble = h("div", {});
  const submit = async event => {
    event.preventDefault();
    trouble.replaceChildren();
    try {
      const { person, lastChange } = await send({ ...wish, name: field.value });
      toast(`${field.value.trim()}: noted.`, undoButton(lastChange, show));
      onNamed(person);
    } catch (problem) { trouble.replaceChildren(problemBox(problem)); }
  };
  return h("div", {}, h("form", { class: "name-form", onsubmit: submit }, h("label", {}, label, field), h("button", { type: "submit", class: "button" }, action)), trouble);
}
