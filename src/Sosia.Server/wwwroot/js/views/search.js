// A search: the person on one side, the photos found on the other.

import { getQuery, search } from "../api.js";
import { announce, h, icon, plural } from "../dom.js";
import { setAddress } from "../router.js";
import { bySwitch } from "../components/by-switch.js";
import { exportMenu } from "../components/export-menu.js";
import { problemBox } from "../components/problem.js";
import { resultsGrid } from "../components/results-grid.js";
import { thresholdSlider } from "../components/threshold-slider.js";
import { openWhy } from "../components/why-dialog.js";
import { toast } from "../components/toast.js";
import { Person } from "../search/person.js";
import { personPanel } from "../search/person-panel.js";
import { countOthers } from "../search/like.js";
import { orders } from "../search/taken.js";
import { addUploadsTo, fresh } from "../search/uploads.js";
import { searchKeys } from "../search/keys.js";

/** More than this the server does not send. */
const most = 10_000;

export async function searchView(_, link) {
  const person = Person.fromAddress(link);
  if (person.references.length === 0) throw new Error("This link names nobody to search for.");
  const by = bySwitch(choice => change(() => person.compare(choice)));
  const who = h("div", { class: "who" });
  const side = h("aside", { class: "side", "aria-label": "What is searched for" }, by.element, who);
  const results = h("div", { class: "found" });
  const element = h("div", { class: "search" }, h("h1", { class: "unseen" }, "Search"), side, results);
  let line = null, drawn = null, asked = null, limit = 200, order = "score";

  async function refresh(keep) {
    asked?.abort();
    const mine = asked = new AbortController();
    try {
      const result = await search(person.toBody(limit), mine.signal);
      if (result.by === "person" && line?.rule !== `${result.rule} ${result.references}`) line = { rule: `${result.rule} ${result.references}`, at: result.threshold };
      draw(result, keep);
    } catch (error) {
      if (error.name === "AbortError") return;
      await drawProblem(error);
    }
  }

  /** Changes who is searched for; address and ranking follow. */
  const change = async (step, keep) => {
    step();
    setAddress(person.toAddress());
    await refresh(keep);
  };

  const tell = {
    mark: (match, kind) => !match.face ? announce("Found by look: there is no face to say that of") : change(() => person.mark(match.face.id, kind), match.photo).then(() => {
      const mark = person.markOf(match.face.id);
      toast(mark === "yes" ? "Counted as this person; the ranking follows." : mark === "no" ? "Counted as somebody else; the ranking follows." : "Taken back.");
    }),
    why: match => openWhy(match, person),
    undo: () => person.canUndo ? change(() => person.undo()).then(() => announce("Undone")) : Promise.resolve(announce("There is nothing to undo")),
    add: queries => change(() => queries.forEach(({ id, face }) => person.add(face ? { query: id, face } : { query: id }))),
    change,
  };

  function draw(result, keep) {
    const grid = resultsGrid(result, person, tell);
    // Only scores of faces have a meaning that a line could be drawn by.
    const slider = result.by === "person" ? thresholdSlider(result, line.at, at => { line.at = at; return grid.drawAt(at); }).element : lookWords(result);
    if (result.by !== "person") grid.drawAt(-Infinity);
    grid.sortBy(order);
    drawn = { result, grid };
    by.show(person.by);
    who.replaceChildren(personPanel([result.query, ...result.also ?? []], person, tell), slider);
    results.replaceChildren(...[h("div", { class: "spread tools" },
      h("p", { class: "summary" }, h("strong", {}, summary(result)), h("span", { class: "quiet" }, ` among ${among(result)}, in ${time(result)}`)),
      h("div", { class: "row" },
        h("select", { "aria-label": "Order of the matches", class: "button small", onchange: ({ target }) => { order = target.value; grid.sortBy(order); announce(orders[order]); } },
          Object.entries(orders).map(([value, label]) => h("option", { value, selected: value === order }, label))),
        h("button", { type: "button", class: "button small", disabled: !person.canUndo, onclick: tell.undo }, icon("undo"), "Undo"),
        exportMenu(() => grid.above(), person))),
      grid.element, result.matches.length === limit && limit < most && h("p", { class: "centre" },
        h("button", { type: "button", class: "button", onclick: () => { limit = Math.min(most, limit * 5); refresh(); } }, `Only the best ${limit.toLocaleString("en")} are shown: look further`)), keyHelp()].filter(Boolean));
    announce(result.foundSomebody ? summary(result) : result.by === "person" ? "Nobody in this collection" : "No other photo");
    if (keep) (results.querySelector(`.card[data-photo="${keep}"]`) ?? results.querySelector(".card"))?.focus({ preventScroll: true });
  }

  async function drawProblem(error) {
    const uploads = await Promise.all(person.references.filter(({ query }) => query).map(async ({ query }) => fresh.get(query) ?? getQuery(query).catch(() => null)));
    const known = uploads.filter(Boolean);
    by.show(person.by);
    who.replaceChildren(...known.length && error.kind !== "query-gone" ? [personPanel(known, person, tell)] : []);
    results.replaceChildren(problemBox(error), h("p", {}, h("a", { href: "/", class: "button" }, "Start again")));
  }

  const keys = searchKeys(results, () => drawn, tell);
  addUploadsTo(tell.add);
  await refresh();
  return { title: "Results", element, shown: () => keys.start(), leave: () => { keys.stop(); addUploadsTo(null); asked?.abort(); } };
}

/** Milliseconds of the search; opening the index, which the first search waits for, is said apart. */
const time = ({ elapsedMs, openingMs }) => `${Math.max(1, Math.round(elapsedMs))} ms${openingMs >= 100 ? `, after ${(openingMs / 1000).toFixed(1)} s in which the index was opened` : ""}`;

const summary = result => {
  const others = countOthers(result.matches.filter(match => match.foundBy !== "person" || match.score >= result.threshold));
  if (result.by === "look") return `${plural(others, "photo")}, most alike first`;
  return result.foundSomebody ? plural(others, "match", "matches") : "No match";
};

const among = result => [result.by !== "look" && result.facesSearched > 0 && plural(result.facesSearched, "face"), result.by !== "person" && plural(result.photosSearched, "photo")].filter(Boolean).join(" and ");

const lookWords = result => h("p", { class: "look-words quiet" }, result.by === "look"
  ? "Whole photos are compared. The number is the cosine of what an image network makes of them; how often such a number is chance was not measured."
  : "Two rankings are merged by rank: the person's, above its recommended line, and the look's. Each photo says what found it; only the person's number has a known error rate.");

const keyHelp = () => h("p", { class: "keys quiet tiny" },
  ...[["← → ↑ ↓", "move"], ["Y", "yes"], ["N", "not this person"], ["S", "skip"], ["W", "why?"], ["U", "undo"], ["Esc", "back"]].map(([key, word]) => h("span", {}, h("kbd", {}, key), ` ${word}`)));
