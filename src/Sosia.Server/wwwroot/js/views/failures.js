// Files that could not be read, why, and another try.

import { getFailures, may, retryFailures } from "../api.js";
import { h, plural } from "../dom.js";
import { go } from "../router.js";
import { problemBox } from "../components/problem.js";

const reasons = {
  empty: "Empty file", notAnImage: "Not an image", noDecoder: "Format not supported", damaged: "Damaged", overLimit: "Over a limit",
  tooSlow: "Took too long", noAccess: "No permission", changing: "Was being written", notEmbedded: "The model made nothing of it", leadsOut: "A link that leads out",
};

export async function failuresView() {
  const { items, total } = await getFailures();
  const trouble = h("div", {});
  const retry = paths => async () => {
    try { await retryFailures(paths); await go("/jobs"); } catch (error) { trouble.replaceChildren(problemBox(error)); }
  };
  return {
    title: "Failures",
    element: h("div", { class: "wide" }, h("h1", {}, "Failures"), trouble,
      total === 0 ? h("p", { class: "quiet" }, "Every file could be read.") : [
        h("div", { class: "spread" }, h("p", {}, `${plural(total, "file")} could not be read.`), may("manage") && h("button", { type: "button", class: "button", onclick: retry(null) }, "Try all again")),
        h("ul", { class: "rows" }, items.map(failure => h("li", {},
          h("div", {}, h("strong", {}, reasons[failure.reason] ?? failure.reason), h("div", { class: "path" }, failure.path), h("div", { class: "quiet tiny" }, failure.message)),
          may("manage") && h("button", { type: "button", class: "button small", "aria-label": `Try again: ${failure.path}`, onclick: retry([failure.path]) }, "Try again")))),
        items.length < total && h("p", { class: "quiet" }, `The first ${items.length.toLocaleString("en")} are shown.`)]),
  };
}
