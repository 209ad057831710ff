// The REST API (docs/api.md), one function an address. Every error is a Problem.

import { base } from "./dom.js";

const root = `${base}/api/v1`;
const scopes = ["search", "review", "manage"];
let antiforgery = null;
let signedInMay = null;

/** Whether who is signed in may do what needs this scope. The server decides; this hides what it would refuse. */
export const may = scope => scopes.indexOf(signedInMay) >= scopes.indexOf(scope);

/** An error the server explains: `kind` is the stable end of its type, `message` its sentence. */
export class Problem extends Error {
  constructor(kind, status, detail, reason) {
    super(detail);
    Object.assign(this, { kind, status, reason });
  }
}

async function ask(method, path, { body, form, accept, signal } = {}) {
  const headers = {};
  if (antiforgery && method !== "GET") headers["X-Sosia-Antiforgery"] = antiforgery;
  if (body) headers["Content-Type"] = "application/json";
  if (accept) headers.Accept = accept;
  let answer;
  try {
    answer = await fetch(root + path, { method, headers, body: form ?? (body && JSON.stringify(body)), signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem("unreachable", 0, "The server does not answer. Is it still running?");
  }
  if (answer.ok) return answer;
  const problem = await answer.json().catch(() => ({}));
  const kind = (problem.type ?? "").split(":").pop() || "internal";
  if (kind === "key-needed") dispatchEvent(new Event("sosia:key-needed"));
  throw new Problem(kind, answer.status, problem.detail ?? `The server answered ${answer.status}.`, problem.reason);
}

const json = async (...request) => (await ask(...request)).json();
const get = (path, options) => json("GET", path, options);
const post = (path, body) => json("POST", path, { body });

async function session(method, body) {
  const answer = await json(method, "/session", { body });
  antiforgery = answer.antiforgery;
  signedInMay = answer.may;
  return answer;
}

export const getSession = () => session("GET");
export const signIn = key => session("POST", { key });
export async function signOut() {
  await ask("DELETE", "/session");
  antiforgery = signedInMay = null;
}
export const getCollection = () => get("/collections/current");

export const getPhoto = id => get(`/photos/${id}`);
export const getFace = id => get(`/faces/${id}`);
export const getFaces = (after, limit) => get(`/faces?searchable=true&limit=${limit}${after ? `&after=${after}` : ""}`);
export const getPeople = groups => get(`/people?groups=${groups}`);
export const getPerson = who => get(`/people/${who}`);
export const getSuggestions = who => get(`/people/${who}/suggestions?limit=100`);
export const nameFaces = wish => post("/people", wish);
export const drawFace = (photo, wish) => post(`/photos/${photo}/faces`, wish);
export const getLastChange = async () => (await get("/people/journal")).items[0] ?? null;
export const say = (who, what, wish) => post(`/people/${who}/${what}`, wish);
export const undoChange = asOf => post("/people/undo", { asOf });
export const getCases = () => get("/cases");
export const getCase = id => get(`/cases/${id}`);
export const newCase = wish => post("/cases", wish);
export const changeCase = (id, wish) => post(`/cases/${id}`, wish);
export const addToCase = (id, role, references) => post(`/cases/${id}/faces`, { role, references });
/** What a case finds; it counts as shown where who looks may say so. */
export const caseMatches = (id, limit, counts) => counts ? post(`/cases/${id}/matches`, { limit }) : get(`/cases/${id}/matches?limit=${limit}`);
export const getFailures = () => get("/failures?limit=1000");
export const retryFailures = paths => post("/failures/retry", paths ? { paths } : {});
export const forgetPhoto = id => json("DELETE", `/photos/${id}`);

export const thumbnail = (photo, side = 320) => `${root}/photos/${photo}/thumbnail?side=${side}`;
export const original = photo => `${root}/photos/${photo}/original`;
export const crop = (face, side = 160) => `${root}/faces/${face}/crop?side=${side}`;
export const queryImage = id => `${root}/queries/${id}/image`;

export const getQuery = id => get(`/queries/${id}`);
export const addFace = (id, box) => post(`/queries/${id}/faces`, { box });
export const deleteQuery = id => ask("DELETE", `/queries/${id}`);
export function upload(file, name = file.name || "photo") {
  const form = new FormData();
  form.append("photo", file, name);
  return json("POST", "/queries", { form });
}

export const search = (person, signal) => json("POST", "/search", { body: person, signal });
export const why = (photo, person) => post("/why", { photo, search: person });
export const exportMatches = async (format, photos, person) => (await ask("POST", "/export", { body: { format, photos, search: person } })).blob();

export const getJobs = () => get("/jobs");
export const startIndex = (folder, look) => post("/jobs", { kind: "index", folders: [folder], look });
export const cancelJob = id => post(`/jobs/${id}/cancel`);
export const resumeJob = id => post(`/jobs/${id}/resume`);

/** Follows a job until it ends; returns what stops following. */
export function followJob(id, onState) {
  const events = new EventSource(`${root}/jobs/${id}/events`);
  const tell = event => onState(JSON.parse(event.data));
  events.addEventListener("progress", tell);
  events.addEventListener("end", event => { events.close(); tell(event); });
  return () => events.close();
}

/** Everything of a long list, handed on in batches as it arrives. */
export async function stream(path, onItems, signal) {
  const answer = await ask("GET", path, { accept: "application/x-ndjson", signal });
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const lines = (rest + part.value).split("\n");
    rest = lines.pop();
    if (lines.length) onItems(lines.map(line => JSON.parse(line)));
  }
}
