// The photos of the person: the first large with its faces, more of them small, and those that are not the person.

import { addFace, crop, queryImage, thumbnail } from "../api.js";
import { fileName, h, icon, plural } from "../dom.js";
import { boxByKeyboard, faceBoxes } from "../components/face-boxes.js";
import { pickerButtons } from "../components/photo-picker.js";
import { toast } from "../components/toast.js";
import { searchByUpload } from "./uploads.js";

const sourceOf = (photo, side = 1280) => photo.id ? queryImage(photo.id) : thumbnail(photo.photo, side);

/** @param photos queries as the API gives them, in the order of the person's references. */
export function personPanel(photos, person, tell) {
  let shown = 0;
  const stage = h("div", { class: "stage" });

  function show(index) {
    shown = index;
    const byLook = person.by === "look";
    const photo = byLook ? { ...photos[index], faces: [] } : photos[index];
    const take = face => tell.change(() => person.replace(index, photo.id ? { query: photo.id, face: face.face } : { face: face.face }));
    const draw = !byLook && photo.id && (async box => {
      try {
        const { face } = await addFace(photo.id, box);
        await tell.change(() => person.replace(index, { query: photo.id, face }));
      } catch (error) { toast(error.message); }
    });
    const boxes = faceBoxes({ photo, source: sourceOf(photo), alt: `Searched with: ${fileName(photo.path)}`, chosen: person.references[index].face ?? photo.face, onFace: take, onBox: draw });
    stage.replaceChildren(boxes, h("p", { class: "quiet tiny" }, byLook ? "The whole photo is compared." : words(photo)), h("div", { class: "row" },
      draw && h("button", { type: "button", class: "button small", onclick: () => boxByKeyboard(boxes, photo, draw) }, icon("box"), "Draw a box"),
      photo.photo && h("a", { class: "button small", href: `/photos/${photo.photo}` }, icon("photo"), "Open the photo")));
    for (const [i, button] of [...strip.querySelectorAll(".thumb")].entries()) button.setAttribute("aria-pressed", String(i === index));
  }

  const strip = h("ul", { class: "strip", "aria-label": "Photos of this person" }, photos.length > 1 && photos.map((photo, i) => h("li", {},
    h("button", { type: "button", class: "thumb", "aria-pressed": "false", "aria-label": `Photo ${i + 1}: ${fileName(photo.path)}`, onclick: () => show(i) },
      h("img", { src: photo.photo && photo.face ? crop(photo.face) : sourceOf(photo, 160), alt: "" })),
    h("button", { type: "button", class: "take-away", "aria-label": `Take photo ${i + 1} away: ${fileName(photo.path)}`, onclick: () => tell.change(() => person.remove(i)) }, icon("no")))));
  const others = person.negatives.length > 0 && h("div", { class: "others" }, h("h2", {}, "Not this person"),
    h("ul", { class: "strip" }, person.negatives.map(({ face }) => h("li", {}, h("img", { src: crop(face), alt: `Face ${face}` }),
      h("button", { type: "button", class: "take-away", "aria-label": `Take back: face ${face} is not this person`, onclick: () => tell.change(() => person.mark(face, "no")) }, icon("no"))))));
  show(shown);
  return h("section", { class: "person" }, stage, strip, h("div", { class: "add" }, h("h2", {}, person.by === "look" ? "More photos that look like it" : "More photos of this person"), pickerButtons(searchByUpload, { main: "Add a photo", small: true })), others);
}

function words(photo) {
  const wanted = photo.faces.filter(face => face.searchable).length;
  if (photo.faces.length === 0) return "No face was found here. Drag a box around one.";
  if (wanted === 0) return "The faces found here are too small or blurred. Drag a box around another.";
  return photo.faces.length === 1 ? fileName(photo.path) : `${plural(photo.faces.length, "face")}: click the one you mean${photo.id ? ", or drag a box of your own" : ""}.`;
}
