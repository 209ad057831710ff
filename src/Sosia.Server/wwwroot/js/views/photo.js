// One photo: its faces to search for, to name and to add, where it lies, and how to forget it.

import { drawFace, forgetPhoto, getLastChange, getPhoto, may, original, thumbnail } from "../api.js";
import { fileName, h, icon, plural } from "../dom.js";
import { go, show } from "../router.js";
import { openDialog } from "../components/dialog.js";
import { boxByKeyboard, faceBoxes } from "../components/face-boxes.js";
import { nameForm } from "../components/name-form.js";
import { openNameDialog } from "../components/name-dialog.js";
import { problemBox } from "../components/problem.js";
import { undoButton } from "../components/undo-button.js";
import { takenInWords } from "../search/taken.js";
import { searchByUpload } from "../search/uploads.js";

export async function photoView({ id }, link) {
  const photo = await getPhoto(id);
  const faces = photo.faces.map(face => ({ ...face, face: face.id }));
  const name = fileName(photo.path);
  const last = may("review") ? await getLastChange() : null;
  const draw = may("review") && (box => askWhoIsDrawn(photo, box));
  const boxes = faceBoxes({ photo: { ...photo, faces }, source: thumbnail(photo.id, 1280), alt: name, chosen: Number(link.get("face")) || null, onFace: ({ id: face }) => go(`/search?face=${face}`), onBox: draw });
  return {
    title: name,
    element: h("div", { class: "wide photo-view" }, h("h1", {}, name),
      h("div", { class: "photo-columns" },
        boxes,
        h("div", { class: "stack" },
          h("p", {}, faces.length === 0 ? "No face was found in this photo." : faces.length === 1 ? "One face: click it to search for this person." : `${plural(faces.length, "face")}: click one to search for this person.`, draw && " Drag a box around a face that was not found."),
          h("div", { class: "row" },
            draw && h("button", { type: "button", class: "button", onclick: () => boxByKeyboard(boxes, photo, draw) }, icon("plus"), "Add a face"),
            last && last.undoneBy === null && last.kind !== "undo" && undoButton(last.id, show),
            h("a", { class: "button", href: original(photo.id), target: "_blank" }, icon("photo"), "The original"),
            h("a", { class: "button", href: `/search?photo=${photo.id}&by=look` }, icon("look"), "Search by its look"),
            h("button", { type: "button", class: "button", onclick: () => searchOriginal(photo) }, icon("box"), "Search with a box of my own")),
          h("dl", { class: "facts tall" }, fact("Path", photo.paths.map(path => h("div", { class: "path" }, path))), fact("Size", `${photo.width} × ${photo.height}`),
            photo.taken && fact("Taken", takenInWords(photo.taken)), sayings(photo.facts),
            faces.map((face, i) => fact(`Face ${i + 1}`, [
              h("a", { href: `/faces/${face.id}` }, face.searchable ? `quality ${face.quality.score.toFixed(2)}, ${Math.round(face.quality.size)} px` : "too poor to be recognised"), face.drawn && ", added by hand",
              may("review") && h("button", { type: "button", class: "link", "aria-label": `Name face ${i + 1}`, onclick: () => openNameDialog(face.id) }, "name")]))),
          may("manage") && h("div", {}, h("button", { type: "button", class: "link danger", onclick: () => askToForget(photo) }, "Forget this photo …"))))),
  };
}

/** What the photo says of itself: text of strangers, shown as text. */
const sayings = ({ camera, caption, credit, place, problem }) => [["Camera", camera], ["Caption", caption], ["Credit", credit], ["Place", place && `${place.latitude.toFixed(5)}, ${place.longitude.toFixed(5)}`], ["Not read", problem]]
  .filter(([, value]) => value).map(([name, value]) => fact(name, value));

const fact = (name, value) => h("div", {}, h("dt", {}, name), h("dd", {}, value));

/** A face that was not found: it is stored with the name of whoever it is. */
function askWhoIsDrawn(photo, box) {
  const dialog = openDialog("Who is this?", nameForm({ label: "Name", wish: { box }, send: wish => drawFace(photo.id, wish), onNamed: () => { dialog.close(); show(); } }));
}

/** The original as an upload, for a box can be drawn on uploads only. */
async function searchOriginal(photo) {
  const answer = await fetch(original(photo.id));
  if (!answer.ok) return openDialog("Not opened", problemBox({ message: "The original has changed or is gone." }));
  await searchByUpload([new File([await answer.blob()], fileName(photo.path))]);
}

function askToForget(photo) {
  const words = h("div", { class: "stack" },
    h("p", {}, "Its row, faces, embeddings and small pictures are deleted and overwritten, and it does not come back when its folder is indexed again. The original file is not touched."),
    h("div", { class: "row" }, h("button", { type: "button", class: "button danger", onclick: forget }, "Forget it"), h("button", { type: "button", class: "button", onclick: () => dialog.close() }, "Keep it")));
  const dialog = openDialog("Forget this photo?", words);
  async function forget() {
    try {
      const receipt = await forgetPhoto(photo.id);
      dispatchEvent(new Event("sosia:collection-changed"));
      words.replaceChildren(h("p", { role: "status" }, `Forgotten: ${plural(receipt.photos, "photo")}, ${plural(receipt.faces, "face")}, ${plural(receipt.embeddings, "embedding")}, ${plural(receipt.files, "small picture")}.${receipt.overwritten ? " Nothing of it is left in the collection's files." : receipt.overwriting ? " Nothing of it can be found; what freed pages of the catalogue still hold is being overwritten." : " Its bytes are overwritten by the next write."}`),
        h("a", { class: "button", href: "/photos", onclick: () => dialog.close() }, "To the photos"));
    } catch (error) { words.append(problemBox(error)); }
  }
}
