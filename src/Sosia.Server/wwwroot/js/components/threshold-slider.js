// Where the line is drawn. Moves without asking the server: the curve says what every score means.

import { h } from "../dom.js";
import { expectationInWords, rateAt, rateInWords } from "../search/meaning.js";

/** @param onLine told of every new line; returns how many photos lie above it. */
export function thresholdSlider(result, start, onLine) {
  const id = "line-at";
  const input = h("input", { id, type: "range", min: "0", max: "1", step: "0.01", value: start, "aria-describedby": "line-means" });
  const value = h("output", { for: id });
  const words = h("p", { id: "line-means", class: "quiet" });
  const reset = h("button", { type: "button", class: "link", onclick: () => { input.value = result.threshold; draw(result.threshold); } }, "Back to the recommended line");

  function draw(threshold) {
    const above = onLine(threshold);
    const rate = rateAt(result.curve, threshold);
    value.textContent = threshold.toFixed(2);
    const expected = rate === null ? "" : `; ${expectationInWords(rate * result.facesSearched)}`;
    words.textContent = `${above} ${above === 1 ? "photo" : "photos"} above the line: ${rateInWords(rate, result.curve)}${expected}.`;
    input.setAttribute("aria-valuetext", `${threshold.toFixed(2)}, ${above} photos above the line`);
    reset.hidden = Math.abs(threshold - result.threshold) < 0.005;
  }

  input.addEventListener("input", () => draw(Number(input.value)));
  draw(start);
  return { element: h("div", { class: "slider" }, h("div", { class: "spread" }, h("label", { for: id }, "Line between same and other"), value), input, words, reset), get value() { return Number(input.value); } };
}
