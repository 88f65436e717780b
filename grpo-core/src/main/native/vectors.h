// Vectors of 16 numbers, made of as many as the instruction set's registers need: GCC takes vectors that are wider than a
// register apart element by element. Included by kernels.cpp, once for each set.
#pragma once
#include <cmath>
#include <cstdint>
#include <cstring>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define INLINE inline __attribute__((always_inline))

namespace {
typedef uint16_t bf16;
typedef uint16_t H __attribute__((vector_size(32)));

#if defined(__AVX512F__)
typedef float F __attribute__((vector_size(64)));
typedef int32_t I __attribute__((vector_size(64)));
typedef uint32_t U __attribute__((vector_size(64)));
INLINE F bits(U u) { return (F)u; }
INLINE U bits(F f) { return (U)f; }
INLINE I less(const F &a, const F &b) { return a < b; }
INLINE F pick(const I &mask, const F &a, const F &b) { return mask ? a : b; }
INLINE bool any(const I &mask) { return _mm512_movepi32_mask((__m512i)mask) != 0; }
INLINE I rounded(const F &a) { return __builtin_convertvector(a, I); }
INLINE F power(const I &n) { return (F)((n + 127) << 23); }
INLINE U widen(const H &h) { return __builtin_convertvector(h, U); }
INLINE H narrowed(const U &u) { return __builtin_convertvector(u, H); }
INLINE F greater(const F &a, const F &b) { return (F)_mm512_max_ps((__m512)a, (__m512)b); }
INLINE F root_of(const F &v) { return (F)_mm512_sqrt_ps((__m512)v); }
INLINE float sum(const F &v) { return _mm512_reduce_add_ps((__m512)v); }
INLINE float most(const F &v) { return _mm512_reduce_max_ps((__m512)v); }
#else
#if defined(__AVX2__)
constexpr int WIDTH = 8;
#else
constexpr int WIDTH = 4;
#endif
constexpr int PARTS = 16 / WIDTH;
typedef float F1 __attribute__((vector_size(WIDTH * 4)));
typedef int32_t I1 __attribute__((vector_size(WIDTH * 4)));
typedef uint32_t U1 __attribute__((vector_size(WIDTH * 4)));
typedef uint16_t H1 __attribute__((vector_size(WIDTH * 2)));
struct F { F1 p[PARTS]; };
struct I { I1 p[PARTS]; };
struct U { U1 p[PARTS]; };
#define EACH for (int i = 0; i < PARTS; i++)
#define BOTH(T, S, op)                                                                   \
  INLINE T operator op(T a, const T &b) { EACH a.p[i] = a.p[i] op b.p[i]; return a; }    \
  INLINE T operator op(T a, S b) { EACH a.p[i] = a.p[i] op b; return a; }
BOTH(F, float, +)
BOTH(F, float, -)
BOTH(F, float, *)
BOTH(F, float, /)
BOTH(U, uint32_t, +)
BOTH(U, uint32_t, &)
BOTH(U, uint32_t, <<)
BOTH(U, uint32_t, >>)
#undef BOTH
INLINE F operator-(F a) { EACH a.p[i] = -a.p[i]; return a; }
INLINE F operator+(float a, F b) { EACH b.p[i] = a + b.p[i]; return b; }
INLINE F operator/(float a, F b) { EACH b.p[i] = a / b.p[i]; return b; }
INLINE F &operator+=(F &a, const F &b) { EACH a.p[i] += b.p[i]; return a; }
INLINE F bits(const U &u) { F f; EACH f.p[i] = (F1)u.p[i]; return f; }
INLINE U bits(const F &f) { U u; EACH u.p[i] = (U1)f.p[i]; return u; }
INLINE I less(const F &a, const F &b) { I m; EACH m.p[i] = a.p[i] < b.p[i]; return m; }
INLINE bool any(const I &mask) {
  I1 m = mask.p[0];
  for (int i = 1; i < PARTS; i++) m |= mask.p[i];
  int32_t t[WIDTH], all_of_them = 0;
  memcpy(t, &m, sizeof t);
  for (int32_t x : t) all_of_them |= x;
  return all_of_them != 0;
}
INLINE F pick(const I &mask, F a, const F &b) { EACH a.p[i] = (F1)((mask.p[i] & (I1)a.p[i]) | (~mask.p[i] & (I1)b.p[i])); return a; }
INLINE I rounded(const F &a) { I n; EACH n.p[i] = __builtin_convertvector(a.p[i], I1); return n; }
INLINE F power(const I &n) { F f; EACH f.p[i] = (F1)((n.p[i] + 127) << 23); return f; }
INLINE U widen(const H &h) {
  H1 part[PARTS];
  memcpy(part, &h, 32);
  U u;
  EACH u.p[i] = __builtin_convertvector(part[i], U1);
  return u;
}
INLINE H narrowed(const U &u) {
  H1 part[PARTS];
  EACH part[i] = __builtin_convertvector(u.p[i], H1);
  H h;
  memcpy(&h, part, 32);
  return h;
}
INLINE F greater(F a, const F &b) { return pick(less(b, a), a, b); }
INLINE F root_of(const F &v) {
  float t[16];
  memcpy(t, &v, 64);
  for (int i = 0; i < 16; i++) t[i] = std::sqrt(t[i]);
  F r;
  memcpy(&r, t, 64);
  return r;
}
INLINE float sum(const F &v) {
  float t[16], s = 0;
  memcpy(t, &v, 64);
  for (int i = 0; i < 8; i++) t[i] += t[i + 8];
  for (int i = 0; i < 4; i++) t[i] += t[i + 4];
  for (int i = 0; i < 4; i++) s += t[i];
  return s;
}
INLINE float most(const F &v) {
  float t[16], s;
  memcpy(t, &v, 64);
  s = t[0];
  for (int i = 1; i < 16; i++) s = t[i] > s ? t[i] : s;
  return s;
}
#undef EACH
#endif

INLINE F all(float x) { return F{} + x; }
INLINE F load(const float *p) { F v; memcpy(&v, p, 64); return v; }
INLINE F load(const bf16 *p) { H h; memcpy(&h, p, 32); return bits(widen(h) << 16); }
INLINE void store(float *p, const F &v) { memcpy(p, &v, 64); }
INLINE H narrow(const F &v) {
#if defined(__AVX512BF16__)
  __m256bh b = _mm512_cvtneps_pbh((__m512)v);
  H h;
  memcpy(&h, &b, 32);
  return h;
#else
  U u = bits(v);
  return narrowed((u + 0x7fffu + ((u >> 16) & 1u)) >> 16);
#endif
}
INLINE void store(bf16 *p, const F &v) { H h = narrow(v); memcpy(p, &h, 32); }

// Single numbers. A NaN stays one: its last bits must not round it away.
INLINE float widen(bf16 x) { uint32_t u = uint32_t(x) << 16; float f; memcpy(&f, &u, 4); return f; }
INLINE bf16 narrow(float x) {
  uint32_t u;
  memcpy(&u, &x, 4);
  return x != x ? 0x7fc0 : (u + 0x7fff + (u >> 16 & 1)) >> 16;
}
INLINE void put(float *p, float x) { *p = x; }
INLINE void put(bf16 *p, float x) { *p = narrow(x); }
INLINE float get(const float *p) { return *p; }
INLINE float get(const bf16 *p) { return widen(*p); }

// The first `count` of 16 numbers, the others as given.
INLINE F load_some(const float *p, int count, float others) {
  float t[16];
  for (int i = 0; i < 16; i++) t[i] = i < count ? p[i] : others;
  return load(t);
}

// e to the x, to about 2 units in the last place: 0 below -87, e to the 88 above that; NaN stays NaN.
INLINE F exponential(F x) {
  const F low = all(-87.f), high = all(88.f), magic = all(12582912.f);
  I dead = less(x, low);
  x = pick(dead, low, pick(less(high, x), high, x));
  F n = (x * 1.44269504f + magic) - magic;
  F r = x - n * 0.693359375f + n * 2.12194440e-4f;
  F p = all(1.9875691500e-4f);
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.f;
  return pick(dead, F{}, p * power(rounded(n)));
}

INLINE int whole(int n) { return (n + 31) & ~31; }
}  // namespace
