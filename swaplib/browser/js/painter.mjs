// Draws codes: two workers, a decoder each, and canvases that show the newest code asked for.
import {Desk} from "./desk.mjs";

const WORKERS = 2;

/** A desk in a worker, or beside the page where workers are forbidden. */
class Remote {
  #worker = null;
  #desk = null;
  #waiting = new Map();
  #count = 0;

  /** @param {string} source of the worker */
  constructor(source) {
    try {
      const address = URL.createObjectURL(new Blob([source], {type: "text/javascript"}));
      this.#worker = new Worker(address);
      this.#worker.onmessage = ({data: {id, answer, error}}) => {
        const {done, failed} = this.#waiting.get(id);
        this.#waiting.delete(id);
        if (error) failed(new Error(error)); else done(answer);
      };
      this.#worker.onerror = (event) => {
        event.preventDefault();
        this.#beside();
      };
    } catch {
      this.#beside();
    }
  }

  /** A policy forbids workers: what was ordered is done here, in its order. */
  #beside() {
    if (this.#desk) return;
    this.#desk = new Desk();
    for (const {order, done, failed} of this.#waiting.values()) this.#desk.take(order).then(done, failed);
  }

  take(order) {
    if (this.#desk) return this.#desk.take(order);
    return new Promise((done, failed) => {
      this.#waiting.set(++this.#count, {order, done, failed});
      this.#worker.postMessage({id: this.#count, order});
    });
  }
}

/** Networks that draw codes. `await painter.ready` before anything is measured. */
export class Painter {
  #places = new Map();
  #sizes = new Map();
  #next = 0;

  /** @param {BufferSource} kernel bytes of kernel.wasm @param {string} source of the worker */
  constructor(kernel, source) {
    this.remotes = Array.from({length: WORKERS}, () => new Remote(source));
    for (const remote of this.remotes) remote.take({what: "kernel", bytes: kernel});
    this.whole = true;
    this.measured = null;
  }

  /** Takes the decoders of a network; each gets a worker, in turn. */
  add(name, meta, arrays) {
    for (const who in meta.decoders) {
      const key = `${name}/${who}`, remote = this.remotes[this.#next++ % WORKERS];
      const own = {};
      for (const layer of meta.decoders[who].layers)
        for (const part of "wsb") own[`${layer}_${part}`] = arrays[`${layer}_${part}`].slice();
      this.#places.set(key, remote);
      this.#sizes.set(key, meta.size);
      remote.take({what: "load", key, meta, arrays: own, who});
    }
  }

  /** @param {string} key such as "both/a" @param {Float32Array} code @returns {Promise<ImageData>} */
  async draw(key, code) {
    const pixels = await this.#places.get(key).take({what: "draw", key, code});
    return new ImageData(pixels, this.#sizes.get(key));
  }

  /** Tries both kernels on one decoder, and keeps the quicker one. */
  async choose(key, code) {
    const best = await this.#places.get(key).take({what: "measure", key, code});
    this.measured = best;
    this.whole = best[0] <= best[1];
    for (const remote of this.remotes) remote.take({what: "use", whole: this.whole});
  }
}

/** Canvases that change together: the newest pictures asked for are shown, and none in between is waited for. */
export class Faces {
  #wanted = null;
  #busy = null;

  /**
   * @param {Painter} painter
   * @param {HTMLCanvasElement[]} canvases
   * @param {(images: ImageData[]) => void} [shown] called with what was drawn
   */
  constructor(painter, canvases, shown = () => {}) {
    this.painter = painter;
    this.canvases = canvases;
    this.shown = shown;
    this.drawn = 0;
    this.latency = 0;
  }

  /** When the newest pictures are shown. */
  get settled() { return this.#busy ?? Promise.resolve(); }

  /** @param {[string, Float32Array][]} jobs a key and a code for each canvas @returns when they are shown */
  show(jobs) {
    this.#wanted = jobs;
    this.#busy ??= this.#work().finally(() => { this.#busy = null; });
    return this.#busy;
  }

  async #work() {
    while (this.#wanted) {
      const jobs = this.#wanted, start = performance.now();
      this.#wanted = null;
      const images = await Promise.all(jobs.map(([key, code]) => this.painter.draw(key, code)));
      images.forEach((image, k) => put(this.canvases[k], image));
      this.latency = performance.now() - start;
      this.drawn++;
      this.shown(images);
    }
  }
}

/** Puts a picture on a canvas, which takes its size. */
export function put(canvas, image) {
  if (canvas.width !== image.width) canvas.width = canvas.height = image.width;
  canvas.getContext("2d").putImageData(image, 0, 0);
}
