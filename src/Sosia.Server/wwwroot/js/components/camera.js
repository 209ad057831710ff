// A photo by the camera. The picture stays in the page until it is taken; the camera is let go at once.

import { h } from "../dom.js";
import { openDialog } from "./dialog.js";

export async function openCamera(onPhoto) {
  const video = h("video", { autoplay: true, playsinline: true, class: "camera", "aria-label": "What the camera sees" });
  video.muted = true;
  const take = h("button", { type: "button", class: "button strong", disabled: true }, "Take the photo");
  const word = h("p", { class: "quiet" }, "Waiting for the camera …");
  let stream = null, closed = false;
  const stop = () => { closed = true; stream?.getTracks().forEach(track => track.stop()); };
  const dialog = openDialog("Take a photo", h("div", { class: "stack" }, video, word, h("div", { class: "row" }, take)), { onclose: stop });
  take.addEventListener("click", () => {
    const canvas = h("canvas", { width: video.videoWidth, height: video.videoHeight });
    canvas.getContext("2d").drawImage(video, 0, 0);
    canvas.toBlob(blob => { dialog.close(); onPhoto(new File([blob], "camera.jpg", { type: "image/jpeg" })); }, "image/jpeg", 0.92);
  });
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 1280 } } });
    if (closed) return stop();
    video.srcObject = stream;
    await video.play();
    word.textContent = "The picture is taken only when you say so.";
    take.disabled = false;
    take.focus();
  } catch {
    if (!closed) word.textContent = "There is no camera, or this page may not use it.";
  }
}
