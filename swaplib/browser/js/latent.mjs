// Ways through the codes, as swaplib.latent has them: sliders that stand for values, directions, probes.

/** What np.interp does: the value at x of the line through (xs, ys). */
export function interpolated(x, xs, ys) {
  if (x <= xs[0]) return ys[0];
  for (let i = 1; i < xs.length; i++)
    if (x <= xs[i]) return ys[i - 1] + ((ys[i] - ys[i - 1]) * (x - xs[i - 1])) / (xs[i] - xs[i - 1] || 1);
  return ys[ys.length - 1];
}

/** `swaplib.latent.Values`: sliders that stand for what the face does. */
export class Values {
  /** @param {any} words names, low, high, known, middle, scale, maps, aside @param {Float32Array} weights */
  constructor(words, weights) {
    const {names, low, high, known, middle, scale, maps, aside: compensation} = words;
    this.names = names;
    this.low = low;
    this.high = high;
    this.known = known;
    this.middle = middle;
    this.scale = scale;
    this.maps = maps;
    this.compensation = compensation;
    this.weights = weights;
    this.length = weights.length / (words.known.length * (words.known.length + 3) / 2);
  }

  /** [lowest, highest] value of a factor that makes a difference. */
  reach(name) {
    const map = this.maps[name];
    return map ? [map[0][0], map[0][map[0].length - 1]] : [-Infinity, Infinity];
  }

  /** The code brought from the values `start` to those asked: Float32Array. */
  move(code, start, asked) {
    const here = this.#terms(start), there = this.#terms({...start, ...asked});
    const out = Float64Array.from(code);
    for (let t = 0; t < here.length; t++) {
      const step = there[t] - here[t];
      if (step) for (let k = 0, w = t * this.length; k < this.length; k++) out[k] += step * this.weights[w + k];
    }
    return Float32Array.from(out);
  }

  #terms(values) {
    const put = [...this.middle];
    for (const name in values) {
      const k = this.known.indexOf(name);
      if (k >= 0) put[k] = this.maps[name] ? interpolated(values[name], this.maps[name][0], this.maps[name][1]) : values[name];
    }
    for (const name in values)
      for (const other in this.compensation[name] ?? {}) {
        const [asked, held] = this.compensation[name][other];
        put[this.known.indexOf(other)] += interpolated(values[name], asked, held);
      }
    return quadratic(put.map((v, k) => (v - this.middle[k]) / this.scale[k]));
  }
}

/** Numbers, their squares and their products, in the order of Python's `latent.values`. */
function quadratic(z) {
  const terms = [...z];
  for (let i = 0; i < z.length; i++) for (let j = i; j < z.length; j++) terms.push(z[i] * z[j]);
  return terms;
}

/** The sliders' values for readings of a face: {name: value}, as Python's `page.puppet.asked`. */
export function asked({inputs, curves, middle, scale, base, weights, limits}, read) {
  const terms = quadratic(inputs.map((name, k) => (interpolated(read[name], ...curves[k]) - middle[k]) / scale[k])), out = {};
  for (const name in limits) {
    const value = terms.reduce((sum, term, t) => sum + term * weights[name][t], base[name]);
    out[name] = Math.min(Math.max(value, limits[name][0]), limits[name][1]);
  }
  return out;
}

/** The code moved by so many steps along each of the vectors (k, code length), as `Directions.move`. */
export function moved(code, vectors, steps) {
  const out = Float32Array.from(code), n = out.length;
  steps.forEach((step, k) => { for (let i = 0; i < n; i++) out[i] += step * vectors[k * n + i]; });
  return out;
}

/** The code a share of the way from one to another, as `latent.between`. */
export const between = (one, other, share) => Float32Array.from(one, (v, k) => (1 - share) * v + share * other[k]);

/** Mean of the rows of a table (rows of n numbers). */
export function mean(table, n) {
  const out = new Float64Array(n);
  for (let i = 0; i < table.length; i++) out[i % n] += (table[i] * n) / table.length;
  return out;
}

/** Sums of products of centred columns: x' x, or x' y. x: (rows, n), y: (rows, m) -> n rows of m. */
function products(x, n, y, m) {
  const a = mean(x, n), b = mean(y, m), out = Array.from({length: n}, () => new Float64Array(m));
  for (let row = 0; row < x.length / n; row++)
    for (let i = 0; i < n; i++) {
      const v = x[row * n + i] - a[i];
      for (let j = 0; j < m; j++) out[i][j] += v * (y[row * m + j] - b[j]);
    }
  return out;
}

/**
 * The directions in which codes differ most, as `latent.principal`: principal components.
 * @returns {{vectors: Float32Array, spread: number[], middle: Float64Array}} a step is a standard deviation
 */
export function principal(codes, n, count = 2) {
  const {vectors, values} = eigen(products(codes, n, codes, n)), out = new Float32Array(count * n);
  const largest = values.map((_, k) => k).sort((i, j) => values[j] - values[i]).slice(0, count);
  const spread = largest.map((k) => Math.sqrt(values[k] / (codes.length / n - 1)));
  largest.forEach((k, place) => {
    // As scikit-learn has it, the largest number of a direction is positive.
    const sign = Math.sign(vectors[k].reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0));
    vectors[k].forEach((value, i) => { out[place * n + i] = sign * value * spread[place]; });
  });
  return {vectors: out, spread, middle: mean(codes, n)};
}

const dot = (a, b) => { let sum = 0; for (let i = 0; i < a.length; i++) sum += a[i] * b[i]; return sum; };

/** Least squares x w = y, with `ridge` added to the diagonal: n rows of m weights, between centred columns. */
export function regression(x, n, y, m, ridge = 0) {
  const a = products(x, n, x, n), b = products(x, n, y, m);
  for (let i = 0; i < n; i++) a[i][i] += ridge;
  for (let i = 0; i < n; i++) { // Gauss's elimination, with the largest pivot
    let p = i;
    for (let r = i + 1; r < n; r++) if (Math.abs(a[r][i]) > Math.abs(a[p][i])) p = r;
    [a[i], a[p], b[i], b[p]] = [a[p], a[i], b[p], b[i]];
    if (!a[i][i]) throw new Error("a column of numbers never changes, or follows from others");
    for (let r = 0; r < n; r++) {
      const times = r === i ? 0 : a[r][i] / a[i][i];
      if (!times) continue;
      for (let c = i; c < n; c++) a[r][c] -= times * a[i][c];
      for (let c = 0; c < m; c++) b[r][c] -= times * b[i][c];
    }
  }
  return b.map((row, i) => row.map((v) => v / a[i][i]));
}

/** The change of the code for one unit of each factor, as `latent.named`: (k, n). */
export function named(codes, n, factors, k) {
  return Float32Array.from(regression(factors, k, codes, n).flatMap((row) => [...row]));
}

/**
 * How much of a factor a linear model reads from codes it hasn't seen (R2), as `latent.probe_on`: ridge
 * regression on scaled columns; its strength is chosen by the error of leaving each code out once.
 */
export function probe(codes, n, values, newCodes, newValues) {
  const middle = mean(codes, n), rows = codes.length / n;
  const spread = new Float64Array(n);
  for (let i = 0; i < codes.length; i++) spread[i % n] += (codes[i] - middle[i % n]) ** 2 / rows;
  const scaled = (table) => Float64Array.from(table, (v, i) => (v - middle[i % n]) / Math.sqrt(spread[i % n] || 1));
  const x = scaled(codes), gram = products(x, n, x, n), centre = mean(values, 1)[0];
  const {vectors, values: sizes} = eigen(gram);
  const turned = new Float64Array(rows * n); // codes along the axes of the cloud
  for (let r = 0; r < rows; r++)
    for (let k = 0; k < n; k++) turned[r * n + k] = dot(x.subarray(r * n, r * n + n), vectors[k]);
  const along = vectors.map((_, k) => {
    let sum = 0;
    for (let r = 0; r < rows; r++) sum += turned[r * n + k] * (values[r] - centre);
    return sum;
  });
  let best = {error: Infinity, weights: new Float64Array(n)};
  for (let power = -2; power <= 4; power += 0.5) {
    const ridge = 10 ** power;
    let error = 0;
    for (let r = 0; r < rows; r++) {
      let read = 0, own = 1 / rows;
      for (let k = 0; k < n; k++) {
        const t = turned[r * n + k];
        read += (t * along[k]) / (sizes[k] + ridge);
        own += (t * t) / (sizes[k] + ridge);
      }
      error += ((values[r] - centre - read) / (1 - own)) ** 2;
    }
    if (error < best.error) {
      const weights = new Float64Array(n);
      vectors.forEach((v, k) => v.forEach((value, i) => { weights[i] += (value * along[k]) / (sizes[k] + ridge); }));
      best = {error, weights};
    }
  }
  const fresh = scaled(newCodes), average = mean(newValues, 1)[0];
  let left = 0, all = 0;
  newValues.forEach((value, r) => {
    left += (value - centre - dot(fresh.subarray(r * n, r * n + n), best.weights)) ** 2;
    all += (value - average) ** 2;
  });
  return 1 - left / all;
}

/** Eigenvectors (rows) and eigenvalues of a symmetric matrix, by Jacobi's rotations. */
function eigen(matrix) {
  const n = matrix.length, a = matrix.map((row) => row.slice());
  const v = Array.from({length: n}, (_, i) => Float64Array.from({length: n}, (_, j) => +(i === j)));
  for (let sweep = 0; sweep < 12; sweep++)
    for (let p = 0; p < n; p++)
      for (let q = p + 1; q < n; q++) {
        if (Math.abs(a[p][q]) < 1e-12) continue;
        const half = (a[q][q] - a[p][p]) / (2 * a[p][q]);
        const t = (half < 0 ? -1 : 1) / (Math.abs(half) + Math.hypot(half, 1)), c = 1 / Math.hypot(t, 1), s = t * c;
        for (let k = 0; k < n; k++) [a[k][p], a[k][q]] = [c * a[k][p] - s * a[k][q], s * a[k][p] + c * a[k][q]];
        for (let k = 0; k < n; k++) {
          [a[p][k], a[q][k]] = [c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k]];
          [v[p][k], v[q][k]] = [c * v[p][k] - s * v[q][k], s * v[p][k] + c * v[q][k]];
        }
      }
  return {vectors: v, values: a.map((row, i) => row[i])};
}
