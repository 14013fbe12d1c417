// Section 5: the same code by both decoders, by autoencoders that share nothing, and the truth.
import {Faces} from "./painter.mjs";
import {address, choices, figure, make, tile} from "./dom.mjs";

export async function two(root, context) {
  const [{meta, arrays, shapes}, apart] = await Promise.all([context.pack("two"), context.pack("one"), context.both]);
  const {painter} = context, {count, scores} = meta, sheet = address(arrays.pictures);
  painter.add("apart", apart.meta.net, apart.arrays);
  let chosen = Math.min(Math.max(Math.round(+(context.state.pair ?? 0)) || 0, 0), count - 1);
  const canvas = (words) => /** @type {HTMLCanvasElement} */ (make("canvas", {width: 128, height: 128, role: "img", "aria-label": words}));
  const again = canvas("B’s code drawn by decoder B: B again"), swap = canvas("B’s code drawn by decoder A: A doing what B does");
  const wrong = canvas("The same through two autoencoders that share nothing: A, doing something else");
  const faces = new Faces(painter, [again, swap, wrong]);
  const places = [make("span"), make("span")], notes = [0, 1, 2, 3].map(() => make("small"));
  const cell = (head, what, note, css = "") => make("figure", {class: `face ${css}`}, what, make("figcaption", {}, head, note ?? ""));
  const chooser = choices("Pictures of B", Array.from({length: count}, (_, k) => ({words: `Picture ${k + 1} of B`,
    content: tile(sheet, count, 2, k, 0, "")})), (k) => { chosen = k; refresh(); });
  root.replaceChildren(make("p", {class: "label"}, "Choose the input, a picture of B"), chooser.group,
    make("div", {class: "faces five"}, cell("B, the input", places[0], notes[0]), cell("decoder B", again, "", "b"),
      cell("decoder A: the swap", swap, notes[1], "a"), cell("the truth: A rendered", places[1], notes[2]),
      cell("control: two that share nothing", wrong, notes[3])));

  function refresh() {
    chooser.choose(chosen);
    places[0].replaceChildren(tile(sheet, count, 2, chosen, 0, "The picture of B that goes in"));
    places[1].replaceChildren(tile(sheet, count, 2, chosen, 1, "The renderer’s own picture of A doing the same"));
    [scores.unswapped[chosen], scores.swap[chosen], 1, scores.apart[chosen]].forEach((score, k) => {
      notes[k].textContent = `SSIM ${score === 1 ? "1" : figure(score, 2)}`;
    });
    context.keep(["pair"], {pair: chosen});
    const part = (table, name) => table.slice(chosen * shapes[name][1], (chosen + 1) * shapes[name][1]);
    const code = part(arrays.codes, "codes");
    return faces.show([["both/b", code], ["both/a", code], ["apart/d", part(arrays.apart, "apart")]]);
  }
  await refresh();
}
