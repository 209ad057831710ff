// The page begins here: who may see it, where its addresses lead.

import { getCollection, getSession } from "./api.js";
import { route, show, start } from "./router.js";
import { catchPhotos } from "./components/photo-picker.js";
import { startView } from "./views/start.js";
import { searchView } from "./views/search.js";
import { photosView } from "./views/photos.js";
import { photoView } from "./views/photo.js";
import { facesView } from "./views/faces.js";
import { faceView } from "./views/face.js";
import { failuresView } from "./views/failures.js";
import { jobsView } from "./views/jobs.js";
import { signInView } from "./views/sign-in.js";
import { searchByUpload } from "./search/uploads.js";

route("/", startView);
route("/search", searchView);
route("/photos", photosView);
route("/photos/:id", photoView);
route("/faces", facesView);
route("/faces/:id", faceView);
route("/failures", failuresView);
route("/jobs", jobsView);

/** How many files could not be read, in the navigation. */
async function countFailures() {
  const { photos } = await getCollection();
  const count = document.querySelector("[data-failures]");
  count.textContent = photos.unreadable;
  count.hidden = photos.unreadable === 0;
}

let started = false;

/** Shows the page to somebody who may see it. */
function open() {
  document.querySelector(".nav").hidden = false;
  countFailures().catch(() => {});
  if (started) return show();
  started = true;
  return start();
}

function signInFirst() {
  document.querySelector(".nav").hidden = true;
  document.getElementById("main").replaceChildren(signInView(open));
}

addEventListener("sosia:key-needed", signInFirst);
addEventListener("sosia:collection-changed", () => countFailures().catch(() => {}));
catchPhotos(searchByUpload);

const session = await getSession();
if (session.signedIn) await open();
else signInFirst();
