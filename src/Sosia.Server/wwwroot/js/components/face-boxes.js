// A photo with its faces as boxes to click, and a box of one's own: dragged, or moved by the arrow keys.

import { announce, h } from "../dom.js";

const percent = value => `${value * 100}%`;

/**
 * @param photo { width, height, faces: [{ face, box, searchable }] }
 * @param chosen the face that is taken, or null
 * @param onFace told of a click on a face; @param onBox (optional) told of a box drawn by hand, in the photo's pixels
 */
export function faceBoxes({ photo, source, alt, chosen, onFace, onBox }) {
  const stage = h("div", { class: "boxes", style: { aspectRatio: `${photo.width} / ${photo.height}` } },
    h("img", { src: source, alt, draggable: "false" }),
    photo.faces.map((face, i) => h("button", {
      type: "button", class: "face-choice", "aria-pressed": String(face.face === chosen), disabled: !face.searchable,
      title: face.searchable ? "" : "Too poor to be recognised",
      "aria-label": `Face ${i + 1} of ${photo.faces.length}${face.searchable ? "" : ", too poor to be recognised"}`,
      style: { left: percent(face.box.left / photo.width), top: percent(face.box.top / photo.height), width: percent(face.box.width / photo.width), height: percent(face.box.height / photo.height) },
      onclick: () => onFace(face),
    })));
  stage.style.setProperty("--ratio", photo.width / photo.height); // its height is bounded by its width
  if (onBox) drawing(stage, photo, onBox);
  return stage;
}

function drawing(stage, photo, onBox) {
  let from = null, ghost = null;
  const at = event => {
    const area = stage.getBoundingClientRect();
    const part = (value, low, size) => Math.min(1, Math.max(0, (value - low) / size));
    return [part(event.clientX, area.left, area.width), part(event.clientY, area.top, area.height)];
  };
  stage.addEventListener("pointerdown", event => {
    if (event.button || event.target.closest(".own-box")) return;
    from = at(event);
  });
  stage.addEventListener("pointermove", event => {
    if (!from) return;
    const [x, y] = at(event);
    if (!ghost && Math.hypot(x - from[0], y - from[1]) < 0.02) return;
    if (!ghost) { ghost = h("span", { class: "ghost" }); stage.append(ghost); stage.setPointerCapture(event.pointerId); }
    Object.assign(ghost.style, { left: percent(Math.min(x, from[0])), top: percent(Math.min(y, from[1])), width: percent(Math.abs(x - from[0])), height: percent(Math.abs(y - from[1])) });
  });
  const end = event => {
    const drawn = ghost && from;
    const [x, y] = at(event);
    const [x0, y0] = from ?? [0, 0];
    ghost?.remove();
    from = ghost = null;
    if (!drawn || event.type === "pointercancel") return;
    stage.addEventListener("click", click => { click.stopPropagation(); click.preventDefault(); }, { capture: true, once: true });
    setTimeout(() => stage.dispatchEvent(new Event("click"))); // in case no click follows
    tell(photo, { left: Math.min(x, x0), top: Math.min(y, y0), width: Math.abs(x - x0), height: Math.abs(y - y0) }, onBox);
  };
  stage.addEventListener("pointerup", end);
  stage.addEventListener("pointercancel", end);
}

function tell(photo, part, onBox) {
  if (part.width * photo.width < 8 || part.height * photo.height < 8) return;
  onBox({ left: part.left * photo.width, top: part.top * photo.height, width: part.width * photo.width, height: part.height * photo.height });
}

/** A box that the keyboard moves (arrows), resizes (Shift and arrows), takes (Enter) or leaves (Escape). */
export function boxByKeyboard(stage, photo, onBox) {
  stage.querySelector(".own-box")?.remove();
  const part = { left: 0.35, top: 0.25, width: 0.3, height: 0.3 * photo.width / photo.height };
  const box = h("button", { type: "button", class: "own-box", "aria-label": "Your box: arrows move it, Shift and arrows resize it, Enter takes it, Escape leaves it" });
  const draw = () => Object.assign(box.style, { left: percent(part.left), top: percent(part.top), width: percent(part.width), height: percent(part.height) });
  const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
  box.addEventListener("keydown", event => {
    const [x, y] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [0, 0];
    if (event.key === "Escape") box.remove();
    else if (!x && !y) return;
    else if (event.shiftKey) { part.width = clamp(part.width + x * 0.02, 0.04, 1 - part.left); part.height = clamp(part.height + y * 0.02, 0.04, 1 - part.top); }
    else { part.left = clamp(part.left + x * 0.02, 0, 1 - part.width); part.top = clamp(part.top + y * 0.02, 0, 1 - part.height); }
    event.preventDefault();
    event.stopPropagation();
    draw();
  });
  box.addEventListener("click", () => { box.remove(); tell(photo, part, onBox); });
  draw();
  stage.append(box);
  box.focus();
  announce("A box is on the photo. Arrows move it, Shift and arrows resize it, Enter takes it.");
}
