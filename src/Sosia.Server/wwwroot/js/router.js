// Addresses and views. A view is a function (params, query) → { title, element, leave? }, or a promise of one.

import { announce, base, h } from "./dom.js";
import { problemBox } from "./components/problem.js";

const routes = [];
let leave = null;
let turn = 0;

/** route("/photos/:id", view): the first that fits shows. */
export function route(pattern, view) {
  const names = [];
  const regex = new RegExp(`^${pattern.replace(/:(\w+)/g, (_, name) => { names.push(name); return "(\\d+)"; })}$`);
  routes.push({ regex, names, view });
}

/** Goes to an address of this page. */
export function go(address, { replace = false } = {}) {
  history[replace ? "replaceState" : "pushState"](null, "", base + address);
  return show();
}

/** Keeps the address in step with what is on the screen, without showing it anew. */
export const setAddress = address => history.replaceState(null, "", base + address);

/** Shows the view of the present address. */
export async function show() {
  const mine = ++turn;
  const main = document.getElementById("main");
  leave?.();
  leave = null;
  const path = location.pathname.slice(base.length) || "/";
  const found = routes.find(candidate => candidate.regex.test(path));
  let view;
  try {
    if (!found) throw new Error("There is no such page here.");
    const values = found.regex.exec(path).slice(1);
    view = await found.view(Object.fromEntries(found.names.map((name, i) => [name, values[i]])), new URLSearchParams(location.search));
  } catch (error) {
    view = { title: "Not found", element: h("div", { class: "narrow" }, h("h1", {}, "This can't be shown"), problemBox(error), h("p", {}, h("a", { href: "/" }, "Back to the start"))) };
  }
  if (mine !== turn) { view.leave?.(); return; } // somebody has gone on meanwhile
  leave = view.leave ?? null;
  document.title = view.title ? `${view.title} · Sosia` : "Sosia";
  main.replaceChildren(view.element);
  view.shown?.();
  for (const link of document.querySelectorAll(".nav a"))
    link.toggleAttribute("data-here", link.getAttribute("href") === base + (path === "/search" ? "/" : path.startsWith("/groups/") ? "/people" : `/${path.split("/")[1]}`));
  markHere();
  scrollTo(0, 0);
  if (view.title) announce(view.title);
}

function markHere() {
  for (const link of document.querySelectorAll(".nav a"))
    if (link.hasAttribute("data-here")) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
}

/** Links inside the page and the browser's own back and forward. */
export function start() {
  addEventListener("popstate", show);
  document.addEventListener("click", event => {
    const link = event.target.closest?.("a[href^='/']");
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || link.download || link.target || link.getAttribute("href").startsWith(`${base}/api/`)) return;
    event.preventDefault();
    go(link.getAttribute("href").slice(base.length));
  });
  return show();
}
