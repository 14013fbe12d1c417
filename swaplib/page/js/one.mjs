// Section 4: the horseshoe of a turning head, and the straight slider beside the bent one.
import {Faces} from "./painter.mjs";
import {Values, interpolated, moved, principal, probe} from "./latent.mjs";
import {choices, figure, make, slider} from "./dom.mjs";
import {told, worded} from "./panel.mjs";

const SIDE = 360, EDGE = 16; // px of the cloud, as laid out
const COLOURS = [[33, 102, 172], [247, 247, 247], [178, 24, 43]]; // blue, white, red: safe for the colour-blind

export async function one(root, context) {
  const {meta, arrays} = await context.pack("one"), {painter} = context, n = meta.net.code, {names} = meta;
  painter.add("one", meta.net, arrays);
  const wide = (table) => Float32Array.from(table, (v, i) => v * arrays.fine[i % n]);
  const codes = wide(arrays.codes), fresh = wide(arrays.new_codes), rows = codes.length / n;
  const column = (table, k) => Float64Array.from({length: table.length / names.length}, (_, r) => table[r * names.length + k]);
  const values = new Values(meta.values, arrays.values);
  const cloud = horseshoe(codes, n, column(arrays.factors, 0));
  let factor = 0, chosen = -1, at = [0, 0], turn = Math.min(Math.max(+(context.state.turn ?? 25) || 0, -30), 30);

  const canvas = (words) => /** @type {HTMLCanvasElement} */ (make("canvas", {width: 64, height: 64, role: "img", "aria-label": words}));
  const [shown, point, straight, bent] = ["The nearest picture of A, drawn from its code", "What the decoder draws at the point that was chosen", "A, turned by the straight slider", "A, turned by the bent slider"].map(canvas);
  const field = /** @type {HTMLCanvasElement} */ (make("canvas", {width: 2 * SIDE, height: 2 * SIDE, class: "field", tabindex: 0, role: "application",
    "aria-label": "A cloud of 800 codes in the shape of a horseshoe. The left and right arrow keys go along the turn of the head; the face beside it changes."}));
  const cell = (head, what) => make("figure", {class: "face"}, what, make("figcaption", {}, head));
  const picked = new Faces(painter, [point, shown]), pair = new Faces(painter, [straight, bent]);
  const words = make("p", {class: "reading", "aria-live": "polite"}), caption = make("figcaption");
  const colours = choices("Colour the dots by", names.map((name) => ({words: `Colour by ${worded(name)}`, content: worded(name)})),
    (k) => { factor = k; scatter(); });
  const order = Array.from({length: rows}, (_, r) => r).sort((a, b) => arrays.factors[a * names.length] - arrays.factors[b * names.length]);
  const pick = (r, where = [cloud.shares[2 * r], cloud.shares[2 * r + 1]]) => {
    chosen = r;
    caption.textContent = `control: the nearest picture, turned ${told("yaw")(arrays.factors[r * names.length])}`;
    at = where;
    scatter();
    picked.show([["one/d", cloud.codeAt(at)], ["one/d", codes.slice(r * n, (r + 1) * n)]]);
  };
  const drag = (event) => {
    const box = field.getBoundingClientRect(), side = (v) => Math.min(Math.max((v * 2 * SIDE - 2 * EDGE) / (2 * SIDE - 4 * EDGE), 0), 1);
    const where = [side((event.clientX - box.left) / box.width), side((event.clientY - box.top) / box.height)];
    const far = (r) => (cloud.shares[2 * r] - where[0]) ** 2 + (cloud.shares[2 * r + 1] - where[1]) ** 2;
    pick(order.reduce((best, r) => (far(r) < far(best) ? r : best), order[0]), where);
  };
  field.addEventListener("pointerdown", (event) => { field.setPointerCapture(event.pointerId); drag(event); });
  field.addEventListener("pointermove", (event) => { if (event.buttons) drag(event); });
  field.addEventListener("keydown", (event) => {
    const step = {ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1}[event.key];
    if (!step) return;
    event.preventDefault();
    pick(order[Math.min(Math.max(order.indexOf(chosen) + 8 * step, 0), rows - 1)]);
  });
  const ink = field.getContext("2d");
  const circle = (shares, radius) => {
    const [x, y] = shares.map((share) => EDGE * 2 + share * (2 * SIDE - 4 * EDGE));
    ink.beginPath();
    ink.arc(x, y, radius, 0, 7);
  };
  const scores = {};
  function scatter() {
    colours.choose(factor);
    const own = column(arrays.factors, factor), top = Math.max(...own.map(Math.abs)), low = Math.min(...own) < 0 ? -top : 0;
    ink.clearRect(0, 0, 2 * SIDE, 2 * SIDE);
    for (let r = 0; r < rows; r++) {
      ink.fillStyle = colour((own[r] - low) / (top - low));
      circle([cloud.shares[2 * r], cloud.shares[2 * r + 1]], 8);
      ink.fill();
      ink.strokeStyle = "#0005";
      ink.stroke();
    }
    if (chosen >= 0) {
      ink.strokeStyle = "#000";
      ink.lineWidth = 5;
      circle(at, 16);
      ink.stroke();
      ink.lineWidth = 1;
    }
    scores[factor] ??= [own, shuffled(own)].map((v) => probe(codes, n, v, fresh, column(arrays.new_factors, factor)));
    words.textContent = `A linear probe (a weighted sum of the code’s numbers, fitted here to these 800 pictures) predicts “${worded(names[factor])}” of 120 unseen ones with ` +
      `R² = ${figure(scores[factor][0], 2)}. Control, with the labels shuffled: ${figure(scores[factor][1], 2)}.`;
  }
  const seen = make("p", {class: "reading", "aria-live": "polite"});
  const dial = slider({id: "turn", label: "turn", low: -30, high: 30, step: 1, value: turn, told: told("yaw")}, (v) => { turn = v; refresh(); });
  root.replaceChildren(
    make("div", {class: "beside"}, field, make("div", {class: "pair"}, cell("drawn at this point", point),
      make("figure", {class: "face"}, shown, caption))),
    make("p", {class: "label"}, "Colour the dots by (blue: least, or turned to one side; red: most, or to the other)"), colours.group, words,
    make("h3", {}, "Two sliders that ought to do the same"), dial.row,
    make("div", {class: "faces two"}, cell("straight line", straight), cell("along the bend", bent)), seen);

  function refresh() {
    const at = (line) => told("yaw")(interpolated(turn, meta.turns, line));
    seen.textContent = `You asked for ${told("yaw")(turn)}. A separate network, trained on true pictures only, measures ${at(meta.seen.straight)} ` +
      `for the straight slider and ${at(meta.seen.bent)} for the bent one (mean of 48 pictures).`;
    context.keep(["turn"], {turn});
    return pair.show([
      ["one/d", moved(arrays.start, arrays.straight, [turn - meta.stands.yaw])],
      ["one/d", values.move(arrays.start, meta.stands, {yaw: turn})]]);
  }
  pick(order[rows >> 3]);
  await refresh();
}

/**
 * The cloud of codes from the side on which a turning head shows: of its four longest directions the one that
 * follows the turn most closely, and the one that follows the turn's size. shares: where codes lie on both, 0
 * to 1, one after the other; codeAt: the code at such a place.
 */
function horseshoe(codes, n, yaw) {
  const {vectors, spread, middle} = principal(codes, n, 4), rows = codes.length / n;
  const along = spread.map((s, k) => Float64Array.from({length: rows}, (_, r) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += ((codes[r * n + i] - middle[i]) * vectors[k * n + i]) / s ** 2;
    return sum;
  }));
  const strongest = (wanted) => along.map((line) => Math.abs(correlation(line, wanted)))
    .reduce((best, r, k, all) => (r > all[best] ? k : best), 0);
  const axes = [strongest(yaw), strongest(yaw.map(Math.abs))];
  const ends = axes.map((k) => [Math.min(...along[k]), Math.max(...along[k])]);
  const shares = Float64Array.from({length: 2 * rows}, (_, i) => {
    const [low, high] = ends[i % 2];
    return (along[axes[i % 2]][i >> 1] - low) / (high - low);
  });
  const codeAt = (place) => Float32Array.from(middle, (v, i) => axes.reduce((sum, k, j) =>
    sum + vectors[k * n + i] * (ends[j][0] + place[j] * (ends[j][1] - ends[j][0])), v));
  return {shares, codeAt};
}

function correlation(x, y) {
  const [a, b] = [x, y].map((v) => v.reduce((s, t) => s + t, 0) / v.length);
  let xy = 0, xx = 0, yy = 0;
  x.forEach((v, i) => { xy += (v - a) * (y[i] - b); xx += (v - a) ** 2; yy += (y[i] - b) ** 2; });
  return xy / Math.sqrt(xx * yy);
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
