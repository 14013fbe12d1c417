// What draws, in a worker or beside the page where workers are forbidden: decoders by name, and a queue.
import {Decoder} from "./network.mjs";

const ROUNDS = 4; // of each kernel, to find the quicker one

/** Decoders by key, and the kernel that draws them. */
export class Desk {
  #module = null;
  #packed = new Map();
  #decoders = new Map();
  #whole = true;
  #last = Promise.resolve();

  /** Orders are done one after the other, in the order in which they come: the kernel compiles for a while. */
  take(order) {
    const done = this.#last.then(() => this.#do(order));
    this.#last = done.catch(() => {});
    return done;
  }

  /** @param {any} order with `what` to do @returns {Promise<any>} the answer */
  async #do(order) {
    const {what, key} = order;
    if (what === "kernel") this.#module = await WebAssembly.compile(order.bytes);
    else if (what === "load") this.#packed.set(key, order);
    else if (what === "draw") return this.#decoder(key).draw(order.code);
    else if (what === "use") {
      if (this.#whole !== order.whole) this.#decoders.clear();
      this.#whole = order.whole;
    } else if (what === "measure") return this.#measured(key, order.code);
    return null;
  }

  #made(key, whole) {
    const {meta, arrays, who} = this.#packed.get(key);
    return new Decoder(this.#module, meta, arrays, who, whole);
  }

  #decoder(key) {
    if (!this.#decoders.has(key)) this.#decoders.set(key, this.#made(key, this.#whole));
    return this.#decoders.get(key);
  }

  /** Milliseconds of the quickest drawing by either kernel: [whole numbers, single precision]. */
  #measured(key, code) {
    const both = [true, false].map((whole) => this.#made(key, whole)), best = [Infinity, Infinity];
    for (let round = 0; round <= ROUNDS; round++)
      both.forEach((decoder, k) => {
        const start = performance.now();
        decoder.draw(code);
        if (round) best[k] = Math.min(best[k], performance.now() - start); // the first one is compiled
      });
    return best;
  }
}
