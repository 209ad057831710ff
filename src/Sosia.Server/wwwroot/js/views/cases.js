// Cases: searches that are kept. The list, and the way to make one.

import { getCases, may, newCase, upload } from "../api.js";
import { fileName, h, plural } from "../dom.js";
import { go } from "../router.js";
import { pickerButtons } from "../components/photo-picker.js";
import { problemBox } from "../components/problem.js";

export async function casesView() {
  const { items } = await getCases();
  return {
    title: "Cases",
    element: h("div", { class: "narrow stack" }, h("h1", {}, "Cases"),
      h("p", { class: "quiet" }, "A case keeps a search: photos of a person, photos of others, what was rejected, and what it has shown."),
      items.length > 0 && h("ul", { class: "rows" }, items.map(item => h("li", {}, h("div", {}, h("a", { href: `/cases/${item.id}` }, item.name), h("p", { class: "quiet" }, counted(item)))))),
      may("review") && form()),
  };
}

/** "2 for, 1 against, 3 rejected, closed" */
export const counted = item => [`${item.for} for`, `${item.against} against`, `${item.rejected} rejected`, item.expired && "expired: locked", item.closed && "closed"].filter(Boolean).join(", ");

function form() {
  const photos = [];
  const list = h("p", { class: "quiet", role: "status" }, "No photo yet.");
  const trouble = h("div", {});
  const name = h("input", { type: "text", required: true, maxlength: "200", autocomplete: "off" });
  const take = async files => {
    trouble.replaceChildren();
    try {
      for (const file of files) photos.push(await upload(file));
      list.textContent = `${plural(photos.length, "photo")}: ${photos.map(photo => fileName(photo.path)).join(", ")}`;
    } catch (problem) { trouble.replaceChildren(problemBox(problem)); }
  };
  const make = async event => {
    event.preventDefault();
    try {
      const made = await newCase({ name: name.value, references: photos.map(photo => ({ query: photo.id })) });
      go(`/cases/${made.case.id}`);
    } catch (problem) { trouble.replaceChildren(problemBox(problem)); }
  };
  return h("form", { class: "stack", onsubmit: make }, h("h2", {}, "A new case"), h("label", {}, "Name ", name),
    pickerButtons(take, { main: "Photos of the person" }), list, h("div", {}, h("button", { type: "submit", class: "button" }, "Make the case")), trouble);
}
