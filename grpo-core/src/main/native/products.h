// Products of rows of activations with packed weights: the columns of w [n, k] in blocks of 16, each [k / 2][16][2] in
// bf16, where instructions take pairs, and [k][16] in fp32. n and k are padded to multiples of 32 with zeros.
#pragma once
#include <type_traits>
#include "vectors.h"

namespace {
#if defined(__AMX_BF16__) || defined(__AVX512BF16__)
#define NARROW_PRODUCTS 1  // products of bf16 pairs, sums in fp32
#endif
#if defined(__AVX512F__)
constexpr int ROWS = 8;  // rows of a block of a product, by the number of vector registers
#elif defined(__AVX2__)
constexpr int ROWS = 3;
#else
constexpr int ROWS = 1;
#endif

#if defined(__AVX512VNNI__)
#define INT8_PRODUCTS 1  // products of int8 with sums in int32, else in fp32
#endif
// Matrices in int8 are kept with 128 added, in blocks of [k / 4][16][4], k padded to a multiple of 64.
INLINE int padded(int k) { return (k + 63) & ~63; }

// What a model computes in. Q: the blocks' matrices; T: other weights and caches; Act: what products read, bf16 where there are instructions for it.
struct Narrow {
  typedef bf16 T;
  typedef bf16 Q;
#if NARROW_PRODUCTS
  typedef bf16 Act;
#else
  typedef float Act;
#endif
  static INLINE F round(const F &v) { bf16 t[16]; store(t, v); return load(t); }
  static float round(float x) { return widen(narrow(x)); }
};
struct Bytes : Narrow {
  typedef uint8_t Q;
};
struct Wide {
  typedef float T;
  typedef float Q;
  typedef float Act;
  static INLINE F round(const F &v) { return v; }
  static float round(float x) { return x; }
};

// 16 rows of k padded numbers into a block.
template <class T> void pack_block(const T *rows, int k, T *out) {
  constexpr int EACH = 4 / sizeof(T);  // numbers of a row that stay together
  for (int i = 0; i < k; i += EACH)
    for (int j = 0; j < 16; j++) memcpy(out + (i * 16 + j * EACH), rows + size_t(j) * k + i, 4);
}

// Where sums begin. A product that goes on where another one ended gives the bits of both in one.
struct FromNothing {
  INLINE void operator()(int, int, F &first, F &second) const { first = second = F{}; }
};

// M rows times two blocks of 16 columns; sums begin at begin(row, pair, first, second), done(row, pair, first, second) takes them. Numbers
// of a row are STEP apart, pairs in bf16 2 * STEP: 1, or 16 where x is packed as w is, so that its rows lie as columns.
template <int M, int STEP, class B, class D> INLINE void block(const float *x, int stride, int k, const float *w0, const float *w1, int row, int pair, B begin, D done) {
  F c[M][2];
  for (int m = 0; m < M; m++) begin(row + m, pair, c[m][0], c[m][1]);
  for (int i = 0; i < k; i++) {
    F a = load(w0 + i * 16), b = load(w1 + i * 16);
    for (int m = 0; m < M; m++) {
      c[m][0] += a * x[m * stride + i * STEP];
      c[m][1] += b * x[m * stride + i * STEP];
    }
  }
  for (int m = 0; m < M; m++) done(row + m, pair, c[m][0], c[m][1]);
}
template <int M, int, class B, class D> INLINE void block(const float *x, int stride, int k, const bf16 *w0, const bf16 *w1, int row, int pair, B begin, D done) {
  F c[M][2];
  for (int m = 0; m < M; m++) begin(row + m, pair, c[m][0], c[m][1]);
  for (int i = 0; i < k; i += 2) {
    U u0, u1;
    memcpy(&u0, w0 + i * 16, 64);
    memcpy(&u1, w1 + i * 16, 64);
    F a = bits(u0 << 16), b = bits(u0 & 0xffff0000u), a1 = bits(u1 << 16), b1 = bits(u1 & 0xffff0000u);
    for (int m = 0; m < M; m++) {
      float even = x[m * stride + i], odd = x[m * stride + i + 1];
      c[m][0] += a * even;
      c[m][1] += a1 * even;
      c[m][0] += b * odd;
      c[m][1] += b1 * odd;
    }
  }
  for (int m = 0; m < M; m++) done(row + m, pair, c[m][0], c[m][1]);
}
#if NARROW_PRODUCTS
template <int M, int STEP, class B, class D> INLINE void block(const bf16 *x, int stride, int k, const bf16 *w0, const bf16 *w1, int row, int pair, B begin, D done) {
  __m512 c[M][2];
  for (int m = 0; m < M; m++) {
    F first, second;
    begin(row + m, pair, first, second);
    c[m][0] = (__m512)first, c[m][1] = (__m512)second;
  }
  for (int i = 0; i < k; i += 2) {
    __m512bh a = (__m512bh)_mm512_loadu_si512(w0 + i * 16), b = (__m512bh)_mm512_loadu_si512(w1 + i * 16);
    for (int m = 0; m < M; m++) {
      int32_t both;
      memcpy(&both, x + m * stride + i * STEP, 4);
      __m512bh v = (__m512bh)_mm512_set1_epi32(both);
      c[m][0] = _mm512_dpbf16_ps(c[m][0], a, v);
      c[m][1] = _mm512_dpbf16_ps(c[m][1], b, v);
    }
  }
  for (int m = 0; m < M; m++) done(row + m, pair, (F)c[m][0], (F)c[m][1]);
}
#endif
// The sums of int8 products still have what was added to the weights: 128 times the sum of the row.
template <int M, int, class D> INLINE void block(const int8_t *x, int stride, int k, const uint8_t *w0, const uint8_t *w1, int row, int pair, FromNothing, D done) {
#if INT8_PRODUCTS
  __m512i c[M][2];
  for (int m = 0; m < M; m++) c[m][0] = c[m][1] = _mm512_setzero_si512();
  for (int i = 0; i < k; i += 4) {
    __m512i a = _mm512_loadu_si512(w0 + i * 16), b = _mm512_loadu_si512(w1 + i * 16);
    for (int m = 0; m < M; m++) {
      int32_t four;
      memcpy(&four, x + m * stride + i, 4);
      __m512i v = _mm512_set1_epi32(four);
      c[m][0] = _mm512_dpbusd_epi32(c[m][0], a, v);
      c[m][1] = _mm512_dpbusd_epi32(c[m][1], b, v);
    }
  }
  for (int m = 0; m < M; m++) done(row + m, pair, (F)_mm512_cvtepi32_ps(c[m][0]), (F)_mm512_cvtepi32_ps(c[m][1]));
#else
  F c[M][2] = {};
  for (int i = 0; i < k; i += 4) {
    U u0, u1;
    memcpy(&u0, w0 + i * 16, 64);
    memcpy(&u1, w1 + i * 16, 64);
    for (int j = 0; j < 4; j++) {  // 2 to the 23, plus a byte, less that and 128
      F a = bits(((u0 >> uint32_t(8 * j)) & 0xffu) + 0x4b000000u) - 8388736.f, b = bits(((u1 >> uint32_t(8 * j)) & 0xffu) + 0x4b000000u) - 8388736.f;
      for (int m = 0; m < M; m++) {
        c[m][0] += a * float(x[m * stride + i + j]);
        c[m][1] += b * float(x[m * stride + i + j]);
      }
    }
  }
  for (int m = 0; m < M; m++) done(row + m, pair, c[m][0], c[m][1]);
#endif
}
template <int M, int STEP, class X, class W, class B, class D> INLINE void rest(const X *x, int stride, int rows, int k, const W *w0, const W *w1, int row, int pair, B begin, D done) {
  if constexpr (M > 0) {
    if (rows == M) block<M, STEP>(x, stride, k, w0, w1, row, pair, begin, done);
    else rest<M - 1, STEP>(x, stride, rows, k, w0, w1, row, pair, begin, done);
  }
}
// All rows of x times a pair of blocks.
template <int STEP, class X, class W, class B, class D> INLINE void pair_of_blocks(const X *x, int stride, int rows, int k, const W *w0, const W *w1, int pair, B begin, D done) {
  int m = 0;
  for (; m + ROWS <= rows; m += ROWS) block<ROWS, STEP>(x + size_t(m) * stride, stride, k, w0, w1, m, pair, begin, done);
  if (m < rows) rest<ROWS - 1, STEP>(x + size_t(m) * stride, stride, rows - m, k, w0, w1, m, pair, begin, done);
}
// Block pairs from..to of the columns; done(row, pair, first, second). Rows of x are `stride` apart, blocks of w `pitch` of k.
template <class X, class W, class D, class B = FromNothing> inline void columns(const X *x, int stride, int rows, int k, const W *w, int pitch, int from, int to, D done, B begin = B()) {
  for (int pair = from; pair < to; pair++) {
    const W *w0 = w + size_t(pair) * 32 * pitch, *w1 = w0 + size_t(16) * pitch;
    pair_of_blocks<1>(x, stride, rows, k, w0, w1, pair, begin, done);
  }
}
// The same where x is packed as w is: blocks of 16 rows.
template <class T, class D> inline void crossed(const T *x, int blocks, int k, const T *w, int pitch, int from, int to, D done) {
  for (int pair = from; pair < to; pair++) {
    const T *w0 = w + size_t(pair) * 32 * pitch, *w1 = w0 + size_t(16) * pitch;
    for (int b = 0; b < blocks; b++)
      pair_of_blocks<16>(x + size_t(b) * 16 * pitch, int(4 / sizeof(T)), 16, k, w0, w1, pair, FromNothing(), [&](int row, int, const F &p, const F &q) { done(b * 16 + row, pair, p, q); });
  }
}
#if defined(__AMX_BF16__)
constexpr int AHEAD = 8;  // tiles of 1 KiB that are asked for before they are needed
// GCC 12 tells the optimiser that ldtilecfg reads 8 bytes of its 64, so these must not be a local variable.
struct alignas(64) TileConfig { uint8_t palette, start, reserved[14]; uint16_t width[16]; uint8_t rows[16]; };
const TileConfig tile_config = {1, 0, {}, {64, 64, 64, 64, 64, 64, 64, 64}, {16, 16, 16, 16, 16, 16, 16, 16}};
void enter() { _tile_loadconfig(&tile_config); }
void leave() { _tile_release(); }
// Reads whole tiles: 16 rows of x, of which there may be fewer, and k in steps of 32.
template <class D, class B = FromNothing> inline void columns(const bf16 *x, int stride, int rows, int k, const bf16 *w, int pitch, int from, int to, D done, B begin = B()) {
  alignas(64) float c[4][16][16];
  for (int pair = from; pair < to; pair++) {
    const bf16 *w0 = w + size_t(pair) * 32 * pitch, *w1 = w0 + size_t(16) * pitch;
    for (int m = 0; m < rows; m += 32) {
      const bf16 *x0 = x + size_t(m) * stride, *x1 = x0 + size_t(16) * stride;
      bool two = rows - m > 16;
      int end = rows - m < 32 ? rows - m : 32;
      if constexpr (std::is_same<B, FromNothing>::value) {
        _tile_zero(0);
        _tile_zero(1);
        _tile_zero(2);
        _tile_zero(3);
      } else {
        for (int r = 0; r < end; r++) {
          F a, b;
          begin(m + r, pair, a, b);
          store(c[r / 16 * 2][r % 16], a);
          store(c[r / 16 * 2 + 1][r % 16], b);
        }
        for (int r = end; r < 32; r++) memset(c[r / 16 * 2][r % 16], 0, 64), memset(c[r / 16 * 2 + 1][r % 16], 0, 64);
        _tile_loadd(0, c[0], 64);
        _tile_loadd(1, c[1], 64);
        _tile_loadd(2, c[2], 64);
        _tile_loadd(3, c[3], 64);
      }
      for (int i = 0; i < k; i += 32) {
        if (m == 0)
          for (int j = 0; j < 16; j++) {
            _mm_prefetch((const char *)(w0 + (i + AHEAD * 32) * 16 + j * 32), _MM_HINT_T0);
            _mm_prefetch((const char *)(w1 + (i + AHEAD * 32) * 16 + j * 32), _MM_HINT_T0);
          }
        _tile_loadd(4, x0 + i, stride * 2);
        _tile_loadd(6, w0 + i * 16, 64);
        _tile_loadd(7, w1 + i * 16, 64);
        _tile_dpbf16ps(0, 4, 6);
        _tile_dpbf16ps(1, 4, 7);
        if (two) {
          _tile_loadd(5, x1 + i, stride * 2);
          _tile_dpbf16ps(2, 5, 6);
          _tile_dpbf16ps(3, 5, 7);
        }
      }
      _tile_stored(0, c[0], 64);
      _tile_stored(1, c[1], 64);
      if (two) {
        _tile_stored(2, c[2], 64);
        _tile_stored(3, c[3], 64);
      }
      for (int r = 0; r < end; r++) done(m + r, pair, load(c[r / 16 * 2][r % 16]), load(c[r / 16 * 2 + 1][r % 16]));
    }
  }
}
template <class D> inline void columns(const int8_t *x, int stride, int rows, int k, const uint8_t *w, int pitch, int from, int to, D done) {
  alignas(64) int32_t c[4][16][16];
  auto sums = [&](int tile, int row) { return (F)_mm512_cvtepi32_ps(_mm512_load_si512(c[tile][row])); };
  for (int pair = from; pair < to; pair++) {
    const uint8_t *w0 = w + size_t(pair) * 32 * pitch, *w1 = w0 + size_t(16) * pitch;
    for (int m = 0; m < rows; m += 32) {
      const int8_t *x0 = x + size_t(m) * stride, *x1 = x0 + size_t(16) * stride;
      bool two = rows - m > 16;
      _tile_zero(0);
      _tile_zero(1);
      _tile_zero(2);
      _tile_zero(3);
      for (int i = 0; i < k; i += 64) {
        if (m == 0)
          for (int j = 0; j < 16; j++) {
            _mm_prefetch((const char *)(w0 + (i + AHEAD * 64) * 16 + j * 64), _MM_HINT_T0);
            _mm_prefetch((const char *)(w1 + (i + AHEAD * 64) * 16 + j * 64), _MM_HINT_T0);
          }
        _tile_loadd(4, x0 + i, stride);
        _tile_loadd(6, w0 + i * 16, 64);
        _tile_loadd(7, w1 + i * 16, 64);
        _tile_dpbsud(0, 4, 6);
        _tile_dpbsud(1, 4, 7);
        if (two) {
          _tile_loadd(5, x1 + i, stride);
          _tile_dpbsud(2, 5, 6);
          _tile_dpbsud(3, 5, 7);
        }
      }
      _tile_stored(0, c[0], 64);
      _tile_stored(1, c[1], 64);
      if (two) {
        _tile_stored(2, c[2], 64);
        _tile_stored(3, c[3], 64);
      }
      int end = rows - m < 32 ? rows - m : 32;
      for (int r = 0; r < end; r++) done(m + r, pair, sums(r / 16 * 2, r % 16), sums(r / 16 * 2 + 1, r % 16));
    }
  }
}
#else
void enter() {}
void leave() {}
#endif
}  // namespace
