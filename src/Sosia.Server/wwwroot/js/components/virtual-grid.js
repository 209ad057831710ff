// A grid of any length: only what is near the screen is in the document.

import { h } from "../dom.js";

const spare = 3; // rows beyond the screen on either side

/**
 * @param cell (item, index) → element
 * @param least narrowest cell, in px @param below height under the square picture, in px
 */
export function virtualGrid({ cell, label, least = 150, below = 0, gap = 12 }) {
  const list = h("div", { class: "virtual", role: "list", "aria-label": label });
  const drawn = new Map();
  let items = [], total = 0, columns = 1, side = least, waiting = false, current = 0;

  function measure() {
    const width = list.clientWidth;
    if (!width) return;
    columns = Math.max(2, Math.floor((width + gap) / (least + gap)));
    side = (width - gap * (columns - 1)) / columns;
    list.style.height = `${Math.ceil(items.length / columns) * (side + below + gap)}px`;
  }

  function draw() {
    waiting = false;
    if (!list.isConnected) return;
    const row = side + below + gap;
    const top = -list.getBoundingClientRect().top;
    const first = Math.max(0, (Math.floor(top / row) - spare) * columns);
    const last = Math.min(items.length, (Math.ceil((top + innerHeight) / row) + spare) * columns);
    for (const [index, element] of drawn) if ((index < first || index >= last) && !element.contains(document.activeElement)) drop(index, element);
    for (let index = first; index < last; index++) place(index, row);
  }

  /** What has scrolled away is not waited for: the pictures on the screen come first. */
  function drop(index, element) {
    element.querySelector("img")?.removeAttribute("src");
    element.remove();
    drawn.delete(index);
  }

  function place(index, row) {
    let element = drawn.get(index);
    if (!element) {
      element = h("div", { role: "listitem", class: "cell", "data-index": index, "aria-posinset": index + 1 }, cell(items[index], index));
      drawn.set(index, element);
      const after = [...drawn.keys()].filter(other => other > index).sort((a, b) => a - b)[0];
      list.insertBefore(element, drawn.get(after) ?? null);
    }
    element.setAttribute("aria-setsize", Math.max(total, items.length));
    element.querySelector("a").tabIndex = index === current ? 0 : -1;
    Object.assign(element.style, { width: `${side}px`, height: `${side + below}px`, transform: `translate(${(index % columns) * (side + gap)}px, ${Math.floor(index / columns) * row}px)` });
  }

  const soon = () => { if (!waiting) { waiting = true; requestAnimationFrame(draw); } };
  const resized = new ResizeObserver(() => { measure(); soon(); });

  function focus(index) {
    current = Math.min(items.length - 1, Math.max(0, index));
    const top = list.getBoundingClientRect().top + Math.floor(current / columns) * (side + below + gap);
    if (top < 80 || top + side + below > innerHeight) scrollBy(0, top - innerHeight / 3);
    draw();
    drawn.get(current)?.querySelector("a").focus({ preventScroll: true });
  }

  list.addEventListener("focusin", event => { current = Number(event.target.closest(".cell").dataset.index); soon(); });
  list.addEventListener("keydown", event => {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns, PageUp: -columns * 4, PageDown: columns * 4, Home: -Infinity, End: Infinity }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    focus(current + step);
  });

  return {
    element: list,
    add(more, all) { items = items.concat(more); total = all; measure(); soon(); },
    shown() { resized.observe(list); addEventListener("scroll", soon, { passive: true }); measure(); draw(); },
    leave() { resized.disconnect(); removeEventListener("scroll", soon); },
  };
}
