// One case: its references, what it finds, and what is new since the last visit.

import { addToCase, caseMatches, changeCase, crop, getCase, getLastChange, may, upload } from "../api.js";
import { fileName, h, plural } from "../dom.js";
import { show } from "../router.js";
import { pickerButtons } from "../components/photo-picker.js";
import { problemBox } from "../components/problem.js";
import { undoButton } from "../components/undo-button.js";
import { counted } from "./cases.js";

const most = 100;
const titles = { for: "Photos of the person", against: "Photos of others", rejected: "Rejected" };

export async function caseView({ id }) {
  const { case: of, faces } = await getCase(id);
  const locked = of.closed || of.expired;
  const found = locked || of.for === 0 ? null : await caseMatches(id, most, may("review"));
  const last = may("review") ? await getLastChange() : null;
  const trouble = h("div", {});
  const tell = async act => { trouble.replaceChildren(); try { await act(); show(); } catch (problem) { trouble.replaceChildren(problemBox(problem)); } };
  const add = role => files => tell(async () => {
    for (const file of files) await addToCase(id, role, [{ query: (await upload(file)).id }]);
  });
  return {
    title: of.name,
    element: h("div", { class: "wide stack" }, h("h1", {}, of.name), h("p", { class: "quiet" }, [counted(of), of.purpose].filter(Boolean).join(" · ")), trouble,
      Object.keys(titles).map(role => references(role, faces.filter(face => face.role === role))),
      may("review") && !locked && h("div", { class: "row" }, pickerButtons(add("for"), { main: "Add photos of the person", small: true }), pickerButtons(add("against"), { main: "Add photos of others", small: true })),
      last && last.undoneBy === null && ["case", "caseFaces"].includes(last.kind) && h("div", {}, undoButton(last.id, show)),
      h("h2", {}, found ? `${plural(found.matches.length, "match", "matches")}, ${found.matches.filter(match => match.new).length} new` : locked ? "Locked" : "No photo of the person yet"),
      found && h("ul", { class: "people" }, found.matches.map(({ match, reference, new: isNew }) => h("li", {},
        h("a", { href: `/photos/${match.photo}?face=${match.face.id}`, class: "tile" }, h("img", { src: crop(match.face.id), alt: fileName(match.path), loading: "lazy", decoding: "async" }),
          isNew && h("span", { class: "badge" }, "new"), h("span", { class: "quiet" }, match.meaning)),
        h("p", { class: "quiet tiny" }, `by ${fileName(reference.path)}`),
        may("review") && h("button", { type: "button", class: "button small", onclick: () => tell(() => addToCase(id, "rejected", [{ face: match.face.id }])) }, "Not the person"),
        may("review") && h("button", { type: "button", class: "button small", title: "A reference against: who looks like this person is ranked lower", onclick: () => tell(() => addToCase(id, "against", [{ face: match.face.id }])) }, "Against")))),
      may("review") && h("div", {}, h("button", { type: "button", class: "button", onclick: () => tell(() => changeCase(id, { closed: !of.closed })) }, of.closed ? "Open the case again" : "Close the case"))),
  };
}

function references(role, faces) {
  if (faces.length === 0) return null;
  return h("section", { "aria-label": titles[role] }, h("h2", {}, titles[role]), h("ul", { class: "people" }, faces.map(face => h("li", {}, face.face === null
    ? h("span", { class: "quiet" }, face.path ? `${fileName(face.path)}, not in the collection` : "not in the collection at the moment")
    : h("a", { href: `/photos/${face.photo}?face=${face.face}`, class: "tile" }, h("img", { src: crop(face.face), alt: `Face ${face.face}`, loading: "lazy", decoding: "async" }))))));
}
