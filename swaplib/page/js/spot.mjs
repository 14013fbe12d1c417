// Section 7: 24 faces to judge, the machines' scores, what was done to each face, and a swap step by step.
import {address, choices, figure, make, slider, tile} from "./dom.mjs";

const STRONGER = 4; // times as strong as it is, what a swap changed
const REAL = "r", SWAP = "s", OPEN = "-"; // answers, in the address and as keys
const STUDIES = 0.555; // the share that people get right: 56 studies, 86,155 people (Diel et al., 2024)
const said = (answer) => (answer === SWAP ? "a swap" : "real");

export async function spot(root, context) {
  const {meta, arrays} = await context.pack("spot"), {faces, columns, steps} = meta, count = faces.length;
  const sheets = {};
  for (const name of ["faces", "truth", "series"]) {
    const picture = await createImageBitmap(new Blob([arrays[name]], {type: "image/webp"}));
    sheets[name] = {picture, wide: name === "series" ? steps.length : columns, address: address(arrays[name])};
  }
  /** The pixels of a picture of a sheet. */
  const pixels = (name, k) => {
    const {picture, wide} = sheets[name], size = picture.width / wide;
    const ink = new OffscreenCanvas(size, size).getContext("2d");
    ink.drawImage(picture, -size * (k % wide), -size * Math.floor(k / wide));
    return ink.getImageData(0, 0, size, size);
  };
  const truthOf = faces.map((face, k) => (face.fake ? faces.slice(0, k).filter((f) => f.fake).length : -1));
  const before = new RegExp(`^[${REAL}${SWAP}${OPEN}]{${count}}$`).test(context.state.spot) ? context.state.spot : OPEN.repeat(count);
  const quiz = questions(count, [...before], (k) => pixels("faces", k), (answers, over) => {
    context.keep(["spot"], answers.every((a) => a === OPEN) ? {} : {spot: answers.join("")});
    outcome.toggleAttribute("hidden", !over);
    if (over) outcome.replaceChildren(...results(meta, answers, sheets.faces, (k) => inspected(faces[k], k, answers[k])));
    return outcome;
  });
  const outcome = make("div", {hidden: true, tabindex: -1, class: "outcome", "aria-label": "Your score and the answers", role: "region"});

  /** What was done to a face, beside its real picture. */
  function inspected(face, k, answer) {
    const places = meta.machines.map((m) => `${m.name}: ${m.place[k]}`).join("; ");
    const words = `${face.fake ? `A swap. The other person’s face was ${face.did.join("; ")}.` : "A real picture: nothing was changed."} ` +
      `${answer === OPEN ? "You did not judge it." : `You said: ${said(answer)}.`} Its place among all 24, where 1 is the most suspicious: ${places}.`;
    return make("div", {}, compared(pixels("faces", k), face.fake ? pixels("truth", truthOf[k]) : null, "as you saw it"),
      make("p", {class: "reading", "aria-live": "polite"}, words));
  }
  root.replaceChildren(quiz.box, outcome, make("h3", {}, "A swap, step by step"), series(meta, (k) => pixels("series", k)));
  if (!before.includes(OPEN)) quiz.end(false);
}

/** One face after the other. told: called with all answers and whether it is over; returns what is shown then. */
function questions(count, answers, pixels, told) {
  const canvas = /** @type {HTMLCanvasElement} */ (make("canvas", {role: "img"}));
  const words = make("p", {class: "reading", role: "status"});
  const answer = (what) => {
    answers[at] = what;
    if (at < count - 1) go(at + 1); else end(true);
  };
  const button = (text, title, act) => make("button", {type: "button", title, onclick: act}, text);
  const back = button("Back", "to the face before", () => go(at - 1));
  const box = make("div", {class: "quiz"}, make("figure", {class: "face"}, canvas),
    make("div", {}, words, make("div", {class: "buttons verdicts"}, button("Real", "key R", () => answer(REAL)),
      button("Swap", "key S", () => answer(SWAP))),
    make("div", {class: "buttons"}, back, button("Show the answers", "ends the quiz here", () => end(true)),
      button("Begin again", "forgets your answers", () => { answers.fill(OPEN); told(answers, false); go(0); })),
    make("p", {class: "said"}, "Keys, once a button here has the focus: R for real, S for swap.")));
  box.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || ![REAL, SWAP].includes(event.key.toLowerCase())) return;
    event.preventDefault();
    answer(event.key.toLowerCase());
  });
  let at = 0;
  function go(k) {
    at = k;
    show(canvas, pixels(k), `Face ${k + 1} of ${count}, a rendered person`);
    words.textContent = `Face ${k + 1} of ${count}. ${answers[k] === OPEN ? "Real or a swap?" : `You said: ${said(answers[k])}.`}`;
    back.toggleAttribute("disabled", k === 0);
    told(answers, false);
  }
  function end(focus) {
    const place = told(answers, true);
    if (!focus) return;
    place.focus({preventScroll: true});
    place.scrollIntoView({block: "nearest"});
  }
  const first = answers.indexOf(OPEN);
  queueMicrotask(() => { if (first >= 0) go(first); else show(canvas, pixels(at = count - 1), `Face ${count} of ${count}, a rendered person`); });
  return {box, end};
}

/** The table of scores, and all faces with their answers. */
function results({faces, machines, columns, lucky}, answers, sheet, inspected) {
  const count = faces.length, given = answers.filter((a) => a !== OPEN).length;
  const right = faces.filter((face, k) => answers[k] === (face.fake ? SWAP : REAL)).length;
  const row = (name, score, note = "") => make("tr", {}, make("th", {scope: "row"}, name), make("td", {}, score), make("td", {}, note));
  const table = make("table", {}, make("caption", {}, `Right answers: ${given < count ? `you judged ${given} of ` : ""}${count} faces`),
    make("tbody", {}, row("you", `${right} of ${given}`, given ? `${Math.round((100 * right) / given)}%` : ""),
      row("guessing", `${count / 2} of ${count}`, `50%; ${lucky.right} or more once in ${lucky.once} tries`),
      row("people in 56 studies", `${figure(STUDIES * count, 1)} of ${count}`, `${figure(100 * STUDIES, 1)}%, 86,155 people`),
      ...machines.map((m) => row(m.name, `${m.right} of ${count}`, `${Math.round((100 * m.right) / count)}%; AUC ${figure(m.auc, 2)}`))));
  const place = make("div");
  const rows = Math.ceil(count / columns);
  const grid = choices("All faces and their answers", faces.map((face, k) => {
    const mark = answers[k] === OPEN ? "" : (answers[k] === SWAP) === face.fake ? "✓ " : "✗ ";
    return {words: `Face ${k + 1}: ${face.fake ? "a swap" : "real"}${answers[k] === OPEN ? "" : `; you said: ${said(answers[k])}`}`,
      content: make("span", {}, tile(sheet.address, columns, rows, k % columns, Math.floor(k / columns), ""), `${mark}${face.fake ? "swap" : "real"}`)};
  }), (k) => place.replaceChildren(inspected(k)));
  grid.group.classList.add("answers");
  const first = Math.max(faces.findIndex((face, k) => face.fake && answers[k] === REAL), 0);
  grid.choose(first);
  place.append(inspected(first));
  return [table, make("p", {class: "said"}, "A network gives each face a score. It is told, as you are, that half of them are swaps, so the 12 highest scores count as its answer “swap”. AUC says how often it gives a swap a higher score than a real picture; guessing gives 0.50. It judged the pictures before they were marked: to a network, the letters of a mark look like a trace."),
    make("p", {class: "label"}, "Choose a face to see what was done to it"), grid.group, place];
}

/** From a real picture to a whole swap, a switch at a time. */
function series({steps, machines}, pixels) {
  const place = make("div"), real = pixels(0);
  const words = make("p", {class: "reading", "aria-live": "polite"});
  const go = (k) => {
    const {name, said: about, auc} = steps[k];
    place.replaceChildren(compared(pixels(k), real, k ? `step ${k}: ${name}` : "the real picture"));
    words.textContent = `${about} ${auc ? `AUC against real pictures: ${machines.map((m, j) => `${m.name} ${figure(auc[j], 2)}`).join(", ")}; guessing 0.50.` : ""}`;
  };
  const dial = slider({id: "step", label: "steps of the swap", low: 0, high: steps.length - 1, step: 1, value: 0,
    told: (k) => `${k}: ${steps[k].name}`}, go);
  go(0);
  return make("div", {class: "series"}, dial.row, place, words);
}

/** A picture, the real one, and the difference between them. */
function compared(made, truth, title) {
  const cell = (head, image, words) => {
    const canvas = /** @type {HTMLCanvasElement} */ (make("canvas", {role: "img"}));
    show(canvas, image, words);
    return make("figure", {class: "face"}, canvas, make("figcaption", {}, head));
  };
  const cells = [cell(title, made, `A rendered person: ${title}`)];
  if (truth) {
    const out = new ImageData(made.width, made.height);
    for (let i = 0; i < out.data.length; i++)
      out.data[i] = i % 4 === 3 ? 255 : 128 + STRONGER * (made.data[i] - truth.data[i]);
    cells.push(cell("control: the real picture", truth, "The real picture of the same moment"),
      cell(`difference, times ${STRONGER}; grey is none`, out, "The difference between the two; grey is no difference"));
  }
  return make("div", {class: "faces three"}, ...cells);
}

function show(canvas, image, words) {
  canvas.width = image.width;
  canvas.height = image.height;
  canvas.getContext("2d").putImageData(image, 0, 0);
  canvas.setAttribute("aria-label", words);
}
