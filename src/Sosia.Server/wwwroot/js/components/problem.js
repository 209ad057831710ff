// What went wrong, in the server's own words, and what to do about it.

import { h } from "../dom.js";

const advice = {
  "query-gone": "Uploaded photos stay in memory for a while only, and are never written to disk. Drop the photo again to search with it.",
  "no-face": "Drag a box around the face if you can see one.",
  "face-too-poor": "A larger or sharper photo of the same person will work better.",
  busy: "The server is working on as many photos as it can. Try again in a moment.",
  "job-running": "Wait until the folder being indexed is done, or cancel it.",
  "not-by-look": "Index its folder again with “by look” ticked; photos are read once more, faces are not looked for again.",
  "no-folder": "The path is one on the server's machine.",
};

const headings = {
  "query-gone": "This photo has been let go",
  unreadable: "This file can't be read as a photo",
  "not-found": "It is not here",
  "no-folder": "No such folder",
  "folder-refused": "This folder is not indexed from here",
  "not-by-look": "Not indexed by look yet",
};

export function problemBox(error) {
  return h("div", { class: "problem", role: "alert" },
    headings[error.kind] && h("strong", {}, headings[error.kind]),
    h("p", {}, error.message), advice[error.kind] && h("p", { class: "quiet" }, advice[error.kind]));
}
