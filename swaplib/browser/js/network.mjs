// A decoder that draws: a pack's weights in the memory of the kernel (kernel.c has the layouts).

const LARGEST = 2 ** 31 - 1, WEIGHT = 127;
const EXPONENTS = 8192; // entries of the sigmoid's table, over [-8, 8)

/** How large a 16-bit activation may be so that no sum of `terms` products overflows 32 bits. */
const limit = (terms) => Math.min(16383, Math.floor(LARGEST / WEIGHT / terms));

/** One decoder of a network. */
export class Decoder {
  /**
   * @param {WebAssembly.Module} module the kernel
   * @param {any} meta of the network, as packing.network made it
   * @param {Record<string, any>} arrays of its pack
   * @param {string} who which decoder, such as "a"
   * @param {boolean} whole whether to compute in whole numbers (8-bit weights, 16-bit activations)
   */
  constructor(module, meta, arrays, who, whole = true) {
    const {layers, peaks} = meta.decoders[who], {channels, small} = meta;
    this.size = meta.size;
    this.length = meta.code;
    const widths = channels.map((_, k) => small << k), each = whole ? 2 : 4;
    const w = (k) => arrays[`${layers[k]}_w`];
    const activations = widths.map((s, k) => (s + 2) ** 2 * channels[k] * each);
    const weights = layers.map((_, k) => w(k).length * (whole || k === 0 ? 1 : 4) + 64 * 1024);
    const total = [...activations, ...weights].reduce((a, b) => a + b, this.size ** 2 * 4 + 256 * 1024);
    const memory = new WebAssembly.Memory({initial: Math.ceil(total / 65536) + 2});
    const kernel = /** @type {any} */ (new WebAssembly.Instance(module, {env: {memory}}).exports);
    let top = (kernel.__heap_base.value + 63) & ~63;
    const room = (bytes) => {
      const at = top;
      top = (top + bytes + 63) & ~63;
      if (top > memory.buffer.byteLength) throw new Error("the memory of the kernel is too small");
      return at;
    };
    const put = (array) => {
      const at = room(array.byteLength);
      new Uint8Array(memory.buffer).set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
      return at;
    };
    const code = room(4 * meta.code), x = activations.map(room), out = room(4 * this.size ** 2);
    const table = put(Uint8Array.from({length: EXPONENTS},
      (_, k) => Math.round(255 / (1 + Math.exp(8 - k / 512)))));
    // What layer k + 1 multiplies and adds up decides how large the output of layer k may be.
    const limits = channels.map((c, k) => limit((k < channels.length - 1 ? 4 : 9) * c));
    const times = limits.map((l, k) => (whole ? l / peaks[k] : 0));
    const steps = [];
    const scale = (k) => arrays[`${layers[k]}_s`], bias = (k) => put(arrays[`${layers[k]}_b`]);
    {
      const a = [put(w(0)), put(scale(0)), bias(0)];
      steps.push(() => kernel.dense(code, ...a, meta.code, small, channels[0], x[0], times[0], limits[0]));
    }
    for (let k = 1; k < channels.length; k++) {
      const [s, ci, co] = [widths[k - 1], channels[k - 1], channels[k]];
      if (whole) {
        const a = [put(w(k)), put(scale(k).map((v) => v / times[k - 1])), bias(k)];
        steps.push(() => kernel.up_i(x[k - 1], ...a, s, ci, co, x[k], times[k], limits[k]));
      } else {
        const a = [put(real(w(k), scale(k), ci, co, 8)), bias(k)];
        steps.push(() => kernel.up_f(x[k - 1], ...a, s, ci, co, x[k]));
      }
    }
    const k = channels.length, c = channels[k - 1], last = x[k - 1];
    if (whole) {
      const a = [put(w(k)), put(scale(k).map((v) => v / times[k - 1])), bias(k)];
      steps.push(() => kernel.last_i(last, ...a, this.size, c, out, table));
    } else {
      const a = [put(real(w(k), scale(k), c, 4, 4)), bias(k)];
      steps.push(() => kernel.last_f(last, ...a, this.size, c, out, table));
    }
    /** @param {Float32Array} numbers the code @returns {Uint8ClampedArray} RGBA, a copy */
    this.draw = (numbers) => {
      new Float32Array(memory.buffer, code, meta.code).set(numbers);
      for (const step of steps) step();
      return new Uint8ClampedArray(memory.buffer, out, 4 * this.size ** 2).slice();
    };
  }
}

/**
 * Weights in single precision: pairs of inputs apart again, each times the scale of its output.
 * A block is [ci / 2][wide][2]; blocks of an output follow each other every co / wide blocks of taps.
 */
function real(whole, scale, ci, co, wide) {
  const out = new Float32Array(whole.length), outputs = co / wide, taps = co === 4 ? 9 : 4;
  for (let block = 0, at = 0; block < whole.length / (ci * wide); block++) {
    const first = wide * (Math.floor(block / taps) % outputs);
    for (let i = 0; i < ci; i++)
      for (let o = 0; o < wide; o++, at++)
        out[at] = whole[(block * (ci >> 1) + (i >> 1)) * wide * 2 + 2 * o + (i & 1)] * scale[first + o];
  }
  return out;
}
