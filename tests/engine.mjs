// Runs the page's engine in Node for test_page.py: node engine.mjs FOLDER; in.pack -> out.json and pixels.bin.
import {readFileSync, writeFileSync} from "node:fs";
import {Explorer, asPython, fromPython} from "../swaplib/browser/js/explorer.mjs";
import {Values, asked, between, interpolated, moved, named, principal, probe} from "../swaplib/browser/js/latent.mjs";
import {Decoder} from "../swaplib/browser/js/network.mjs";
import {unpack} from "../swaplib/browser/js/pack.mjs";
import {Faces} from "../swaplib/browser/js/painter.mjs";

const folder = process.argv[2];
const file = readFileSync(`${folder}/in.pack`);
const {meta, arrays, shapes} = await unpack(file.buffer.slice(file.byteOffset, file.byteOffset + file.length));
const rows = (name) => Array.from({length: shapes[name][0]}, (_, k) => arrays[name].slice(k * shapes[name][1], (k + 1) * shapes[name][1]));
const out = {};

if (meta.net) {
  const kernel = await WebAssembly.compile(readFileSync(new URL("../swaplib/browser/kernel.wasm", import.meta.url)));
  const pixels = [];
  for (const whole of [true, false])
    for (const who in meta.net.decoders) {
      const decoder = new Decoder(kernel, meta.net, arrays, who, whole);
      for (const code of rows("codes")) pixels.push(Buffer.from(decoder.draw(code).buffer));
    }
  writeFileSync(`${folder}/pixels.bin`, Buffer.concat(pixels));
}
if (meta.values) {
  const values = new Values(meta.values, arrays.values), {start, asked: wanted} = meta;
  out.moved = rows("codes").map((code) => [...values.move(code, start, wanted)]);
  const weights = new Float32Array(values.length * values.names.length);
  let told = 0;
  const explorer = new Explorer({values, reading: {base: values.names.map(() => 0.25), weights},
    starts: rows("codes").map((code) => ({code, stands: start}))}, () => told++);
  const name = Object.keys(wanted)[0], at = {};
  at.first = [...explorer.code];
  explorer.set(name, wanted[name]);
  at.set = [...explorer.code];
  explorer.undo();
  at.undone = [...explorer.code];
  explorer.kept.add(name);
  const kept = explorer.at[name];
  explorer.surprise(() => 1);
  at.kept = explorer.at[name] === kept;
  at.surprised = values.names.every((n) => n === name || explorer.at[n] === explorer.ranges[n][1]);
  explorer.begin(1);
  at.second = [...explorer.code];
  const text = asPython(explorer.code);
  explorer.take(fromPython(text));
  at.copied = [...explorer.code];
  at.text = text;
  at.refused = [];
  for (const wrong of ["[1, 2]", text.replace(/\d\.\d+/, "1e999")])
    try { explorer.take(fromPython(wrong)); } catch (error) { at.refused.push(error.message); }
  at.told = told;
  out.explorer = at;
}
if (arrays.table) {
  const n = shapes.table[1], {vectors, spread} = principal(arrays.table, n, meta.count);
  out.principal = {vectors: [...vectors], spread};
  out.named = [...named(arrays.table, n, arrays.factors, shapes.factors[1])];
  const column = (name) => Float64Array.from(rows(name), (row) => row[0]);
  out.probe = probe(arrays.table, n, column("factors"), arrays.fresh, column("fresh_factors"));
  const [one, other] = rows("table");
  out.between = [...between(one, other, 0.25)];
  out.stepped = [...moved(one, vectors, [1.5, -0.5])];
  out.interpolated = [-1, 0.5, 2, 9].map((x) => interpolated(x, [0, 1, 3], [10, 20, 0]));
}
if (meta.puppet) out.asked = rows("seen").map((row) => asked(meta.puppet, Object.fromEntries(meta.puppet.inputs.map((name, k) => [name, row[k]]))));
if (meta.asked_fast) { // of codes that are asked for one after the other, those that a canvas has shown
  const drawn = [], painter = {draw: async (key, code) => { drawn.push(code); return {width: 1, height: 1, code}; }};
  const shown = [], canvas = {getContext: () => ({putImageData: (image) => shown.push(image.code)})};
  const faces = new Faces(painter, [canvas]);
  for (const code of meta.asked_fast) faces.show([["key", code]]);
  await faces.settled;
  Object.assign(out, {drawn, shown});
}
writeFileSync(`${folder}/out.json`, JSON.stringify(out));
