// A photo in a square, moved and enlarged so that the face in it can be seen, with a box around it.

import { h } from "../dom.js";

const smallest = 0.3, mostZoom = 3;

/** Where photo and box lie in a square of side 1: { zoom, left, top, width, height } of the photo. */
function place({ width, height, box }) {
  const cover = 1 / Math.min(width, height);
  const zoom = box ? Math.min(mostZoom, Math.max(1, smallest / (Math.max(box.width, box.height) * cover))) : 1;
  const scale = cover * zoom;
  const middle = box ? [box.left + box.width / 2, box.top + box.height / 2] : [width / 2, height / 2];
  const shift = (at, size) => Math.min(0, Math.max(1 - size * scale, 0.5 - at * scale));
  return { zoom, scale, left: shift(middle[0], width), top: shift(middle[1], height), width: width * scale, height: height * scale };
}

const percent = value => `${(value * 100).toFixed(3)}%`;

/** @param source (side) → address of a thumbnail whose longer side is `side` pixels. */
export function framedFace({ width, height, box, source, alt }) {
  const at = place({ width, height, box });
  const side = Math.max(at.width, at.height) > 1.6 ? 640 : 320;
  return h("div", { class: "frame" },
    h("img", { src: source(side), alt, loading: "lazy", decoding: "async", draggable: "false", style: { left: percent(at.left), top: percent(at.top), width: percent(at.width), height: percent(at.height) } }),
    box && h("span", { class: "face-box", style: {
      left: percent(at.left + box.left * at.scale), top: percent(at.top + box.top * at.scale), width: percent(box.width * at.scale), height: percent(box.height * at.scale) } }));
}
