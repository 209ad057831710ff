// From a file in somebody's hand to a search.

import { upload } from "../api.js";
import { go } from "../router.js";
import { announce, h } from "../dom.js";
import { problemBox } from "../components/problem.js";
import { openDialog } from "../components/dialog.js";
import { Person } from "./person.js";

/** What stands where a photo may be added to a search on the screen; else a new search begins. */
let adding = null;
export const addUploadsTo = handler => { adding = handler; };

/** What the server said of photos uploaded a moment ago, so that nobody asks twice. */
export const fresh = new Map();

export async function uploadPhoto(file) {
  const query = await upload(file);
  fresh.set(query.id, query);
  return query;
}

/** Several photos at once are photos of one person. */
export async function searchByUpload(files) {
  announce("Reading the photo");
  document.body.classList.add("busy");
  try {
    const queries = [];
    for (const file of files) queries.push(await uploadPhoto(file));
    if (adding) return await adding(queries);
    await go(new Person(queries.map(({ id, face }) => face ? { query: id, face } : { query: id })).toAddress());
  } catch (error) {
    openDialog("Not searched", h("div", {}, problemBox(error)));
  } finally {
    document.body.classList.remove("busy");
  }
}
