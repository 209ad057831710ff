// One face: an address to keep, and the way to its photo and its search.

import { crop, getFace, may } from "../api.js";
import { h } from "../dom.js";
import { go } from "../router.js";
import { nameForm } from "../components/name-form.js";

export async function faceView({ id }) {
  const face = await getFace(id);
  const fact = (name, value) => h("div", {}, h("dt", {}, name), h("dd", {}, value));
  return {
    title: `Face ${id}`,
    element: h("div", { class: "narrow stack" }, h("h1", {}, `Face ${id}`),
      h("img", { class: "portrait", src: crop(id, 320), alt: `Face ${id}`, width: "320", height: "320" }),
      h("div", { class: "row" }, face.searchable && h("a", { class: "button strong", href: `/search?face=${id}` }, "Search for this person"), h("a", { class: "button", href: `/photos/${face.photo}?face=${id}` }, "Its photo")),
      may("review") && nameForm({ label: "Who is this?", wish: { faces: [Number(id)] }, onNamed: person => go(`/people/${person}`) }),
      h("dl", { class: "facts" }, fact("Quality", face.quality.score.toFixed(2)), fact("Size", `${Math.round(face.quality.size)} px`), fact("Sharpness", face.quality.sharpness.toFixed(2)), fact("Confidence", face.confidence.toFixed(2))),
      !face.searchable && h("p", { class: "quiet" }, "Too poor to be recognised.")),
  };
}
