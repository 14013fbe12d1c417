// Section 4: the horseshoe of a turning head, and the straight slider beside the bent one.
import {Faces} from "./painter.mjs";
import {Values, interpolated, moved, principal, probe} from "./latent.mjs";
import {choices, figure, make, slider} from "./dom.mjs";
import {told, worded} from "./panel.mjs";

const SIDE = 360, EDGE = 16; // px of the cloud, as laid out
const AXES = [1, 3]; // directions 2 and 4, as in lesson 3: the turn, and its bend
const COLOURS = [[33, 102, 172], [247, 247, 247], [178, 24, 43]]; // blue, white, red: safe for the colour-blind

export async function one(root, context) {
  const {meta, arrays} = await context.pack("one"), {painter} = context, n = meta.net.code, {names} = meta;
  painter.add("one", meta.net, arrays);
  const wide = (table) => Float32Array.from(table, (v, i) => v * arrays.fine[i % n]);
  const codes = wide(arrays.codes), fresh = wide(arrays.new_codes), rows = codes.length / n;
  const column = (table, k) => Float64Array.from({length: table.length / names.length}, (_, r) => table[r * names.length + k]);
  const cloud = principal(codes, n, 4), values = new Values(meta.values, arrays.values);
  const along = places(codes, n, cloud);
  let factor = 0, chosen = -1, turn = Math.min(Math.max(+(context.state.turn ?? 25) || 0, -30), 30);

  const canvas = (words) => /** @type {HTMLCanvasElement} */ (make("canvas", {width: 64, height: 64, role: "img", "aria-label": words}));
  const [shown, straight, bent] = ["The face at the dot that was chosen", "A, turned by the straight slider", "A, turned by the bent slider"].map(canvas);
  const field = /** @type {HTMLCanvasElement} */ (make("canvas", {width: 2 * SIDE, height: 2 * SIDE, class: "field", tabindex: 0, role: "application",
    "aria-label": "A cloud of 800 codes in the shape of a horseshoe. The left and right arrow keys go along the turn of the head; the face beside it changes."}));
  const picked = new Faces(painter, [shown]), pair = new Faces(painter, [straight, bent]);
  const words = make("p", {class: "reading", "aria-live": "polite"}), caption = make("figcaption");
  const colours = choices("Colour the dots by", names.map((name) => ({words: `Colour by ${worded(name)}`, content: worded(name)})),
    (k) => { factor = k; scatter(); });
  const order = Array.from({length: rows}, (_, r) => r).sort((a, b) => arrays.factors[a * names.length] - arrays.factors[b * names.length]);
  const pick = (r) => {
    chosen = r;
    const yaw = arrays.factors[r * names.length];
    caption.textContent = `a picture of A turned ${told("yaw")(yaw)}`;
    scatter();
    picked.show([["one/d", codes.slice(r * n, (r + 1) * n)]]);
  };
  field.addEventListener("pointerdown", (event) => pick(nearest(event)));
  field.addEventListener("pointermove", (event) => { if (event.buttons) pick(nearest(event)); });
  field.addEventListener("keydown", (event) => {
    const step = {ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1}[event.key];
    if (!step) return;
    event.preventDefault();
    pick(order[Math.min(Math.max(order.indexOf(chosen) + 8 * step, 0), rows - 1)]);
  });
  const ink = field.getContext("2d");
  const place = (r) => [0, 1].map((k) => EDGE * 2 + along.shares[r * 2 + k] * (2 * SIDE - 4 * EDGE));
  function nearest(event) {
    const box = field.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * 2 * SIDE, y = ((event.clientY - box.top) / box.height) * 2 * SIDE;
    const far = (r) => { const [u, v] = place(r); return (u - x) ** 2 + (v - y) ** 2; };
    return order.reduce((best, r) => (far(r) < far(best) ? r : best), order[0]);
  }
  const scores = {};
  function scatter() {
    colours.choose(factor);
    const own = column(arrays.factors, factor), top = Math.max(...own.map(Math.abs)), low = Math.min(...own) < 0 ? -top : 0;
    ink.clearRect(0, 0, 2 * SIDE, 2 * SIDE);
    for (let r = 0; r < rows; r++) {
      ink.fillStyle = colour((own[r] - low) / (top - low));
      ink.beginPath();
      ink.arc(...place(r), 8, 0, 7);
      ink.fill();
      ink.strokeStyle = "#0005";
      ink.stroke();
    }
    if (chosen >= 0) {
      ink.strokeStyle = "#000";
      ink.lineWidth = 5;
      ink.beginPath();
      ink.arc(...place(chosen), 16, 0, 7);
      ink.stroke();
      ink.lineWidth = 1;
    }
    scores[factor] ??= [own, shuffled(own)].map((v) => probe(codes, n, v, fresh, column(arrays.new_factors, factor)));
    words.textContent = `A linear probe, fitted here to these 800 codes, reads “${worded(names[factor])}” from 120 unseen ones: ` +
      `R² = ${figure(scores[factor][0], 2)}. Control, with the labels shuffled: ${figure(scores[factor][1], 2)}.`;
  }
  const seen = make("p", {class: "reading", "aria-live": "polite"});
  const dial = slider({id: "turn", label: "turn", low: -30, high: 30, step: 1, value: turn, told: told("yaw")}, (v) => { turn = v; refresh(); });
  const cell = (head, what) => make("figure", {class: "face"}, what, make("figcaption", {}, head));
  root.replaceChildren(
    make("div", {class: "beside"}, field, make("figure", {class: "face"}, shown, caption)),
    make("p", {class: "label"}, "Colour the dots by"), colours.group, words,
    make("h3", {}, "Two sliders that ought to do the same"), dial.row,
    make("div", {class: "faces two"}, cell("straight line", straight), cell("along the bend", bent)), seen);

  function refresh() {
    const at = (line) => told("yaw")(interpolated(turn, meta.turns, line));
    seen.textContent = `Asked for ${told("yaw")(turn)}. In the mean of 48 pictures a judge that never saw a drawn face ` +
      `reads ${at(meta.seen.straight)} from the straight slider and ${at(meta.seen.bent)} from the bent one.`;
    context.keep(["turn"], {turn});
    return pair.show([
      ["one/d", moved(arrays.start, arrays.straight, [turn - meta.stands.yaw])],
      ["one/d", values.move(arrays.start, meta.stands, {yaw: turn})]]);
  }
  pick(order[rows >> 1]);
  await refresh();
}

/** Where codes lie along two directions, from 0 to 1: {shares}. */
function places(codes, n, cloud) {
  const rows = codes.length / n, raw = new Float64Array(2 * rows);
  for (let r = 0; r < rows; r++)
    AXES.forEach((axis, k) => {
      for (let i = 0; i < n; i++)
        raw[2 * r + k] += ((codes[r * n + i] - cloud.middle[i]) * cloud.vectors[axis * n + i]) / cloud.spread[axis] ** 2;
    });
  const ends = [0, 1].map((k) => {
    const own = raw.filter((_, i) => i % 2 === k);
    return [Math.min(...own), Math.max(...own)];
  });
  return {shares: raw.map((v, i) => (v - ends[i % 2][0]) / (ends[i % 2][1] - ends[i % 2][0]))};
}

function colour(share) {
  const [a, b] = share < 0.5 ? COLOURS : COLOURS.slice(1), t = share < 0.5 ? 2 * share : 2 * share - 1;
  return `rgb(${a.map((v, k) => Math.round(v + t * (b[k] - v))).join(",")})`;
}

/** The same numbers in another order, the same one each time. */
function shuffled(values) {
  const out = Float64Array.from(values);
  let seed = 1;
  for (let i = out.length - 1; i > 0; i--) {
    seed = (seed * 48271) % 2147483647;
    const j = seed % (i + 1);
    [out[i], out[j]] = [out[j], out[i]];
  }
  return out;
}
