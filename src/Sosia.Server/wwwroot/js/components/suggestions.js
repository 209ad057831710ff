// Faces that may be a person's, asked one by one: Y for yes, N for no, S for later, U to take the last answer back.

import { crop, getSuggestions, say, undoChange } from "../api.js";
import { announce, h, plural } from "../dom.js";
import { problemBox } from "./problem.js";

const keys = { y: "confirm", n: "reject", s: "skip", u: "undo" };

/** @param onSaid Called when the last one was answered, if any was. */
export function suggestions({ who, name, onSaid }) {
  const element = h("section", { "aria-label": "Suggestions" });
  let left = [];
  const said = []; // the answers, each with the change that it made

  const answer = async what => {
    try {
      if (what === "undo") return await takeBack();
      const [first, ...rest] = left;
      if (!first) return;
      left = rest;
      if (what !== "skip") said.push({ asked: first, change: (await say(who, what, { faces: [first.face.id] })).lastChange });
    } catch (problem) { element.append(problemBox(problem)); return; }
    draw();
    if (!left.length && said.length) onSaid();
  };
  const takeBack = async () => {
    const last = said.at(-1);
    if (!last) return announce("There is nothing to undo");
    await undoChange(last.change);
    said.pop();
    left = [last.asked, ...left];
    draw();
  };
  const onKey = event => {
    const what = keys[event.key.toLowerCase()];
    if (!what || !left.length || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea, dialog")) return;
    event.preventDefault();
    answer(what);
  };
  const draw = () => {
    if (!left.length) { element.replaceChildren(); return; }
    const [first] = left;
    const button = (what, text, strong) => h("button", { type: "button", class: strong ? "button strong" : "button", onclick: () => answer(what) }, text);
    element.replaceChildren(h("div", { class: "ask" }, h("h2", {}, `Is this ${name}?`),
      h("img", { class: "portrait", src: crop(first.face.id, 320), alt: `Face ${first.face.id}`, width: "160", height: "160" }),
      h("p", {}, first.meaning, " · ", h("a", { href: `/photos/${first.face.photo}?face=${first.face.id}` }, "its photo")),
      h("div", { class: "row" }, button("confirm", "Yes (Y)", true), button("reject", "No (N)"), button("skip", "Skip (S)"), said.length > 0 && button("undo", "Undo (U)")),
      h("p", { class: "quiet" }, `${plural(left.length, "face")} to ask about.`)));
    announce(`Is this ${name}? ${first.meaning}`);
  };
  getSuggestions(who).then(found => { left = found.items; draw(); }, problem => element.append(problemBox(problem)));
  document.addEventListener("keydown", onKey);
  return { element, leave: () => document.removeEventListener("keydown", onKey) };
}
