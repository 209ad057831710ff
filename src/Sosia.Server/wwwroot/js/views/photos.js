// All photos of the collection.

import { getCollection, stream, thumbnail } from "../api.js";
import { fileName, h, plural } from "../dom.js";
import { problemBox } from "../components/problem.js";
import { virtualGrid } from "../components/virtual-grid.js";

const states = { searchable: "", tooPoor: "face too poor", noFace: "no face" };

export async function photosView(_, link) {
  const state = link.get("state") in states ? link.get("state") : null;
  const { photos } = await getCollection();
  const total = state ? photos[state] : photos.searchable + photos.tooPoor + photos.noFace;
  const grid = virtualGrid({ label: "Photos", below: 26, cell: photo => h("a", { href: `/photos/${photo.id}`, class: "tile", "aria-label": `${fileName(photo.path)}, ${states[photo.state] || plural(photo.faceCount, "face")}` },
    h("img", { src: thumbnail(photo.id), alt: "", decoding: "async" }), h("span", { class: "file tiny" }, fileName(photo.path)), states[photo.state] && h("span", { class: "badge" }, states[photo.state])) });
  const stop = new AbortController();
  const trouble = h("div", {});
  const filter = (value, label, count) => h("a", { href: value ? `/photos?state=${value}` : "/photos", class: "chip", "aria-current": state === value ? "true" : false }, `${label} ${count.toLocaleString("en")}`);
  stream(`/photos${state ? `?state=${state}` : ""}`, items => grid.add(items, total), stop.signal).catch(error => { if (error.name !== "AbortError") trouble.append(problemBox(error)); });
  return {
    title: "Photos", shown: grid.shown, leave: () => { stop.abort(); grid.leave(); },
    element: h("div", { class: "wide" }, h("h1", {}, "Photos"),
      h("p", { class: "chips" }, filter(null, "All", photos.searchable + photos.tooPoor + photos.noFace), filter("searchable", "With a face", photos.searchable), filter("tooPoor", "Face too poor", photos.tooPoor), filter("noFace", "No face", photos.noFace)),
      trouble, total === 0 ? h("p", { class: "quiet" }, "There are none.") : grid.element),
  };
}
