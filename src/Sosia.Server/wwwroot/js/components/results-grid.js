// The photos that were found, best first, with a line between those above the threshold and those below.

import { h, plural } from "../dom.js";
import { countOthers } from "../search/like.js";
import { inOrder, orders } from "../search/taken.js";
import { matchCard } from "./match-card.js";

const firstBelow = 12;

export function resultsGrid(result, person, tell) {
  const cards = result.matches.map(match => ({ score: match.score, match, card: null }));
  const cardOf = entry => entry.card ??= matchCard(entry.match, person.markOf(entry.match.face?.id), tell, result.by);
  const above = h("ol", { class: "grid", "aria-label": "Matches, best first" });
  const below = h("ol", { class: "grid faint", "aria-label": "Below the line, best first" });
  const line = h("h2", { class: "line" });
  const nobody = h("div", { class: "nobody" });
  const more = h("button", { type: "button", class: "button" });
  let shownBelow = firstBelow;
  let split = -1;
  let order = "score";
  more.addEventListener("click", () => { shownBelow = Infinity; fillBelow(); below.querySelector(`li:nth-child(${firstBelow + 1})`)?.focus(); });

  function fillBelow() {
    below.replaceChildren(...cards.slice(split, split + shownBelow).map(cardOf));
    const left = Math.max(0, cards.length - split - shownBelow);
    more.hidden = left === 0;
    more.textContent = `Show ${plural(left, "more photo")} below the line`;
  }

  const arrange = () => above.append(...inOrder(cards.slice(0, Math.max(0, split)), order).map(cardOf));

  /** Arranges the photos above the line; below it they stay best first. */
  function sortBy(next) {
    order = next;
    above.setAttribute("aria-label", `Matches, ${orders[order].toLowerCase()}`);
    arrange();
  }

  /** Photos above the line, those searched with left out, as the summary counts them. */
  const countAbove = () => countOthers(cards.slice(0, split).map(({ match }) => match));

  /** Draws the line at a score: only cards that cross it move. */
  function drawAt(threshold) {
    const next = cards.filter(({ score }) => score >= threshold).length; // sorted: best first
    line.textContent = `Below the line at ${threshold.toFixed(2)}: probably others`;
    if (next === split) return countAbove();
    if (split < 0 || next < split) for (const { card } of cards.slice(next, Math.max(split, next))) card?.remove();
    above.append(...cards.slice(Math.max(0, split), next).map(cardOf));
    split = next;
    if (order !== "score") arrange();
    fillBelow();
    line.hidden = split === cards.length;
    const photos = countAbove();
    nobody.hidden = photos > 0;
    if (photos === 0) nobody.replaceChildren(...result.by !== "person" ? [h("h2", {}, "No other photo"), h("p", {}, "The collection holds no other photo that was indexed by look.")] : nobodyWords(cards.slice(split).find(({ match }) => !match.isQuery), threshold));
    roving();
    return photos;
  }

  /** Cards that are not shown yet are made when there is nothing else to do: the first ones are seen sooner, and the slider finds them made. */
  function makeAhead(from = 0) {
    window.requestIdleCallback?.(idle => {
      while (from < cards.length && idle.timeRemaining() > 2) cardOf(cards[from++]);
      if (from < cards.length && element.isConnected) makeAhead(from);
    });
  }

  /** One card can be reached by Tab, the arrows do the rest. */
  function roving() {
    const all = element.querySelectorAll(".card");
    if ([...all].some(card => card.tabIndex === 0)) return;
    if (all[0]) all[0].tabIndex = 0;
  }

  const element = h("div", { class: "results" }, nobody, above, line, below, h("div", { class: "centre" }, more));
  element.addEventListener("focusin", event => {
    const card = event.target.closest(".card");
    for (const other of element.querySelectorAll(".card[tabindex='0']")) if (other !== card) other.tabIndex = -1;
    if (card) card.tabIndex = 0;
  });
  makeAhead();
  return { element, drawAt, sortBy, above: () => inOrder(cards.slice(0, split), order).map(({ match }) => match) };
}

function nobodyWords(next, threshold) {
  return [
    h("h2", {}, "Nobody in this collection"),
    h("p", {}, next
      ? `No other photo reaches ${threshold.toFixed(2)}. The most alike has ${next.score.toFixed(2)}: ${next.match.meaning}.`
      : "There is no other photo with a face that could be compared."),
  ];
}
