// Sliders that stand for values, and both faces: the state, and what can be done with it. No page here.
import {moved} from "./latent.mjs";

const UNDOS = 100, ONE_DRAG = 1000; // steps; ms between moves of one slider that are one step

/** The state of sliders over a starting code, as `notebook.Explorer` has it. */
export class Explorer {
  #past = [];
  #last = /** @type {[string, number]} */ (["", 0]);

  /**
   * @param {{values?: any, directions?: any, reading?: any, starts: any[]}} parts
   *   starts: {name, code, stands}; reading: {weights, base} of a linear reading of codes
   * @param {() => void} changed called after each change
   */
  constructor({values, directions, reading, starts}, changed) {
    this.values = values;
    this.directions = directions;
    this.reading = reading;
    this.starts = starts;
    this.changed = changed;
    this.kept = /** @type {Set<string>} */ (new Set());
    this.begin(0, false);
    this.#past = [];
  }

  /** Sliders: {name: [low, high]}. */
  get ranges() {
    const out = {};
    this.values?.names.forEach((name, k) => {
      const at = this.stands[name] ?? 0;
      out[name] = [Math.min(this.values.low[k], at), Math.max(this.values.high[k], at)];
    });
    this.directions?.names.forEach((name, k) => { out[name] = [this.directions.low[k], this.directions.high[k]]; });
    return out;
  }

  /** The code that is shown: Float32Array. */
  get code() {
    let code = this.base;
    if (this.values) {
      const asked = {};
      for (const name of this.values.names) asked[name] = this.at[name];
      code = this.values.move(code, this.stands, asked);
    }
    if (this.directions) code = moved(code, this.directions.vectors, this.directions.names.map((n) => this.at[n]));
    return code;
  }

  /** Sliders where the start stands. */
  rest() {
    const out = {};
    for (const name of this.values?.names ?? []) out[name] = this.stands[name] ?? 0;
    for (const name of this.directions?.names ?? []) out[name] = 0;
    return out;
  }

  begin(number, tell = true) {
    const {code, stands} = this.starts[number];
    this.#remember();
    this.start = number;
    this.#stand(code, stands);
    if (tell) this.changed();
  }

  /** Begins at any code; where its face stands is read from it. */
  take(code) {
    if (code.length !== this.base.length)
      throw new Error(`A code here has ${this.base.length} numbers, and this one has ${code.length}.`);
    if (!code.every(Number.isFinite)) throw new Error("There is a number in this code that is none, or infinite.");
    this.#remember();
    this.start = -1;
    this.#stand(Float32Array.from(code), this.read(code));
    this.changed();
  }

  /** What a linear reading says of a code: {factor: number}. */
  read(code) {
    const out = {};
    this.values?.names.forEach((name, k) => {
      let sum = this.reading.base[k];
      for (let i = 0; i < code.length; i++) sum += code[i] * this.reading.weights[i * this.values.names.length + k];
      out[name] = this.values.low[k] >= 0 ? Math.min(Math.max(sum, 0), 1) : sum;
    });
    return out;
  }

  #stand(code, stands) {
    this.base = code;
    this.stands = {};
    for (const name in stands) {
      const [low, high] = this.values?.reach(name) ?? [0, 0];
      this.stands[name] = Math.min(Math.max(stands[name], low), high);
    }
    this.at = this.rest();
  }

  /** One slider to a value; moves of one slider that follow each other fast are one step to undo. */
  set(name, value) {
    const now = performance.now(), [last, when] = this.#last;
    if (name !== last || now - when > ONE_DRAG) this.#remember();
    this.#last = [name, now];
    this.at = {...this.at, [name]: value};
    this.changed();
  }

  /** Several sliders at once, as one step. */
  setAll(values) {
    this.#remember();
    const ranges = this.ranges;
    for (const name in values)
      if (name in ranges && Number.isFinite(values[name]))
        this.at = {...this.at, [name]: Math.min(Math.max(values[name], ranges[name][0]), ranges[name][1])};
    this.changed();
  }

  surprise(random = Math.random) {
    const out = {};
    for (const [name, [low, high]] of Object.entries(this.ranges))
      if (!this.kept.has(name)) out[name] = low + (high - low) * random();
    this.setAll(out);
  }

  reset() { this.setAll(this.rest()); }

  undo() {
    const before = this.#past.pop();
    if (!before) return;
    Object.assign(this, before);
    this.#last = ["", 0];
    this.changed();
  }

  #remember() {
    const {base, stands, start, at} = this;
    if (base) this.#past.push({base, stands, start, at});
    if (this.#past.length > UNDOS) this.#past.shift();
    this.#last = ["", 0];
  }
}

/** The code as Python's text, as `Explorer.copy` writes it. */
export const asPython = (code) =>
  `np.array([${Array.from(code, (v) => (v >= 0 ? " " : "") + v.toFixed(4)).join(",")}], np.float32)`;

/** The numbers in a text such as `asPython` makes: Float32Array. */
export function fromPython(text) {
  const inside = text.includes("[") ? text.slice(text.indexOf("[") + 1, text.lastIndexOf("]")) : text;
  return Float32Array.from((inside.match(/[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?/gi) ?? []).map(Number));
}
