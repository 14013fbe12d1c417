// The puppet: a face in a camera or a movie moves the sliders. MediaPipe is loaded on request only.
import {Values, asked} from "./latent.mjs";
import {Faces} from "./painter.mjs";
import {make} from "./dom.mjs";

const LOOKED_AT = 256; // px, the shorter side of the picture that is searched: enough, and quick without a graphics card
const SMOOTH = 15; // ms over which readings are smoothed against jitter: more would swallow blinks and words
const READINGS = {mouth_open: ["jawOpen"], smile: ["mouthSmileLeft", "mouthSmileRight"], pucker: ["mouthPucker"],
  blink: ["eyeBlinkLeft", "eyeBlinkRight"]};

/** What MediaPipe says of a face, by the sliders' names: angles in degrees, amounts from 0 to 1. */
export function readings(result) {
  const m = result.facialTransformationMatrixes[0].data;
  const at = (row, column) => m[4 * column + row] / Math.hypot(m[4 * column], m[4 * column + 1], m[4 * column + 2]);
  const degrees = 180 / Math.PI, scores = {};
  for (const {categoryName, score} of result.faceBlendshapes[0].categories) scores[categoryName] = score;
  const out = {yaw: degrees * Math.asin(Math.min(Math.max(-at(2, 0), -1), 1)), pitch: -degrees * Math.atan2(at(2, 1), at(2, 2))};
  for (const name in READINGS) out[name] = READINGS[name].reduce((sum, s) => sum + scores[s], 0) / READINGS[name].length;
  return out;
}

async function landmarker() {
  const {FaceLandmarker} = await import(new URL("vision_bundle.mjs", document.baseURI).href);
  const here = (name) => new URL(name, document.baseURI).href;
  return FaceLandmarker.createFromOptions(
    {wasmLoaderPath: here("vision_wasm_internal.js"), wasmBinaryPath: here("vision_wasm_internal.wasm")},
    {baseOptions: {modelAssetPath: here("face_landmarker.task"), delegate: "CPU"}, runningMode: "VIDEO", numFaces: 1,
      outputFaceBlendshapes: true, outputFacialTransformationMatrixes: true});
}

export async function puppet(root, context) {
  const meta = JSON.parse(document.getElementById("puppet-facts").textContent);
  await context.both;
  const {meta: swap, arrays} = await context.pack("both");
  const values = new Values(swap.values, arrays.values), code = Float32Array.from(meta.code);
  const canvases = ["a", "b"].map((w) => /** @type {HTMLCanvasElement} */ (make("canvas", {width: swap.net.size, height: swap.net.size,
    role: "img", "aria-label": `${w.toUpperCase()}, doing what the face in the camera or movie does`})));
  const faces = new Faces(context.painter, canvases);
  const video = /** @type {HTMLVideoElement} */ (make("video", {playsinline: true, muted: true, "aria-label": "Your camera or movie, seen by you only"}));
  video.muted = true;
  const agreed = /** @type {HTMLInputElement} */ (make("input", {type: "checkbox", id: "agreed", onchange: () => allow()}));
  const mirror = /** @type {HTMLInputElement} */ (make("input", {type: "checkbox", id: "mirror", checked: true, onchange: () => reflect()}));
  const file = /** @type {HTMLInputElement} */ (make("input", {type: "file", accept: "video/*", id: "movie-file", class: "file", onchange: () => play(fromFile)}));
  const camera = make("button", {type: "button", onclick: () => play(fromCamera)}, "Use my camera");
  const stop = make("button", {type: "button", onclick: () => end("Stopped. The camera is off.")}, "Stop");
  const said = make("p", {role: "status", class: "reading"});
  let find = null, running = 0, last = null, before = 0;
  const log = []; // what was read and when, for tests

  root.replaceChildren(
    make("p", {class: "consent"}, agreed, make("label", {for: "agreed"}, "The face that moves the puppet is mine, or that of somebody who agreed.")),
    make("div", {class: "buttons"}, camera, make("label", {for: "movie-file"}, "or a movie: "), file, stop,
      make("span", {}, mirror, make("label", {for: "mirror"}, " as in a mirror"))),
    make("div", {class: "faces three"}, make("figure", {class: "face"}, video, make("figcaption", {}, "you: seen here only")),
      ...canvases.map((canvas, k) => make("figure", {class: `face ${"ab"[k]}`}, canvas, make("figcaption", {}, make("b", {}, "AB"[k]))))),
    said);
  Object.assign(context, {puppetLog: log, puppetCodes: () => log.map(({wanted}) => [...values.move(code, meta.stands, wanted)])});
  allow();
  draw({});

  function allow() {
    for (const element of [camera, file, stop]) element.toggleAttribute("disabled", !agreed.checked);
    said.textContent = agreed.checked ? "Now choose the camera or a movie. MediaPipe, 16 MB, is loaded then." : "Nothing is loaded and no camera is asked for until you agree.";
    if (!agreed.checked) end("");
  }
  function tell(words) { if (said.textContent !== words) said.textContent = words; }
  function reflect() { video.classList.toggle("mirrored", mirror.checked); }
  function draw(wanted) {
    const moved = values.move(code, meta.stands, wanted);
    return faces.show(["a", "b"].map((w) => [`both/${w}`, moved]));
  }
  function end(words) {
    running++;
    for (const track of /** @type {MediaStream} */ (video.srcObject)?.getTracks() ?? []) track.stop();
    video.srcObject = null;
    video.removeAttribute("src");
    last = null;
    if (words) said.textContent = words;
  }
  async function fromCamera() {
    video.srcObject = await navigator.mediaDevices.getUserMedia({video: {facingMode: "user", width: 640}});
    mirror.checked = true;
  }
  async function fromFile() {
    video.src = URL.createObjectURL(file.files[0]);
    video.loop = true;
    mirror.checked = false;
  }
  async function play(source) {
    if (!agreed.checked) return;
    end("Loading MediaPipe …");
    const turn = ++running;
    try {
      find ??= await landmarker();
      await source();
      reflect();
      await video.play();
    } catch (error) {
      end(error.name === "NotAllowedError" ? "The browser was not allowed to use the camera." : `This did not work: ${error.message}`);
      return;
    }
    const share = Math.min(1, LOOKED_AT / Math.min(video.videoWidth, video.videoHeight));
    const small = new OffscreenCanvas(Math.round(share * video.videoWidth), Math.round(share * video.videoHeight));
    const ink = small.getContext("2d", {willReadFrequently: true});
    const wait = (act) => { if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(act); else requestAnimationFrame(act); };
    const step = () => {
      if (turn !== running) return;
      ink.drawImage(video, 0, 0, small.width, small.height);
      const result = find.detectForVideo(small, performance.now());
      if (result.faceBlendshapes.length) {
        const read = readings(result), now = performance.now();
        const fresh = 1 - Math.exp((before - now) / SMOOTH);
        before = now;
        if (mirror.checked) read.yaw = -read.yaw;
        const wanted = asked(meta, read);
        for (const name in last) wanted[name] = fresh * wanted[name] + (1 - fresh) * last[name];
        last = wanted;
        draw(wanted); // in the workers, while the next picture is searched here
        log.push({at: video.currentTime, now, read, wanted});
        if (log.length > 2000) log.shift();
        tell("Turn your head, smile, blink, open your mouth.");
      } else tell("There is no face to be seen. Look into the camera, in good light.");
      wait(step);
    };
    wait(step);
  }
}
