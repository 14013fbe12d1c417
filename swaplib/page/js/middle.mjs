// Section 2: how many numbers does a face need? And two numbers as a plane.
import {Faces, put} from "./painter.mjs";
import {address, choices, figure, make, slider, tile} from "./dom.mjs";

const FACES = 6, STRONGER = 3; // pictures; times as strong as it is, what was thrown away

export async function middle(root, context) {
  const {meta, arrays} = await context.pack("middle"), {sizes, table} = meta, {painter} = context;
  for (const k of sizes) painter.add(`middle${k}`, meta.nets[k], arrays);
  const sheet = address(arrays.pictures), rows = 1 + sizes.length;
  const picture = await createImageBitmap(new Blob([arrays.pictures]));
  const original = (k) => pixels(picture, picture.width / FACES, k, 0);
  let level = Math.max(sizes.indexOf(+(context.state.numbers ?? 8)), 0), chosen = +(context.state.face ?? 1) % FACES || 0;

  const canvas = (words) => /** @type {HTMLCanvasElement} */ (make("canvas", {width: 48, height: 48, role: "img", "aria-label": words}));
  const drawn = canvas("The face as the network draws it from so many numbers");
  const lost = canvas("The difference between the picture and what was drawn; grey is no difference");
  const places = [make("span"), make("span")];
  const titles = [make("span"), make("span")];
  const cell = (head, what) => make("figure", {class: "face"}, what, make("figcaption", {}, head));
  const faces = new Faces(painter, [drawn], ([image]) => put(lost, difference(original(chosen), image)));
  const chooser = choices("Pictures of B", Array.from({length: FACES}, (_, k) => ({words: `Picture ${k + 1} of B`,
    content: tile(sheet, FACES, rows, k, 0, "")})), (k) => { chosen = k; refresh(); });
  const numbers = (k) => `${sizes[k]} ${sizes[k] === 1 ? "number" : "numbers"}`;
  const dial = slider({id: "numbers", label: "numbers in the code", low: 0, high: sizes.length - 1, step: 1,
    value: level, told: numbers}, (k) => { level = k; refresh(); });
  const words = make("p", {class: "reading", "aria-live": "polite"});
  root.replaceChildren(make("p", {class: "label"}, "Choose a picture of B"), chooser.group, dial.row,
    make("div", {class: "faces five"}, cell("the picture", places[0]), cell(titles[0], drawn),
      cell("what was lost; grey is nothing", lost), cell(titles[1], places[1])), words,
    make("h3", {}, "Two numbers are a plane"), make("p", {class: "claim"}, "With two numbers, a code is a point. Each dot is a picture’s code; move through the plane to see what the decoder draws between them."), plane(context, meta, arrays));

  function refresh() {
    chooser.choose(chosen);
    const [k, error, pca, jpeg] = table[level];
    places[0].replaceChildren(tile(sheet, FACES, rows, chosen, 0, "The picture that goes in"));
    places[1].replaceChildren(tile(sheet, FACES, rows, chosen, 1 + level, `The face as PCA draws it from ${numbers(level)}`));
    titles[0].textContent = `network, ${numbers(level)}`;
    titles[1].textContent = `control: PCA, ${numbers(level)}`;
    words.textContent = `Mean error of a pixel in 120 unseen pictures, on a scale from black (0) to white (1): network ${figure(error)}, PCA ${figure(pca)}, the average face ` +
      `${figure(meta.mean)}. At one byte a number this code takes ${k} ${k === 1 ? "byte" : "bytes"}; a JPEG with the same error takes ${Math.round(jpeg)}.`;
    context.keep(["numbers", "face"], {numbers: k, face: chosen});
    const code = arrays[`codes_${k}`];
    return faces.show([[`middle${k}/d`, code.slice(chosen * k, (chosen + 1) * k)]]);
  }
  await refresh();
}

/** The pixels of one picture of a sheet. */
function pixels(sheet, size, column, row) {
  const canvas = new OffscreenCanvas(size, size), ink = canvas.getContext("2d");
  ink.drawImage(sheet, -column * size, -row * size);
  return ink.getImageData(0, 0, size, size);
}

function difference(truth, made) {
  const out = new ImageData(made.width, made.height);
  for (let i = 0; i < out.data.length; i++)
    out.data[i] = i % 4 === 3 ? 255 : 128 + STRONGER * (truth.data[i] - made.data[i]);
  return out;
}

/** A field to wander in, by pointer or arrow keys: every point is a code of two numbers, and a face. */
function plane(context, meta, arrays) {
  const SIDE = 300, codes = arrays.plane, ends = [0, 1].map((axis) => {
    const values = Array.from(codes.filter((_, i) => i % 2 === axis)).sort((a, b) => a - b);
    return [values[0], values[values.length - 1]];
  });
  const field = /** @type {HTMLCanvasElement} */ (make("canvas", {width: 2 * SIDE, height: 2 * SIDE, class: "field", tabindex: 0, role: "application",
    "aria-label": "A plane of codes. Arrow keys move through it; the face beside it changes."}));
  const face = /** @type {HTMLCanvasElement} */ (make("canvas", {width: 48, height: 48, role: "img", "aria-label": "The face at this point of the plane"}));
  const faces = new Faces(context.painter, [face]), words = make("figcaption"), at = [0, 0];
  const go = (x, y) => {
    at[0] = Math.min(Math.max(x, 0), 1);
    at[1] = Math.min(Math.max(y, 0), 1);
    const code = Float32Array.from(at, (share, k) => ends[k][0] + share * (ends[k][1] - ends[k][0]));
    const ink = field.getContext("2d"), dot = (u, v, r) => {
      ink.beginPath();
      ink.arc(20 + u * (2 * SIDE - 40), 20 + v * (2 * SIDE - 40), r, 0, 7);
    };
    ink.clearRect(0, 0, 2 * SIDE, 2 * SIDE);
    ink.fillStyle = "#2a6f9766";
    for (let i = 0; i < codes.length; i += 2) {
      dot(...[0, 1].map((k) => (codes[i + k] - ends[k][0]) / (ends[k][1] - ends[k][0])), 5);
      ink.fill();
    }
    ink.strokeStyle = "#111";
    ink.lineWidth = 4;
    dot(at[0], at[1], 14);
    ink.stroke();
    words.textContent = `code: ${Array.from(code, (v) => v.toFixed(2)).join(", ").replaceAll("-", "−")}`;
    faces.show([["middle2/d", code]]);
  };
  const point = (event) => {
    const box = field.getBoundingClientRect();
    go((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
  };
  field.addEventListener("pointerdown", (event) => { field.setPointerCapture(event.pointerId); point(event); });
  field.addEventListener("pointermove", (event) => { if (event.buttons || event.pointerType === "mouse") point(event); });
  field.addEventListener("keydown", (event) => {
    const step = {ArrowLeft: [-0.02, 0], ArrowRight: [0.02, 0], ArrowUp: [0, -0.02], ArrowDown: [0, 0.02]}[event.key];
    if (!step) return;
    event.preventDefault();
    go(at[0] + step[0], at[1] + step[1]);
  });
  go(0.5, 0.5);
  return make("div", {class: "beside"}, field, make("figure", {class: "face"}, face, words));
}
