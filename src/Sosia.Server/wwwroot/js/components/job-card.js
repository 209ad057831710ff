// A folder being indexed, as it happens.

import { cancelJob, followJob, resumeJob } from "../api.js";
import { h, plural } from "../dom.js";
import { problemBox } from "./problem.js";

const states = { running: "Indexing", cancelling: "Ending after the photos in hand …", cancelled: "Cancelled: what was read is kept", failed: "Failed", done: "Done" };

/** @param onEnd told once a job that ran has ended. */
export function jobCard(job, onEnd) {
  const element = h("li", { class: "job", "data-job": job.id });
  let stop = () => {};

  function draw(state) {
    const running = state.state === "running" || state.state === "cancelling";
    const done = state.state === "done";
    element.dataset.state = state.state;
    element.replaceChildren(...[
      h("h2", {}, state.folders.join(", ")),
      h("p", { class: "spread" }, h("span", {}, states[state.state]), state.total > 0 && h("span", {}, `${state.done.toLocaleString("en")} of ${state.total.toLocaleString("en")}`)),
      h("progress", { "aria-label": `Progress of ${state.folders.join(", ")}`, max: Math.max(1, state.total), ...(running && state.total === 0 ? {} : { value: done ? Math.max(1, state.total) : state.done }) }),
      h("p", { class: "quiet" }, wordsOf(state)),
      state.error && problemBox({ message: state.error }),
      state.state === "running" && h("button", { type: "button", class: "button small", onclick: act(cancelJob) }, "Cancel"),
      (state.state === "cancelled" || state.state === "failed") && h("button", { type: "button", class: "button small", onclick: act(resumeJob) }, "Resume"),
    ].filter(Boolean));
  }

  const act = call => async () => { try { await call(job.id); follow(); } catch (error) { element.append(problemBox(error)); } };
  function follow() {
    stop();
    stop = followJob(job.id, state => { draw(state); if (!["running", "cancelling"].includes(state.state)) onEnd?.(state); });
  }

  draw(job);
  if (job.state === "running" || job.state === "cancelling") follow();
  return { element, leave: () => stop() };
}

function wordsOf(state) {
  if (state.summary) {
    const { photos, faces, looks, skipped, failed, seconds } = state.summary;
    return [`${plural(photos, "photo")} read, ${plural(faces, "face")} found`, looks && `${plural(looks, "photo")} indexed by look`, skipped && `${skipped.toLocaleString("en")} known already`, failed && `${failed.toLocaleString("en")} could not be read`, `${seconds.toFixed(1)} s`].filter(Boolean).join(" · ");
  }
  return [`${plural(state.faces, "face")} found`, state.failed && `${state.failed} could not be read`, state.photosPerSecond > 0 && `${plural(Math.round(state.photosPerSecond), "photo")} a second`,
    state.secondsLeft && `about ${minutes(state.secondsLeft)} left`].filter(Boolean).join(" · ");
}

const minutes = seconds => seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.round(seconds / 60)} min`;
