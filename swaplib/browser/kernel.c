// The layers of a decoder for WebAssembly with SIMD; `kernel.py` compiles it, `js/network.mjs` calls it.
//
// Activations are [s + 2][s + 2][channels] with a border of one pixel that stays zero, in 16-bit whole
// numbers (`_i`, the weights in 8 bits) or in single precision (`_f`). Channels come in eights, pixels
// in fours: where a row's width is no multiple of four, its last four pixels overlap the four before.
//
// A transposed convolution 4 x 4 with stride 2 is four convolutions 2 x 2, one for each parity of the
// output's row and column. No sum overflows 32 bits: `limit` in network.mjs sees to it.
#include <wasm_simd128.h>

typedef signed char i8;
typedef short i16;
typedef int i32;
typedef unsigned char u8;
typedef float f32;

#define ADD(a, b) wasm_f32x4_add(a, b)
#define MUL(a, b) wasm_f32x4_mul(a, b)
#define MAC_F(sum, v, w) sum = ADD(sum, MUL(v, w))
#define MAC_I(sum, v, w) sum = wasm_i32x4_add(sum, wasm_i32x4_dot_i16x8(v, w))
#define SPLAT(p) wasm_v128_load32_splat(p)

static inline v128_t leaky(v128_t x) { return wasm_f32x4_max(x, MUL(x, wasm_f32x4_splat(0.2f))); }
static inline i32 first(i32 x, i32 s) { return x < s - 4 ? x : s - 4; }

// Eight real numbers as eight 16-bit ones, within the limit.
static inline v128_t shorts(v128_t a, v128_t b, f32 times, i32 limit) {
  v128_t t = wasm_f32x4_splat(times), top = wasm_i16x8_splat(limit), low = wasm_i16x8_splat(-limit);
  a = wasm_i32x4_trunc_sat_f32x4(wasm_f32x4_nearest(MUL(a, t)));
  b = wasm_i32x4_trunc_sat_f32x4(wasm_f32x4_nearest(MUL(b, t)));
  return wasm_i16x8_max(low, wasm_i16x8_min(top, wasm_i16x8_narrow_i32x4(a, b)));
}

// Code (n) -> small x small x c, leaky. w: [small * small * c / 8][n][8]. times 0: the output is real.
void dense(const f32 *code, const i8 *w, const f32 *scale, const f32 *bias, i32 n, i32 small, i32 c,
           void *out, f32 times, i32 limit) {
  for (i32 p = 0; p < small * small; p++)
    for (i32 k = 0; k < c; k += 8, scale += 8, bias += 8) {
      v128_t a = wasm_i32x4_splat(0), b = a;
      for (i32 i = 0; i < n; i++, w += 8) {
        v128_t w8 = wasm_i16x8_load8x8(w), v = SPLAT(code + i);
        MAC_F(a, v, wasm_f32x4_convert_i32x4(wasm_i32x4_extend_low_i16x8(w8)));
        MAC_F(b, v, wasm_f32x4_convert_i32x4(wasm_i32x4_extend_high_i16x8(w8)));
      }
      a = leaky(ADD(MUL(a, wasm_v128_load(scale)), wasm_v128_load(bias)));
      b = leaky(ADD(MUL(b, wasm_v128_load(scale + 4)), wasm_v128_load(bias + 4)));
      i32 at = ((p / small + 1) * (small + 2) + p % small + 1) * c + k;
      if (times) {
        wasm_v128_store((i16 *)out + at, shorts(a, b, times, limit));
      } else {
        wasm_v128_store((f32 *)out + at, a);
        wasm_v128_store((f32 *)out + at + 4, b);
      }
    }
}

// Four pixels by eight channels at a time. STEP: channels of the input that one load holds.
#define UP(IN, W, STEP, LOAD, MAC, BEGIN0, BEGIN1, STORE)                                       \
  i32 in_row = (s + 2) * ci, out_row = (2 * s + 2) * co;                                                 \
  for (i32 parity = 0; parity < 4; parity++)                                                             \
    for (i32 c = 0; c < co; c += 8, w += 4 * ci * 8)                                                     \
      for (i32 y = 0; y < s; y++)                                                                        \
        for (i32 column = 0; column < s; column += 4) {                                                  \
          i32 py = parity >> 1, px = parity & 1, x = first(column, s);                                   \
          v128_t a0 = BEGIN0, a1 = BEGIN1, b0 = a0, b1 = a1, c0 = a0, c1 = a1, d0 = a0, d1 = a1;         \
          const W *wp = w;                                                                               \
          for (i32 t = 0; t < 4; t++) {                                                                  \
            const IN *p = in + (y + (t >> 1) + py) * in_row + (x + (t & 1) + px) * ci;                   \
            for (i32 k = 0; k < ci; k += STEP, wp += 8 * STEP) {                                         \
              v128_t w0 = LOAD(wp), w1 = LOAD(wp + 4 * STEP), v = SPLAT(p + k);                          \
              MAC(a0, v, w0), MAC(a1, v, w1), v = SPLAT(p + ci + k);                                     \
              MAC(b0, v, w0), MAC(b1, v, w1), v = SPLAT(p + 2 * ci + k);                                 \
              MAC(c0, v, w0), MAC(c1, v, w1), v = SPLAT(p + 3 * ci + k);                                 \
              MAC(d0, v, w0), MAC(d1, v, w1);                                                            \
            }                                                                                            \
          }                                                                                              \
          o = out + (2 * y + py + 1) * out_row + (2 * x + px + 1) * co + c;                              \
          STORE(0, a0, a1) STORE(1, b0, b1) STORE(2, c0, c1) STORE(3, d0, d1)                            \
        }

// s x s x ci -> 2 s x 2 s x co, leaky. w: [parity][co / 8][tap][ci][8].
void up_f(const f32 *in, const f32 *w, const f32 *bias, i32 s, i32 ci, i32 co, f32 *out) {
  f32 *o;
#define KEEP(j, u, v) wasm_v128_store(o + 2 * j * co, leaky(u)), wasm_v128_store(o + 2 * j * co + 4, leaky(v));
  UP(f32, f32, 1, wasm_v128_load, MAC_F, wasm_v128_load(bias + c), wasm_v128_load(bias + c + 4), KEEP)
}

// The same in whole numbers. w: [parity][co / 8][tap][ci / 2][8][2]; scale: of a sum, to real numbers.
void up_i(const i16 *in, const i8 *w, const f32 *scale, const f32 *bias, i32 s, i32 ci, i32 co, i16 *out,
          f32 times, i32 limit) {
  i16 *o;
#define REAL(sum, k) \
  leaky(ADD(MUL(wasm_f32x4_convert_i32x4(sum), wasm_v128_load(scale + c + k)), wasm_v128_load(bias + c + k)))
#define ROUND(j, u, v) wasm_v128_store(o + 2 * j * co, shorts(REAL(u, 0), REAL(v, 4), times, limit));
  UP(i16, i8, 2, wasm_i16x8_load8x8, MAC_I, wasm_i32x4_splat(0), wasm_i32x4_splat(0), ROUND)
}

// Sigmoid by a table of 8192 entries over [-8, 8), to a byte each of red, green and blue.
static inline void colour(v128_t value, const u8 *table, u8 *out) {
  v128_t at = wasm_f32x4_add(MUL(value, wasm_f32x4_splat(512)), wasm_f32x4_splat(4096.5f));
  i32 entry[4];
  wasm_v128_store(entry, wasm_i32x4_max(wasm_i32x4_splat(0),
                         wasm_i32x4_min(wasm_i32x4_splat(8191), wasm_i32x4_trunc_sat_f32x4(at))));
  for (i32 k = 0; k < 3; k++) out[k] = table[entry[k]];
  out[3] = 255;
}

#define LAST(IN, W, STEP, LOAD, MAC, BEGIN, VALUE)                                                       \
  for (i32 y = 0; y < s; y++)                                                                            \
    for (i32 x = 0; x < s; x += 4, out += 16) {                                                          \
      v128_t a = BEGIN, b = a, c = a, d = a;                                                             \
      const W *wp = w;                                                                                   \
      for (i32 t = 0; t < 9; t++) {                                                                      \
        const IN *p = in + ((y + t / 3) * (s + 2) + x + t % 3) * ci;                                     \
        for (i32 k = 0; k < ci; k += STEP, wp += 4 * STEP) {                                             \
          v128_t w0 = LOAD(wp);                                                                          \
          MAC(a, SPLAT(p + k), w0), MAC(b, SPLAT(p + ci + k), w0);                                       \
          MAC(c, SPLAT(p + 2 * ci + k), w0), MAC(d, SPLAT(p + 3 * ci + k), w0);                          \
        }                                                                                                \
      }                                                                                                  \
      colour(VALUE(a), table, out), colour(VALUE(b), table, out + 4);                                    \
      colour(VALUE(c), table, out + 8), colour(VALUE(d), table, out + 12);                               \
    }

// The last convolution, 3 x 3 -> RGBA of s x s pixels. w: [tap][ci][4].
void last_f(const f32 *in, const f32 *w, const f32 *bias, i32 s, i32 ci, u8 *out, const u8 *table) {
#define AS_IT_IS(sum) sum
  LAST(f32, f32, 1, wasm_v128_load, MAC_F, wasm_v128_load(bias), AS_IT_IS)
}

// The same in whole numbers. w: [tap][ci / 2][4][2].
void last_i(const i16 *in, const i8 *w, const f32 *scale, const f32 *bias, i32 s, i32 ci, u8 *out,
            const u8 *table) {
#define SCALED(sum) ADD(MUL(wasm_f32x4_convert_i32x4(sum), wasm_v128_load(scale)), wasm_v128_load(bias))
  LAST(i16, i8, 2, wasm_i16x8_load8x8, MAC_I, wasm_i32x4_splat(0), SCALED)
}
