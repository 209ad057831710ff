// One photo that was found: the face, how alike, what that means, and what to say of it.

import { may, thumbnail } from "../api.js";
import { fileName, h, icon } from "../dom.js";
import { expectationInWords } from "../search/meaning.js";
import { takenInWords } from "../search/taken.js";
import { framedFace } from "./framed-face.js";
import { openNameDialog } from "./name-dialog.js";

const foundBy = { person: "Found by person", look: "Found by look", both: "Found by person and by look" };

/** @param tell { mark(match, "yes" | "no"), why(match) }; @param by what was compared */
export function matchCard(match, mark, tell, by) {
  const found = by !== "person" && foundBy[match.foundBy];
  const name = fileName(match.path);
  const score = match.score.toFixed(2);
  const say = (kind, label) => h("button", { type: "button", class: `mark ${kind}`, "aria-pressed": String(mark === kind), "aria-label": `${label}: ${name}`, title: label, onclick: () => tell.mark(match, kind) }, icon(kind));
  const card = h("li", { class: "card", "data-photo": match.photo, "data-face": match.face?.id ?? false, "data-found": match.foundBy, "data-mark": mark ?? false, tabindex: "-1",
    "aria-label": `Rank ${match.rank}, ${name}, similarity ${score}, ${match.meaning}${found ? `, ${found.toLowerCase()}` : ""}${mark ? (mark === "yes" ? ", marked as this person" : ", marked as not this person") : ""}` },
    h("a", { href: `/photos/${match.photo}${match.face ? `?face=${match.face.id}` : ""}`, class: "card-photo", tabindex: "-1", "aria-label": `Photo ${name}` },
      framedFace({ width: match.width, height: match.height, box: match.face?.box, source: side => thumbnail(match.photo, side), alt: "" })),
    match.isQuery && h("span", { class: "badge" }, mark === "yes" ? "this person" : "searched with"),
    mark === "no" && h("span", { class: "badge no" }, "not this person"),
    h("div", { class: "card-words" },
      h("p", { class: "score" }, h("span", { class: "unseen" }, "Similarity "), h("strong", {}, score),
        h("meter", { min: "0", max: "1", value: Math.max(0, match.score), "aria-label": "Similarity", title: `Similarity ${match.score.toFixed(3)}` })),
      found && h("p", { class: "found-by" }, found, match.foundBy === "both" && h("span", { class: "quiet" }, ` (look ${match.lookScore.toFixed(2)})`)),
      h("p", { class: "meaning" }, match.meaning),
      h("p", { class: "quiet tiny" }, expectationInWords(match.expectedFalseMatches)),
      match.facts.caption && h("p", { class: "caption tiny", title: match.facts.caption }, match.facts.caption),
      match.taken && match.taken.from !== "file" && h("p", { class: "taken quiet tiny" }, takenInWords(match.taken), match.facts.camera && `, ${match.facts.camera}`),
      h("p", { class: "file quiet tiny", title: match.path }, name)),
    likeIt(match),
    h("div", { class: "card-acts" },
      match.face && say("yes", "Yes, this person"), match.face && say("no", "Not this person"),
      match.face && may("review") && h("button", { type: "button", class: "mark", "aria-label": `Name this face: ${name}`, title: "Name this face", onclick: () => openNameDialog(match.face.id) }, icon("name")),
      h("button", { type: "button", class: "mark", "aria-label": `Why? ${name}`, title: "Why?", onclick: () => tell.why(match) }, icon("why"))));
  return card;
}

/** The photos that were folded into this one, opened by a click. */
function likeIt({ copies, burst }) {
  const others = copies.length + burst.length;
  if (others === 0) return null;
  const list = (name, photos) => photos.length > 0 && [h("p", { class: "quiet tiny" }, name),
    h("ul", { class: "like-it" }, photos.map(({ photo, path }) => h("li", {}, h("a", { href: `/photos/${photo}`, title: path },
      h("img", { src: thumbnail(photo, 160), alt: fileName(path), loading: "lazy", width: 64, height: 64 })))))];
  return h("details", { class: "like" }, h("summary", {}, `and ${others.toLocaleString("en")} like it`), list("The same picture", copies), list("The same moment", burst));
}
