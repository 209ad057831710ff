// What of a photo is compared: the person's face, the look of the whole photo, or both.

import { h } from "../dom.js";

const words = { person: "The person", look: "The look", both: "Both" };

/** @param onBy told of another choice; @returns the switch, and what sets it to what is on the screen. */
export function bySwitch(onBy) {
  const inputs = Object.keys(words).map(by => h("input", { type: "radio", name: "by", value: by, onchange: () => onBy(by) }));
  const element = h("fieldset", { class: "by" }, h("legend", {}, "Compare"), h("div", { class: "by-choices" }, inputs.map(input => h("label", {}, input, h("span", {}, words[input.value])))));
  return { element, show: by => { for (const input of inputs) input.checked = input.value === by; } };
}
