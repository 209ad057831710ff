// People as a wall of faces: those that have names, and groups that have none yet.

import { crop, getPeople, may } from "../api.js";
import { h, plural } from "../dom.js";
import { show } from "../router.js";
import { undoButton } from "../components/undo-button.js";

const most = 200;

export async function peopleView() {
  const { people, groups, groupsTotal, lastChange } = await getPeople(most);
  const several = groups.filter(group => group.suggested > 1);
  const tile = (person, href, name) => h("li", {}, h("a", { href, class: "tile" },
    person.faces.length > 0 && h("img", { src: crop(person.faces[0]), alt: "", loading: "lazy", decoding: "async" }),
    h("span", { class: "name" }, name), h("span", { class: "quiet" }, plural(person.confirmed || person.suggested, "face"))));
  return {
    title: "People",
    element: h("div", { class: "wide stack" }, h("h1", {}, "People"),
      h("div", { class: "row" }, may("review") && lastChange > 0 && undoButton(lastChange, show)),
      people.length > 0 && h("ul", { class: "people", "aria-label": "People who have names" }, people.map(person => tile(person, `/people/${person.id}`, person.name))),
      h("h2", {}, several.length > 0 ? "Who is this?" : "Nobody else"),
      h("p", { class: "quiet" }, several.length > 0
        ? `Faces that look like one person's. ${groupsTotal > groups.length ? `The ${plural(several.length, "largest group")}.` : "Choose one to name it."}`
        : "No two faces without a name look like one person's."),
      several.length > 0 && h("ul", { class: "people", "aria-label": "Groups without a name" }, several.map(group => tile(group, `/groups/${group.id.slice(1)}`, "Who is this?")))),
  };
}
