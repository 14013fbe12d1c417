// Section 6: source, swap and truth under a wipe. One movie holds all of them, one above the other.
import {choices, make, slider} from "./dom.mjs";

export async function movie(root, context) {
  const {panels, width, height, seconds, words} = JSON.parse(document.getElementById("movie-facts").textContent);
  const names = Object.keys(panels), swaps = names.filter((name) => name !== "source" && name !== "truth");
  const video = /** @type {HTMLVideoElement} */ (make("video", {src: "movie.mp4", muted: true, loop: true, playsinline: true, preload: "auto"}));
  video.muted = true;
  const canvas = /** @type {HTMLCanvasElement} */ (make("canvas", {width, height, class: "wipe", role: "img",
    "aria-label": `${words} Left of the line the swap, right of it the source or the truth.`}));
  const ink = canvas.getContext("2d");
  // The swap is on the left, where its mark is: what is seen of it is never without.
  const at = {left: swaps.includes(context.state.paste) ? context.state.paste : swaps[swaps.length - 1], right: "source", line: 0.5};

  const draw = () => {
    if (video.readyState < 2) return;
    const cut = Math.round(width * at.line);
    if (cut) ink.drawImage(video, 0, panels[at.left] * height, cut, height, 0, 0, cut, height);
    if (cut < width) ink.drawImage(video, cut, panels[at.right] * height, width - cut, height, cut, 0, width - cut, height);
    ink.fillStyle = "#fff";
    ink.fillRect(cut - 1, 0, 2, height);
  };
  const step = () => {
    draw();
    time.show(video.currentTime);
    if (!video.paused) (video.requestVideoFrameCallback ?? requestAnimationFrame).call(video.requestVideoFrameCallback ? video : window, step);
  };
  let stopped = matchMedia("(prefers-reduced-motion: reduce)").matches; // by the reader, or for them
  const play = make("button", {type: "button", onclick: () => {
    stopped = !video.paused;
    if (stopped) video.pause(); else video.play();
  }}, "Play");
  video.addEventListener("play", () => { play.textContent = "Pause"; step(); });
  video.addEventListener("pause", () => { play.textContent = "Play"; });
  video.addEventListener("seeked", draw);
  const line = slider({id: "line", label: "wipe", low: 0, high: 1, step: 0.01, value: at.line, told: (v) => `${Math.round(100 * v)}%`},
    (v) => { at.line = v; draw(); });
  const time = slider({id: "time", label: "time", low: 0, high: seconds, step: 0.04, value: 0, told: (v) => `${v.toFixed(1)} s`},
    (v) => { stopped = true; video.pause(); video.currentTime = v; });
  const pick = (key, words, some) => {
    const row = choices(words, some.map((name) => ({words: `${words}: ${name}`, content: name})), (k) => {
      at[key] = some[k];
      context.keep(["paste"], {paste: at.left});
      draw();
    });
    row.choose(some.indexOf(at[key]));
    return make("div", {}, make("p", {class: "label"}, words), row.group);
  };
  const drag = (event) => {
    const box = canvas.getBoundingClientRect();
    at.line = Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1);
    line.show(at.line);
    draw();
  };
  canvas.addEventListener("pointerdown", (event) => { canvas.setPointerCapture(event.pointerId); drag(event); });
  canvas.addEventListener("pointermove", (event) => { if (event.buttons) drag(event); });
  root.replaceChildren(canvas, line.row, time.row, make("div", {class: "buttons"}, play),
    pick("left", "Left of the line: the swap, pasted", swaps), pick("right", "Right of the line", ["source", "truth"]));
  await new Promise((done, failed) => {
    video.addEventListener("loadeddata", done, {once: true});
    video.addEventListener("error", () => failed(new Error("the movie could not be loaded")), {once: true});
  });
  draw();
  new IntersectionObserver(([entry]) => {
    if (!entry.isIntersecting) video.pause(); else if (!stopped) video.play().catch(() => {});
  }).observe(canvas);
}
