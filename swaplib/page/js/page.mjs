// The page: loads each section when it comes near, and keeps the state in the address.
import {unpack} from "./pack.mjs";
import {Painter} from "./painter.mjs";
import {panel} from "./panel.mjs";
import {middle} from "./middle.mjs";
import {many} from "./many.mjs";
import {one} from "./one.mjs";
import {two} from "./two.mjs";
import {movie} from "./movie.mjs";
import {spot} from "./spot.mjs";
import {puppet} from "./puppet.mjs";

const NEAR = "400px"; // below the window, where a section is loaded
const PAUSE = 300; // ms after the last change, before the address changes
const PEOPLE = {
  a: "A, a young woman with dark hair tied back, drawn from the code",
  b: "B, a young man with his hair combed back, drawn from the same code",
};

const text = (id) => document.getElementById(id)?.textContent ?? "";
const bytes = async (base64) => (await fetch(`data:application/octet-stream;base64,${base64}`)).arrayBuffer();

/** What sections share: the painter, packs by name, and the address. */
class Context {
  #packs = {};
  #timer = 0;
  #opened = null;
  state = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));

  constructor(painter) { this.painter = painter; }

  /** A pack, loaded once. */
  pack(name) { return (this.#packs[name] ??= this.#load(name)); }

  async #load(name) {
    const inside = text(`pack-${name}`);
    if (inside) return unpack(await bytes(inside));
    const answer = await fetch(`${name}.pack`);
    if (!answer.ok) throw new Error(`${name}.pack could not be loaded (${answer.status})`);
    return unpack(await answer.arrayBuffer());
  }

  /** Keeps a section's part of the address: `values` in place of those under `names`. */
  keep(names, values) {
    for (const name of names) delete this.state[name];
    Object.assign(this.state, values);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      try { history.replaceState(null, "", `#${new URLSearchParams(this.state)}`); } catch { /* not in this frame */ }
    }, PAUSE);
  }

  /** The network of section 1, which others draw with too. */
  get both() { return (this.#opened ??= this.#open()); }

  async #open() {
    const root = /** @type {HTMLElement} */ (document.querySelector("#both .stage")), pack = await this.pack("both");
    const names = ["start", "code", ...pack.meta.values.names];
    return panel(root, pack, this.painter,
      {people: PEOPLE, state: {...this.state}, keep: (values) => this.keep(names, values)});
  }
}

const SECTIONS = {middle, many, one, two, movie, spot, puppet};

async function start() {
  const began = performance.now();
  const painter = new Painter(await bytes(text("kernel").trim()), text("worker"));
  const context = new Context(painter);
  Object.assign(window, {page: context});
  const open = async (id) => {
    const stage = document.querySelector(`#${id} .stage`);
    try {
      await SECTIONS[id](stage, context);
      stage.setAttribute("data-ready", "");
    } catch (error) {
      stage.textContent = `This part could not be shown: ${error.message}`;
      console.error(error);
    }
  };
  try {
    const {explorer} = await context.both;
    document.querySelector("#both .stage").setAttribute("data-ready", "");
    performance.measure("first faces", {start: 0});
    performance.measure("from the script", {start: began});
    await painter.choose("both/a", explorer.code);
  } catch (error) {
    document.querySelector("#both .stage").textContent =
      `This browser can’t draw the faces (${error.message}). A browser of 2023 or later can.`;
  }
  const watch = new IntersectionObserver((entries) => {
    for (const {isIntersecting, target} of entries)
      if (isIntersecting) {
        watch.unobserve(target);
        open(target.id);
      }
  }, {rootMargin: NEAR});
  for (const id in SECTIONS) if (document.getElementById(id)) watch.observe(document.getElementById(id));
  follow();
}

/** The links of the navigation. Sections on the way load and grow, so the target is held until the reader moves on. */
function follow() {
  let target = null;
  for (const kind of ["wheel", "touchstart", "pointerdown", "keydown"])
    addEventListener(kind, () => { target = null; }, {passive: true, capture: true});
  new ResizeObserver(() => target?.scrollIntoView({behavior: "instant"})).observe(document.body);
  for (const link of document.querySelectorAll("nav a"))
    link.addEventListener("click", (event) => { // an anchor in the address would take the state's place
      event.preventDefault();
      target = document.querySelector(link.getAttribute("href"));
      target.scrollIntoView({behavior: "instant"});
      target.querySelector("h2").focus({preventScroll: true});
    });
}

start();
