// How much the score falls when a patch is covered, as warmth over the face.

import { h } from "../dom.js";

export function heatMap({ columns, rows, drops }) {
  const canvas = h("canvas", { class: "heat", width: columns, height: rows, role: "img", "aria-label": words(drops) });
  const context = canvas.getContext("2d");
  const most = Math.max(1e-6, ...drops.flat());
  drops.forEach((row, y) => row.forEach((drop, x) => {
    const warmth = Math.max(0, drop / most);
    context.fillStyle = `hsl(${50 - 40 * warmth} 100% 50% / ${0.75 * warmth})`;
    context.fillRect(x, y, 1, 1);
  }));
  return canvas;
}

function words(drops) {
  const flat = drops.flatMap((row, y) => row.map((drop, x) => ({ drop, x, y })));
  const { x, y } = flat.reduce((best, next) => (next.drop > best.drop ? next : best));
  const third = (at, size, names) => names[Math.min(2, Math.floor(at / size * 3))];
  return `Heat map: covering the ${third(y, drops.length, ["upper", "middle", "lower"])} ${third(x, drops[0].length, ["left", "middle", "right"])} of the face lowers the score most`;
}
