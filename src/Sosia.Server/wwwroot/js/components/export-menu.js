// Matches above the line, to keep: CSV, JSON, ZIP of originals, or one HTML file.

import { exportMatches } from "../api.js";
import { h, icon } from "../dom.js";
import { photosOf } from "../search/like.js";
import { toast } from "./toast.js";

const formats = [["csv", "CSV table"], ["json", "JSON"], ["zip", "ZIP of originals"], ["html", "One HTML file"]];

export function exportMenu(getMatches, person) {
  async function save(format) {
    const photos = getMatches().filter(match => person.markOf(match.face?.id) !== "no").flatMap(photosOf);
    if (photos.length === 0) return toast("There is nothing above the line to export.");
    try {
      const address = URL.createObjectURL(await exportMatches(format, photos, person.toBody()));
      h("a", { href: address, download: `matches.${format}` }).click();
      setTimeout(() => URL.revokeObjectURL(address), 60_000);
    } catch (error) {
      toast(error.message);
    }
  }
  return h("details", { class: "menu" },
    h("summary", { class: "button small" }, icon("down"), "Export"),
    h("div", { class: "menu-items" }, formats.map(([format, label]) => h("button", { type: "button", class: "menu-item", onclick: event => { event.target.closest("details").open = false; save(format); } }, label))));
}
