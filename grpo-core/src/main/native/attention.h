// Attention as products: keys of a row and head are packed like weights [time, E], values like weights [E, room]. E is a
// padded head: each half of it to a multiple of 16.
#pragma once
#include "products.h"

namespace {
// Where position t's number i is in packed keys, and in packed values.
template <class T> INLINE size_t key_place(int t, int i, int e) {
  return sizeof(T) == 2 ? size_t(t / 16) * 16 * e + i / 2 * 32 + t % 16 * 2 + i % 2 : size_t(t / 16) * 16 * e + i * 16 + t % 16;
}
template <class T> INLINE size_t value_place(int t, int i, int room) {
  return sizeof(T) == 2 ? size_t(i / 16) * 16 * room + t / 2 * 32 + i % 16 * 2 + t % 2 : size_t(i / 16) * 16 * room + size_t(t) * 16 + i % 16;
}

// Queries that are computed together: 32, or all that share a key head where these are more.
INLINE int together(int repeat) { return repeat > 32 ? repeat : 32; }

// What a thread needs for queries over at most so many positions.
INLINE size_t attention_bytes(int repeat, int longest, int e) {
  size_t most = together(repeat), stride = whole(longest) + 64;
  return 4 * (most * (stride + e) + (whole(int(most)) + 16) * (stride + e)) + 64;
}

template <class T> struct Own { const T *keys, *values; int count; };

template <class W> struct Attention {
  typedef typename W::T T;
  typedef typename W::Act Act;
  int repeat, e, stride;
  float scale;
  float *scores, *out;  // [together, stride], [together, E]
  Act *shares, *q;      // [together + 16, stride], [together + 16, E]: whole tiles are read

  // head is what it was before it was padded.
  Attention(int repeat, int e, int head, int longest, void *room) : repeat(repeat), e(e), stride(whole(longest) + 64), scale(1.f / std::sqrt(float(head))) {
    int most = together(repeat);
    scores = static_cast<float *>(room);
    out = scores + size_t(most) * stride;
    shares = reinterpret_cast<Act *>(out + size_t(most) * e);
    q = shares + size_t(whole(most) + 16) * stride;
  }
  void score(const Act *queries, int rows, const T *keys, int time, float *into) {
    columns(queries, e, rows, e, keys, e, 0, whole(time) / 32, [&](int row, int pair, const F &a, const F &b) {
      store(into + size_t(row) * stride + pair * 32, a * scale);
      store(into + size_t(row) * stride + pair * 32 + 16, b * scale);
    });
    for (int r = 0; r < rows; r++)
      for (int t = time; t < whole(time); t++) into[size_t(r) * stride + t] = -INFINITY;
  }
  // Scores to shares that are yet to be divided by their sum, which is returned as its inverse.
  float share(int r, int time) {
    const float *s = scores + size_t(r) * stride;
    F top = all(-INFINITY), total = {};
    for (int t = 0; t < time; t += 16) top = greater(top, load(s + t));
    float high = most(top);
    for (int t = 0; t < time; t += 16) {
      F p = exponential(load(s + t) - high);
      total += p;
      store(shares + size_t(r) * stride + t, p);
    }
    return 1.f / sum(total);
  }
  // Asks for the keys and values of a member before they are needed: they lie apart and come from memory.
  void expect(const Own<T> &own, int room) {
    size_t bytes = size_t(whole(own.count)) * 16 * sizeof(T);
    for (int block = 0; block < e / 16; block++)
      for (size_t b = 0; b < bytes; b += 64) {
        __builtin_prefetch(reinterpret_cast<const char *>(own.keys) + block * bytes + b, 0, 2);
        __builtin_prefetch(reinterpret_cast<const char *>(own.values + size_t(block) * 16 * room) + b, 0, 2);
      }
  }
  // Attention of q, `members` sequences of `repeat` heads each, over what they share and what each has; results in `out`. Where they
  // share whole 32s of positions, sums are of the same numbers in the same order as in `causal`, and so are the bits.
  template <class O> void run(int members, const T *pk, const T *pv, int length, int prefix_room, int cache_room, O own) {
    int shared = whole(length), rows = members * repeat;
    expect(own(0), cache_room);
    if (length > 0) score(q, rows, pk, length, scores);
    for (int m = 0; m < members; m++) {
      if (m + 1 < members) expect(own(m + 1), cache_room);
      auto [ck, cv, count] = own(m);
      score(q + size_t(m) * repeat * e, repeat, ck, count, scores + size_t(m) * repeat * stride + shared);
      for (int r = m * repeat; r < (m + 1) * repeat; r++) {
        float inverse = share(r, shared + whole(count));
        scores[size_t(r) * stride] = inverse;
      }
    }
    if (length > 0)
      columns(shares, stride, rows, shared, pv, prefix_room, 0, e / 32, [&](int row, int pair, const F &a, const F &b) {
        store(out + row * e + pair * 32, a);
        store(out + row * e + pair * 32 + 16, b);
      });
    else
      for (int i = 0; i < rows * e; i++) out[i] = 0;
    for (int m = 0; m < members; m++) {
      auto [ck, cv, count] = own(m);
      int first = m * repeat;
      columns(shares + size_t(first) * stride + shared, stride, repeat, whole(count), cv, cache_room, 0, e / 32, [&](int row, int pair, const F &a, const F &b) {
        float *y = out + (first + row) * e + pair * 32, inverse = scores[size_t(first + row) * stride];
        store(y, a * inverse);
        store(y + 16, b * inverse);
      }, [&](int row, int pair, F &a, F &b) {
        const float *y = out + (first + row) * e + pair * 32;
        a = load(y);
        b = load(y + 16);
      });
    }
  }
  // Attention of q, `count` tokens of a prompt from `first` on, each over all up to itself; results in `out`.
  void causal(int first, int count, const T *pk, const T *pv, int room) {
    int rows = count * repeat, time = whole(first + count);
    score(q, rows, pk, time, scores);
    for (int r = 0; r < rows; r++) {
      float *s = scores + size_t(r) * stride;
      for (int t = first + r / repeat + 1; t < time; t++) s[t] = -INFINITY;
      float inverse = share(r, time);
      s[0] = inverse;
    }
    columns(shares, stride, rows, time, pv, room, 0, e / 32, [&](int row, int pair, const F &a, const F &b) {
      float *y = out + row * e + pair * 32, inverse = scores[size_t(row) * stride];
      store(y, a * inverse);
      store(y + 16, b * inverse);
    });
  }
};
}  // namespace
