// Section 3: from one person to another, who-directions, and the average of all.
import {Faces, put} from "./painter.mjs";
import {between, moved} from "./latent.mjs";
import {address, choices, make, slider, tile} from "./dom.mjs";
import {worded} from "./panel.mjs";

export async function many(root, context) {
  const {meta, arrays} = await context.pack("many"), {painter} = context, n = meta.net.code;
  painter.add("many", meta.net, arrays);
  const sheet = address(arrays.pictures), {count} = meta;
  const codeOf = (k) => (k === count ? arrays.average : arrays.people.slice(k * n, (k + 1) * n));
  const nameOf = (k) => (k === count ? "the average of all" : `person ${k + 1}`);
  const valid = (k, other) => (Number.isInteger(+k) && +k >= 0 && +k <= count ? +k : other);
  const at = {from: valid(context.state.from, 2), to: valid(context.state.to, 9), share: 0.5};
  if (context.state.share) at.share = Math.min(Math.max(+context.state.share || 0, 0), 1);
  const steps = meta.names.map(() => 0);

  const canvas = (words) => /** @type {HTMLCanvasElement} */ (make("canvas", {width: 64, height: 64, role: "img", "aria-label": words}));
  const made = canvas("The face drawn from the code between both"), fade = canvas("Control: both pictures laid over each other");
  const [left, right] = [canvas("The first person, drawn from the code"), canvas("The second person, drawn from the code")];
  const titles = [make("span"), make("span")];
  const faces = new Faces(painter, [left, right, made], ([a, b]) => {
    const out = new ImageData(a.width, a.height);
    for (let i = 0; i < out.data.length; i++) out.data[i] = (1 - at.share) * a.data[i] + at.share * b.data[i];
    put(fade, out);
  });
  const cell = (head, what) => make("figure", {class: "face"}, what, make("figcaption", {}, head));
  const person = (k) => (k < count ? tile(sheet, count, 1, k, 0, "") : "average");
  const pick = (key, words) => choices(words, Array.from({length: count + 1}, (_, k) => (
    {words: `${words} ${nameOf(k)}`, content: person(k)})), (k) => { at[key] = k; refresh(); });
  const [from, to] = [pick("from", "From"), pick("to", "To")];
  const way = slider({id: "share", label: "from the first to the second", low: 0, high: 1, step: 0.01, value: at.share,
    told: (v) => `${Math.round(100 * v)}%`}, (v) => { at.share = v; refresh(); });
  const dials = meta.names.map((name, k) => slider({id: `who-${name}`, label: worded(name), low: meta.low[k],
    high: meta.high[k], step: (meta.high[k] - meta.low[k]) / 100, value: 0,
    told: (v) => (v > 0 ? "+" : v < 0 ? "−" : "") + Math.abs(v).toFixed(2)}, (v) => { steps[k] = v; refresh(); }));
  const none = make("button", {type: "button", onclick: () => {
    steps.fill(0);
    dials.forEach((d) => d.show(0));
    refresh();
  }}, "Reset these sliders");
  root.replaceChildren(
    make("p", {class: "label"}, "From"), from.group, make("p", {class: "label"}, "To"), to.group, way.row,
    make("div", {class: "faces four"}, cell(titles[0], left), cell("by the code", made),
      cell("control: cross-fade", fade), cell(titles[1], right)),
    make("details", {open: true}, make("summary", {}, "Change who it is (0: as encoded)"), ...dials.map((d) => d.row),
      make("div", {class: "buttons"}, none)));

  function refresh() {
    from.choose(at.from);
    to.choose(at.to);
    titles[0].textContent = nameOf(at.from);
    titles[1].textContent = nameOf(at.to);
    context.keep(["from", "to", "share"], {from: at.from, to: at.to, share: at.share.toFixed(2)});
    const ends = [codeOf(at.from), codeOf(at.to)];
    const code = moved(between(ends[0], ends[1], at.share), arrays.directions, steps);
    return faces.show([["many/d", ends[0]], ["many/d", ends[1]], ["many/d", code]]);
  }
  await refresh();
}
