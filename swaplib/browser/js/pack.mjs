// Packs, as swaplib/browser/packing.py writes them.

/**
 * @typedef {{meta: any, arrays: Record<string, any>, shapes: Record<string, number[]>}} Pack
 *   arrays: typed arrays by name; those of half precision are widened.
 */

/** @param {Float32Array | Uint16Array} halves @returns {Float32Array} */
function widened(halves) {
  return Float32Array.from(halves, (h) => {
    const exponent = (h >> 10) & 31, rest = h & 1023, sign = h & 0x8000 ? -1 : 1;
    return sign * (exponent ? 2 ** (exponent - 15) * (1 + rest / 1024) : 2 ** -24 * rest);
  });
}

/** @param {ArrayBuffer} packed gzip, or what a server has unpacked already @returns {Promise<Pack>} */
export async function unpack(packed) {
  let bytes = packed;
  if (new DataView(packed).getUint16(0) === 0x1f8b) {
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    bytes = await new Response(stream).arrayBuffer();
  }
  const start = 8 + Number(new DataView(bytes).getBigUint64(0, true));
  const {meta, arrays: listed} = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 8, start - 8)));
  const kinds = {int8: Int8Array, uint8: Uint8Array, float16: Uint16Array, float32: Float32Array};
  const arrays = {}, shapes = {};
  for (const name in listed) {
    const [at, kind, shape] = listed[name];
    const array = new kinds[kind](bytes, start + at, shape.reduce((a, b) => a * b, 1));
    arrays[name] = kind === "float16" ? widened(array) : array;
    shapes[name] = shape;
  }
  return {meta, arrays, shapes};
}
