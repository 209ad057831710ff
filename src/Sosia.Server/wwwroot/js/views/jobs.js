// Index a folder and watch.

import { getCollection, getJobs, startIndex } from "../api.js";
import { h } from "../dom.js";
import { jobCard } from "../components/job-card.js";
import { problemBox } from "../components/problem.js";

export async function jobsView() {
  const [{ items }, collection] = await Promise.all([getJobs(), getCollection().catch(() => null)]);
  const cards = [];
  const list = h("ul", { class: "jobs", "aria-label": "Jobs, newest first" });
  const trouble = h("div", {});
  const ended = () => dispatchEvent(new Event("sosia:collection-changed"));
  const add = (job, where) => { const card = jobCard(job, ended); cards.push(card); list[where](card.element); };
  items.forEach(job => add(job, "append"));

  const folder = h("input", { id: "folder", name: "folder", type: "text", required: true, autocomplete: "off", spellcheck: "false", placeholder: "/home/me/Pictures", "aria-describedby": "folder-help" });
  const look = h("input", { id: "by-look", type: "checkbox", checked: Boolean(collection?.look) });
  const form = h("form", { class: "stack", onsubmit: async event => {
    event.preventDefault();
    trouble.replaceChildren();
    try { add(await startIndex(folder.value.trim(), look.checked), "prepend"); folder.value = ""; } catch (error) { trouble.replaceChildren(problemBox(error)); }
  } },
    h("label", { for: "folder" }, "Folder"), h("div", { class: "row" }, folder, h("button", { class: "button strong" }, "Index")),
    h("p", {}, h("label", { class: "check" }, look, "By look too: whole photos can be compared, also those without a face")),
    h("p", { id: "folder-help", class: "quiet tiny" }, "A full path on the server's machine: in its user's home, in a folder whose photos are known already, or one allowed with sosia serve --allow. Photos are read where they lie; nothing is copied or changed. Files already known are skipped."));
  return { title: "Index", leave: () => cards.forEach(card => card.leave()), element: h("div", { class: "narrow" }, h("h1", {}, "Index a folder"), form, trouble, list) };
}
