// "Who is this?", for a face wherever it is shown.

import { crop } from "../api.js";
import { h } from "../dom.js";
import { nameForm } from "./name-form.js";
import { openDialog } from "./dialog.js";

export function openNameDialog(face) {
  const dialog = openDialog("Who is this?", h("div", { class: "stack" },
    h("img", { class: "portrait", src: crop(face, 320), alt: `Face ${face}`, width: "160", height: "160" }),
    nameForm({ label: "Name", wish: { faces: [face] }, onNamed: () => dialog.close() })));
}
