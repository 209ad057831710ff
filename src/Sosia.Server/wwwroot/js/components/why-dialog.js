// Why a photo was found: the two faces as the network saw them, their quality, and where the likeness lies.

import { why } from "../api.js";
import { fileName, h } from "../dom.js";
import { openDialog } from "./dialog.js";
import { heatMap } from "./heat-map.js";
import { problemBox } from "./problem.js";

export async function openWhy(match, person) {
  const content = h("div", { class: "stack", "aria-busy": "true" }, h("p", { class: "quiet" }, "Covering the faces patch by patch …"));
  openDialog(`Why ${fileName(match.path)}?`, content, { wide: true });
  try {
    const answer = await why(match.photo, person.toBody());
    content.replaceChildren(...words(answer));
  } catch (error) {
    content.replaceChildren(problemBox(error));
  }
  content.removeAttribute("aria-busy");
}

function words({ sentence, pair }) {
  if (!pair) return [h("p", {}, sentence)];
  const heat = h("input", { type: "checkbox", checked: true, id: "show-heat" });
  const pictures = h("div", { class: "pair" }, side("Searched for", pair.query), side("Found", pair.match));
  heat.addEventListener("change", () => pictures.classList.toggle("cold", !heat.checked));
  return [
    h("p", {}, sentence),
    h("p", { class: "pair-score" }, h("strong", {}, pair.score.toFixed(3)), h("span", {}, pair.meaning)),
    pictures,
    h("p", {}, h("label", { class: "check" }, heat, "Show what the likeness rests on")),
    h("p", { class: "quiet" }, "Warm patches are those whose covering lowers the score most. Both faces are turned, scaled and cut as the network sees them."),
  ];
}

function side(title, { aligned, heat, quality }) {
  return h("figure", {},
    h("div", { class: "aligned" }, h("img", { src: aligned, alt: `${title}: the aligned face`, width: "112", height: "112" }), heatMap(heat)),
    h("figcaption", {}, h("strong", {}, title),
      h("dl", { class: "facts" },
        fact("Quality", quality.score.toFixed(2)), fact("Size", `${Math.round(quality.size)} px`), fact("Sharpness", quality.sharpness.toFixed(2)), fact("Turned", quality.yaw.toFixed(2)))));
}

const fact = (name, value) => h("div", {}, h("dt", {}, name), h("dd", {}, value));
