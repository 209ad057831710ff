// The key, asked once.

import { signIn } from "../api.js";
import { h } from "../dom.js";
import { problemBox } from "../components/problem.js";

export function signInView(onSignedIn, problem) {
  const trouble = h("div", {}, problem && problemBox(problem));
  const key = h("input", { id: "key", type: "password", required: true, autocomplete: "current-password" });
  document.title = "Sign in · Sosia";
  return h("form", { class: "narrow stack sign-in", onsubmit: async event => {
    event.preventDefault();
    try { await onSignedIn(await signIn(key.value.trim())); } catch (error) { trouble.replaceChildren(problemBox(error)); key.select(); }
  } }, h("h1", {}, "This collection needs a key"),
    h("p", { class: "quiet" }, "Open the address that ", h("code", {}, "sosia serve"), " printed when it started, or enter its token here, or the key that ",
      h("code", {}, "sosia keys add"), " made."),
    h("label", { for: "key" }, "API key or token"), key, h("div", {}, h("button", { class: "button strong" }, "Open")), trouble);
}
