// All faces that can be searched for: a click searches.

import { crop, getCollection, stream } from "../api.js";
import { h } from "../dom.js";
import { problemBox } from "../components/problem.js";
import { virtualGrid } from "../components/virtual-grid.js";

export async function facesView() {
  const { faces } = await getCollection();
  const grid = virtualGrid({ label: "Faces", least: 96, gap: 8, cell: face => h("a", { href: `/search?face=${face.id}`, class: "tile", "aria-label": `Search for face ${face.id}` }, h("img", { src: crop(face.id), alt: "", decoding: "async" })) });
  const stop = new AbortController();
  const trouble = h("div", {});
  stream("/faces?searchable=true", items => grid.add(items, faces), stop.signal).catch(error => { if (error.name !== "AbortError") trouble.append(problemBox(error)); });
  return {
    title: "Faces", shown: grid.shown, leave: () => { stop.abort(); grid.leave(); },
    element: h("div", { class: "wide" }, h("h1", {}, "Faces"), h("p", { class: "quiet" }, faces === 0 ? "There are none." : `${faces.toLocaleString("en")} in the collection. Choose one to search for it.`), trouble, grid.element),
  };
}
