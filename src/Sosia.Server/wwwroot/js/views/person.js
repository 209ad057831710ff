// A person, or a group that has no name yet: the faces by time, suggestions, and what can be said.

import { crop, getPeople, getPerson, may, say } from "../api.js";
import { h, plural } from "../dom.js";
import { go, show } from "../router.js";
import { nameForm } from "../components/name-form.js";
import { problemBox } from "../components/problem.js";
import { suggestions } from "../components/suggestions.js";
import { undoButton } from "../components/undo-button.js";

export async function personView(who) {
  const { person, faces, lastChange } = await getPerson(who);
  const named = person.name !== null;
  const others = named && may("review") ? (await getPeople(0)).people.filter(other => other.id !== person.id) : [];
  const asked = named && may("review") ? suggestions({ who, name: person.name, onSaid: show }) : null;
  return {
    title: person.name ?? "Who is this?", leave: asked?.leave,
    element: h("div", { class: "wide stack" }, h("h1", {}, person.name ?? "Who is this?"),
      h("p", { class: "quiet" }, counted(person)),
      faces.length > 0 && h("div", { class: "row" }, h("a", { class: "button strong", href: `/search?face=${faces[0].face.id}` }, "Search with the first face"), may("review") && lastChange > 0 && undoButton(lastChange, show)),
      may("review") && (named
        ? nameForm({ label: "Another name", wish: { asOf: lastChange }, value: person.name, action: "Rename", send: wish => say(who, "name", wish), onNamed: show })
        : nameForm({ label: "Name", wish: { group: person.id, asOf: lastChange }, onNamed: id => go(`/people/${id}`) })),
      asked?.element,
      may("review") ? chosen({ who, named, faces, others, lastChange }) : h("ul", { class: "people" }, faces.map(face => h("li", {}, tile(face))))),
  };
}

const counted = ({ name, confirmed, suggested, elsewhere }) => name === null
  ? `${plural(suggested, "face")} that look like one person's.`
  : [`${plural(confirmed, "face")} confirmed`, suggested && `${suggested} grouped with them`, elsewhere && `${elsewhere} not in the collection at the moment`].filter(Boolean).join(", ") + ".";

const tile = ({ face, confirmed, taken }) => h("a", { href: `/photos/${face.photo}?face=${face.id}`, class: "tile" },
  h("img", { src: crop(face.id), alt: `Face ${face.id}`, loading: "lazy", decoding: "async" }), h("span", { class: "quiet" }, [taken?.at.slice(0, 10), !confirmed && "not confirmed"].filter(Boolean).join(", ")));

/** The faces to choose from, and what can be said of those that are chosen. */
function chosen({ who, named, faces, others, lastChange }) {
  const trouble = h("div", {});
  const boxes = faces.map(({ face }) => h("input", { type: "checkbox", value: face.id, "aria-label": `Choose face ${face.id}` }));
  const picked = () => boxes.filter(box => box.checked).map(box => Number(box.value));
  const tell = async (what, wish, then = show) => {
    trouble.replaceChildren();
    try { then(await say(who, what, { ...wish, asOf: lastChange })); } catch (problem) { trouble.replaceChildren(problemBox(problem)); }
  };
  const other = h("select", { "aria-label": "The same person as" }, others.map(person => h("option", { value: person.id }, person.name)));
  const otherName = h("input", { type: "text", maxlength: "200", "aria-label": "Their name", placeholder: "Their name", autocomplete: "off" });
  return h("section", { class: "stack", "aria-label": "Faces" },
    h("ul", { class: "people" }, faces.map((face, i) => h("li", {}, tile(face), h("label", {}, boxes[i], "choose")))),
    named && h("div", { class: "row" },
      h("button", { type: "button", class: "button", onclick: () => tell("confirm", { faces: picked() }) }, "Confirm the chosen"),
      h("button", { type: "button", class: "button", onclick: () => tell("reject", { faces: picked() }) }, "The chosen are not"),
      otherName, h("button", { type: "button", class: "button", onclick: () => tell("split", { faces: picked(), name: otherName.value }, ({ person }) => go(`/people/${person}`)) }, "The chosen are somebody else")),
    others.length > 0 && h("div", { class: "row" }, other, h("button", { type: "button", class: "button", onclick: () => tell("merge", { other: other.value }) }, "Is the same person")),
    trouble);
}
