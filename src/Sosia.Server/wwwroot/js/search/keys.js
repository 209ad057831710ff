// The keyboard on a page of results: arrows, Y, N, S to skip, W for why, U to undo, Escape to leave.

import { go } from "../router.js";

export function searchKeys(results, getDrawn, tell) {
  const cards = () => [...results.querySelectorAll(".card")];
  const current = () => document.activeElement?.closest?.(".card");

  function columns(list) {
    const top = list[0].offsetTop;
    const next = list.findIndex(card => card.offsetTop !== top);
    return next < 0 ? list.length : next;
  }

  function move(step) {
    const list = cards();
    if (list.length === 0) return;
    const at = list.indexOf(current());
    const target = at < 0 ? list[0] : list[Math.min(list.length - 1, Math.max(0, at + step(list)))];
    target.focus();
    target.scrollIntoView({ block: "nearest" });
  }

  const matchOf = card => card && getDrawn()?.result.matches.find(match => match.photo === Number(card.dataset.photo));
  const onCard = act => { const match = matchOf(current()); if (match) act(match); };

  const keys = {
    ArrowRight: () => move(() => 1), ArrowLeft: () => move(() => -1), ArrowDown: () => move(columns), ArrowUp: () => move(list => -columns(list)),
    s: () => move(() => 1), y: () => onCard(match => tell.mark(match, "yes")), n: () => onCard(match => tell.mark(match, "no")),
    w: () => onCard(match => tell.why(match)), u: () => tell.undo(), Enter: () => onCard(match => go(`/photos/${match.photo}${match.face ? `?face=${match.face.id}` : ""}`)),
    Escape: () => go("/"),
  };

  function press(event) {
    if (document.querySelector("dialog[open]") || event.target.closest("input:not([type=radio]), textarea, select, details[open]")) return;
    if (event.target.type === "radio" && event.key.startsWith("Arrow")) return; // they choose
    if ((event.ctrlKey || event.metaKey) && event.key === "z") { event.preventDefault(); tell.undo(); return; }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" && !event.target.classList?.contains("card")) return;
    const key = event.key === " " && event.target.classList?.contains("card") ? "s" : event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (!keys[key]) return;
    event.preventDefault();
    keys[key]();
  }

  return { start: () => addEventListener("keydown", press), stop: () => removeEventListener("keydown", press) };
}
