// Elements without a framework: h("button", { class: "plain", onclick: go }, "Go").

/** The path under which a proxy gives this page to the world; empty for the root. */
export const base = document.documentElement.dataset.base ?? "";

/** Makes an element. An `href` is an address of this page: the path before it is added here. `on…` are listeners, `style` an object (set by script, which the content policy allows), true and false set and leave out. */
export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "style") Object.assign(element.style, value);
    else if (key === "href" && value.startsWith("/") && !value.startsWith(`${base}/api/`)) element.setAttribute(key, base + value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter(child => child !== null && child !== undefined && child !== false));
  return element;
}

/** An icon of 20 × 20 from the path data of its lines. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "icon");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", shapes[name]);
  svg.append(path);
  return svg;
}

const shapes = {
  yes: "M4 10.5l4 4 8-9",
  no: "M5 5l10 10M15 5L5 15",
  undo: "M7 4L3 8l4 4M3 8h8.5a4.5 4.5 0 010 9H8",
  why: "M7.2 7.3a2.9 2.9 0 115.6 1c0 1.9-2.8 2.3-2.8 4.2M10 15.8v.2",
  camera: "M3 6.5h3l1.5-2h5l1.5 2h3v9H3zM10 13.7a3 3 0 100-6 3 3 0 000 6z",
  plus: "M10 4v12M4 10h12",
  box: "M4 7V4h3M13 4h3v3M16 13v3h-3M7 16H4v-3",
  down: "M10 3v10M6 9.5l4 4 4-4M4 17h12",
  look: "M2.5 10S5.5 5 10 5s7.5 5 7.5 5-3 5-7.5 5-7.5-5-7.5-5zM10 12.2a2.2 2.2 0 100-4.4 2.2 2.2 0 000 4.4z",
  name: "M10 9.5a3 3 0 100-6 3 3 0 000 6zM4 16.5c.6-3 3-4.5 6-4.5s5.4 1.5 6 4.5",
  photo: "M3 4.5h14v11H3zM3 13l4-4 4 4 2.5-2.5L17 14",
};

/** Says something to a screen reader without moving anything. */
export function announce(text) {
  const live = document.getElementById("live");
  live.textContent = "";
  requestAnimationFrame(() => { live.textContent = text; });
}

/** The last part of a path, for people. */
export const fileName = path => path.slice(path.lastIndexOf("/") + 1);

export const plural = (count, one, many = `${one}s`) => `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
