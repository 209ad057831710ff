// The page begins here: who may see it, where its addresses lead.

import { getCollection, getSession, may, signIn, signOut } from "./api.js";
import { route, show, start } from "./router.js";
import { catchPhotos } from "./components/photo-picker.js";
import { startView } from "./views/start.js";
import { searchView } from "./views/search.js";
import { photosView } from "./views/photos.js";
import { photoView } from "./views/photo.js";
import { peopleView } from "./views/people.js";
import { personView } from "./views/person.js";
import { casesView } from "./views/cases.js";
import { caseView } from "./views/case.js";
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
route("/people", peopleView);
route("/people/:id", ({ id }) => personView(id));
route("/groups/:id", ({ id }) => personView(`g${id}`));
route("/cases", casesView);
route("/cases/:id", caseView);
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
function open(session) {
  showWho(session);
  document.querySelector(".nav").hidden = false;
  countFailures().catch(() => {});
  if (started) return show();
  started = true;
  return start();
}

/** Says who is signed in, and hides what that does not allow. */
function showWho({ who } = {}) {
  document.querySelector(".who").hidden = !who;
  document.querySelector("[data-who]").textContent = who ?? "";
  for (const link of document.querySelectorAll("[data-needs]")) link.hidden = !may(link.dataset.needs);
}

document.querySelector("[data-sign-out]").addEventListener("click", async () => {
  await signOut().catch(() => {}); // a session that is over already is signed out too
  signInFirst();
});

function signInFirst(problem) {
  showWho();
  document.querySelector(".nav").hidden = true;
  document.getElementById("main").replaceChildren(signInView(open, problem));
}

/** The token of the address that `sosia serve` printed; from here on neither the address bar nor the history has it. */
function takeToken() {
  const query = new URLSearchParams(location.search);
  const token = query.get("token");
  if (token === null) return null;
  query.delete("token");
  const rest = query.toString();
  history.replaceState(null, "", location.pathname + (rest && `?${rest}`) + location.hash);
  return token;
}

/** Signs in with the token, unless this browser is signed in already. */
async function begin(token) {
  const session = await getSession();
  if (session.signedIn || token === null) return session;
  return signIn(token);
}

addEventListener("sosia:key-needed", () => signInFirst());
addEventListener("sosia:collection-changed", () => countFailures().catch(() => {}));
catchPhotos(searchByUpload);

try {
  const session = await begin(takeToken());
  if (session.signedIn) await open(session);
  else signInFirst();
} catch (problem) {
  signInFirst(problem);
}
