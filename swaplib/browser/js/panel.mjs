// Section 1: sliders under both faces. Also the whole of `explore.page`.
import {Values} from "./latent.mjs";
import {Explorer, asPython, fromPython} from "./explorer.mjs";
import {Faces} from "./painter.mjs";
import {address, choices, make, slider, tile} from "./dom.mjs";

const DEGREES = {yaw: "turn", pitch: "nod", gaze_yaw: "gaze"}; // named as a reader would
const WORDS = {...DEGREES, mouth_open: "mouth open", brow_inner: "inner brows"};
export const worded = (name) => WORDS[name] ?? name.replaceAll("_", " ");
export const told = (name) => (v) => (name in DEGREES ? `${Math.round(v)}°` : `${Math.round(100 * v)}%`).replace("-", "−");
export const stepOf = (name) => (name in DEGREES ? 0.5 : 0.01);

/** The sliders' state as the address has it: "start=2&yaw=10.5". */
function asAddress(explorer) {
  const out = {};
  if (explorer.start >= 0) out.start = explorer.start;
  else out.code = btoa(String.fromCharCode(...new Uint8Array(Float32Array.from(explorer.base).buffer)));
  const rest = explorer.rest();
  for (const name in explorer.at)
    if (Math.abs(explorer.at[name] - rest[name]) > 1e-3) out[name] = +explorer.at[name].toFixed(2);
  return out;
}

function fromAddress(explorer, state) {
  if (state.code) {
    const bytes = Uint8Array.from(atob(state.code), (c) => c.charCodeAt(0));
    explorer.take(new Float32Array(bytes.buffer));
  } else if (+state.start in explorer.starts) explorer.begin(+state.start);
  const asked = {};
  for (const name in explorer.at) if (name in state) asked[name] = +state[name];
  if (Object.keys(asked).length) explorer.setAll(asked);
}

/**
 * Puts the sliders into `root`.
 * @param {HTMLElement} root @param {any} pack @param {any} painter
 * @param {{people: Record<string, string>, state?: any, keep?: (state: any) => void}} options
 *   people: who is who, in words for those who don't see them; keep: takes the state for the address
 */
export async function panel(root, pack, painter, {people, state = {}, keep = () => {}}) {
  const {meta, arrays, shapes} = pack, length = shapes.starts[1];
  painter.add("both", meta.net, arrays);
  const who = Object.keys(meta.net.decoders), sheet = arrays.truth ? address(arrays.truth) : "";
  const columns = 1 + Math.max(...meta.starts.map((s) => s.place));
  const starts = meta.starts.map((s, k) => ({...s, code: arrays.starts.slice(k * length, (k + 1) * length)}));
  const values = meta.values && new Values(meta.values, arrays.values);
  const reading = meta.reading && {...meta.reading, weights: arrays.reading};
  const explorer = new Explorer({values, reading, starts}, refresh);

  const canvases = who.map((w) => /** @type {HTMLCanvasElement} */ (make("canvas",
    {width: meta.net.size, height: meta.net.size, role: "img", "aria-label": people[w]})));
  const faces = new Faces(painter, canvases);
  const truths = who.map(() => make("span", {class: "truth"}));
  const figures = who.map((w, k) => make("figure", {class: `face ${w}`}, canvases[k],
    make("figcaption", {}, make("b", {}, w.toUpperCase()), ` by decoder ${w.toUpperCase()}`), truths[k]));

  const sliders = {}, keeps = {}, rows = [];
  for (const name of Object.keys(explorer.at)) {
    const [low, high] = explorer.ranges[name];
    const s = slider({id: `slider-${name}`, label: worded(name), low, high, step: stepOf(name),
      value: explorer.at[name], told: told(name)}, (v) => explorer.set(name, v));
    keeps[name] = /** @type {HTMLInputElement} */ (make("input", {type: "checkbox", "aria-label": `keep ${worded(name)}`,
      onchange: () => { if (keeps[name].checked) explorer.kept.add(name); else explorer.kept.delete(name); }}));
    s.row.append(make("label", {class: "keep", title: "“Surprise me” doesn’t move a slider that is kept"}, keeps[name], "keep"));
    sliders[name] = s;
    rows.push(s.row);
  }
  const chooser = choices("Pictures to start from", starts.map((s) => ({words: `Start from ${s.name}`,
    content: sheet ? tile(sheet, columns, who.length, s.place, who.indexOf(s.who), "") : s.name})),
  (k) => explorer.begin(k));

  const said = make("span", {role: "status", class: "said"}), say = (words) => { said.textContent = words; };
  const text = /** @type {HTMLTextAreaElement} */ (make("textarea",
    {rows: 4, spellcheck: "false", "aria-label": "The code as a Python array"}));
  const button = (words, title, act) => make("button", {type: "button", title, onclick: act}, words);
  const box = make("details", {class: "code"}, make("summary", {}, "The code, as numbers"), text,
    make("div", {class: "buttons"},
      button("Copy this code", "for sliders.code in lesson 4", async () => {
        text.value = asPython(explorer.code);
        try {
          await navigator.clipboard.writeText(text.value);
          say("Copied. In lesson 4: sliders.code = …");
        } catch {
          text.select();
          say("Press Ctrl+C to copy the selected text.");
        }
      }),
      button("Use the code above", "such as one from sliders.copy()", () => {
        try {
          explorer.take(fromPython(text.value));
          say("This code is shown.");
        } catch (error) {
          say(error.message);
        }
      }), said));

  root.replaceChildren(
    make("div", {class: "faces"}, ...figures),
    make("div", {class: "controls"},
      make("p", {class: "label"}, "Start from one of these pictures"), chooser.group,
      ...rows,
      make("div", {class: "buttons"},
        button("Surprise me", "moves all sliders but those you keep", () => explorer.surprise()),
        button("Undo", "takes the last change back", () => explorer.undo()),
        button("Reset", "all sliders to where the picture stands", () => explorer.reset())),
      box));

  function refresh() {
    const ranges = explorer.ranges;
    for (const name in sliders) {
      const s = sliders[name];
      if (+s.input.min !== ranges[name][0] || +s.input.max !== ranges[name][1])
        [s.input.min, s.input.max] = ranges[name].map(String);
      if (document.activeElement !== s.input || +s.input.value !== explorer.at[name]) s.show(explorer.at[name]);
    }
    chooser.choose(explorer.start);
    const start = starts[explorer.start];
    truths.forEach((place, k) => {
      if (!sheet || place.dataset.at === String(explorer.start)) return;
      place.dataset.at = String(explorer.start);
      place.replaceChildren(...(start ? [tile(sheet, columns, who.length, start.place, k,
        `The renderer’s own picture of ${who[k].toUpperCase()} at this start`), "true picture at this start"] : []));
    });
    const code = explorer.code;
    text.value = asPython(code);
    keep(asAddress(explorer));
    return faces.show(who.map((w) => [`both/${w}`, code]));
  }

  try { fromAddress(explorer, state); } catch { /* an address that was mistyped */ }
  await refresh();
  return {explorer, faces, refresh};
}
