// The start page: give a photo, or begin with somebody who is here.

import { crop, getCollection, getFaces, may } from "../api.js";
import { h, plural } from "../dom.js";
import { pickerButtons } from "../components/photo-picker.js";
import { searchByUpload } from "../search/uploads.js";

export async function startView() {
  const [collection, faces] = await Promise.all([getCollection(), getFaces(null, 18)]);
  const minutes = plural(collection.queryMinutes, "minute");
  return {
    title: "Search",
    element: h("div", { class: "start" },
      h("section", { class: "drop", "aria-label": "Search with a photo" },
        h("h1", {}, "Who are you looking for?"),
        h("p", { class: "lead" }, "Drop a photo anywhere, paste one, or choose it here."),
        pickerButtons(searchByUpload),
        h("p", { class: "quiet tiny" }, `Your photo stays in this server's memory for ${minutes} and is never written to disk.`)),
      faces.items.length > 0 ? h("section", {},
        h("h2", {}, "Or begin with somebody who is here"),
        h("ul", { class: "faces-strip" }, faces.items.map(face => h("li", {}, h("a", { href: `/search?face=${face.id}`, "aria-label": `Search for face ${face.id}` }, h("img", { src: crop(face.id), alt: "", width: "160", height: "160", loading: "lazy" }))))),
        h("p", { class: "quiet" }, h("a", { href: "/faces" }, plural(collection.faces, "face")), " in ", h("a", { href: "/photos" }, plural(collection.photos.total - collection.photos.unreadable, "photo")), ` · ${collection.model}`))
      : h("section", { class: "centre" }, h("h2", {}, "The collection is empty"), may("manage") && h("p", {}, h("a", { href: "/jobs", class: "button" }, "Index a folder")))),
  };
}
