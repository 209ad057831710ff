// Drop, paste, choose, or the camera: the ways a photo comes in.

import { h, icon } from "../dom.js";
import { openCamera } from "./camera.js";

const photosOf = list => [...list].filter(file => file.type.startsWith("image/") || file.type === "");

/** Photos dropped or pasted anywhere on the page. */
export function catchPhotos(onPhotos) {
  const holdsFiles = event => event.dataTransfer?.types.includes("Files");
  let depth = 0;
  const over = change => document.body.classList.toggle("dropping", (depth = Math.max(0, depth + change)) > 0);
  addEventListener("dragenter", event => { if (holdsFiles(event)) over(1); });
  addEventListener("dragleave", event => { if (holdsFiles(event)) over(-1); });
  addEventListener("dragover", event => { if (holdsFiles(event)) event.preventDefault(); });
  addEventListener("drop", event => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    over(-depth);
    const photos = photosOf(event.dataTransfer.files);
    if (photos.length) onPhotos(photos);
  });
  addEventListener("paste", event => {
    const photos = photosOf(event.clipboardData?.files ?? []);
    if (photos.length) { event.preventDefault(); onPhotos(photos); }
  });
}

/** Two buttons: choose files, take a photo. */
export function pickerButtons(onPhotos, { main = "Choose a photo", small = false } = {}) {
  const input = h("input", { type: "file", accept: "image/*", multiple: true, class: "unseen", tabindex: "-1", "aria-label": main,
    onchange: () => { const photos = [...input.files]; input.value = ""; if (photos.length) onPhotos(photos); } });
  const style = small ? "button small" : "button strong";
  return h("div", { class: "row" },
    input,
    h("button", { type: "button", class: style, onclick: () => input.click() }, icon(small ? "plus" : "photo"), main),
    h("button", { type: "button", class: small ? "button small" : "button", onclick: () => openCamera(photo => onPhotos([photo])) }, icon("camera"), small ? "Camera" : "Use the camera"));
}
