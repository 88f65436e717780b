// Training: the forward pass of a batch, its backward pass by hand, the output layer's log-probs with their gradient, and
// AdamW. As decoder.py computes them: bf16 where products read, fp32 sums, the residual stream's gradient in fp32. Every
// number is computed by one thread in a fixed order. Included by kernels.cpp, once for each set.
#pragma once
#include <math.h>
#include "attention.h"
#include "internal.h"

namespace {
#if NARROW_PRODUCTS
constexpr bool NARROW_TRAINING = true;
#else
constexpr bool NARROW_TRAINING = false;  // activations would take twice their memory
#endif
#if defined(__AMX_BF16__)
template <class T> constexpr bool IN_TILES = sizeof(T) == 2;  // AMX multiplies rows; other sets read rows that lie as columns as well
#else
template <class T> constexpr bool IN_TILES = false;
#endif
constexpr int QUERIES = 64;          // of attention that are computed together, each a lane
constexpr int LANES = QUERIES / 16;
constexpr int NORM_ROWS = 64;        // rows whose part of a norm's gradient is summed first
constexpr int DEEP = 1024;           // rows that a weight's gradient takes at once
constexpr int PITCH = DEEP + 32;     // apart from a power of two, whose lines would meet in few sets of a cache
constexpr float NEVER = -1e30f;

// 16 numbers of two rows as pairs, as packed weights have them.
INLINE void pair_up(const bf16 *a, const bf16 *b, bf16 *out) {
  H x, y;
  memcpy(&x, a, 32);
  memcpy(&y, b, 32);
  U u = widen(x) + (widen(y) << 16u);
  memcpy(out, &u, 64);
}
INLINE void pair_up(const float *a, const float *, float *out) { memcpy(out, a, 64); }
INLINE void pair_up(const F &a, const F &b, bf16 *out) {
  U u = widen(narrow(a)) + (widen(narrow(b)) << 16u);
  memcpy(out, &u, 64);
}

// Rows of a matrix [rows, columns] as a product's second factor, packed; zeros from `rows` to `deep`. They are those that `at`
// counts up, or the first ones.
template <class T> void pack_rows(const T *x, int stride, int rows, int deep, int columns, T *out, int pitch, const int *at = nullptr) {
  constexpr int EACH = 4 / sizeof(T);
  const T zeros[16] = {};
  auto row = [&](int i, int b) { return i < rows ? x + size_t(at ? at[i] : i) * stride + b * 16 : zeros; };
  for (int i = 0; i < deep; i += EACH)
    for (int b = 0; b < columns / 16; b++) pair_up(row(i, b), row(i + 1, b), out + size_t(b) * 16 * pitch + i * 16);
}

#if defined(__clang__)
#define SHUFFLED(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#define SHUFFLED(a, b, ...) __builtin_shuffle(a, b, (H){__VA_ARGS__})
#endif
// 16 x 16 numbers with rows and columns exchanged.
INLINE void exchange(const bf16 *const x[16], bf16 *out, int pitch) {
  H v[16], t[16];
  for (int i = 0; i < 16; i++) memcpy(v + i, x[i], 32);
  for (int round = 0; round < 4; round++) {
    for (int i = 0; i < 8; i++) {
      t[2 * i] = SHUFFLED(v[i], v[i + 8], 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      t[2 * i + 1] = SHUFFLED(v[i], v[i + 8], 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    }
    for (int i = 0; i < 16; i++) v[i] = t[i];
  }
  for (int i = 0; i < 16; i++) memcpy(out + size_t(i) * pitch, v + i, 32);
}
INLINE void exchange(const float *const x[16], float *out, int pitch) {
  for (int i = 0; i < 16; i++)
    for (int j = 0; j < 16; j++) out[size_t(i) * pitch + j] = x[j][i];
}
// A matrix [rows, columns] to [columns, deep], zeros from `rows` on.
template <class T> void transpose(const T *x, int stride, int rows, int deep, int columns, T *out, int pitch, const int *at = nullptr) {
  const T zeros[16] = {};
  for (int i = 0; i < deep; i += 16)
    for (int b = 0; b < columns; b += 16) {
      const T *row[16];
      for (int j = 0; j < 16; j++) row[j] = i + j < rows ? x + size_t(at ? at[i + j] : i + j) * stride + b : zeros;
      exchange(row, out + size_t(b) * pitch + i, pitch);
    }
}

// Hands out parts of a stretch of memory; counts only, where there is none yet.
struct Layout {
  char *base;
  size_t used = 0;
  template <class U> U *take(size_t count) {
    size_t at = used;
    used += (count * sizeof(U) + 127) & ~size_t(63);
    return base ? reinterpret_cast<U *>(base + at) : nullptr;
  }
};

// What a block's backward needs beside its input: projections before they are turned, attention's output and log-normalisers,
// the residual stream after it, gate and up (16 of each in turn).
template <class T> struct Kept { T *raw, *a, *y, *gate_up; float *normalisers; };

// A batch's arrays. Rows are padded as Widths says; 32 more are there to be read.
template <class T> struct Space {
  int layers, keep;
  size_t rows;
  const r1z_shape &c;
  const Widths &w;
  Layout work;
  void *const *kept;    // of each block, and the last norm's input
  size_t input_bytes;   // of a block's input, before what else is kept of it
  T *inputs = nullptr;  // where they are not kept
  // packed weights
  T *qkv_w, *output_w, *gate_up_w, *down_w;
  float *norm1, *norm2, *q_norm, *k_norm, *qkv_bias, *output_bias, *gate_up_bias, *down_bias;
  Kept<T> one;  // where blocks are not kept
  T *h, *qkv, *f;
  // backward
  float *g, *by_qkv, *partial;
  T *narrow, *by_h, *by_gate_up, *by_a, *by_raw, *turned, *slab;

  Space(const r1z_model &m, const r1z_batch &b, void *const *kept, void *work_memory, bool backward)
      : layers(m.shape.layers), keep(b.keep), rows(size_t(whole(b.rows)) + 32), c(m.shape), w(m.width), work{static_cast<char *>(work_memory)}, kept(kept) {
    Layout first{nullptr};
    first.take<T>(rows * w.hidden);
    input_bytes = first.used;
    if (keep == 0) inputs = work.take<T>(rows * w.hidden * 2);
    if (keep < 2) one = lay(work);
    qkv_w = work.take<T>(size_t(w.qkv) * w.hidden);
    output_w = work.take<T>(size_t(w.hidden) * w.attention);
    gate_up_w = work.take<T>(size_t(2) * w.inner * w.hidden);
    down_w = work.take<T>(size_t(w.hidden) * w.inner);
    for (float **v : {&norm1, &norm2, &output_bias, &down_bias}) *v = work.take<float>(w.hidden);
    q_norm = work.take<float>(w.head);
    k_norm = work.take<float>(w.head);
    qkv_bias = work.take<float>(w.qkv);
    gate_up_bias = work.take<float>(2 * w.inner);
    h = work.take<T>(rows * w.hidden);
    qkv = work.take<T>(rows * w.qkv);
    f = work.take<T>(rows * w.inner);
    if (!backward) return;
    g = work.take<float>(rows * w.hidden);
    by_qkv = work.take<float>(rows * (w.qkv > w.hidden ? w.qkv : w.hidden));  // of the last norm at first
    partial = work.take<float>((rows / NORM_ROWS + 1) * (w.hidden > 2 * w.head ? w.hidden : 2 * w.head));
    narrow = work.take<T>(rows * w.hidden);
    by_h = work.take<T>(rows * w.hidden);
    by_gate_up = work.take<T>(rows * 2 * w.inner);
    by_a = work.take<T>(rows * w.attention);
    by_raw = work.take<T>(rows * w.qkv);
    slab = work.take<T>(size_t(PITCH) * (widest(2 * w.inner, w.qkv) + widest(w.inner, w.attention)));
  }
  size_t widest(int a, int b) const { int most = a > b ? a : b; return size_t(most > w.hidden ? most : w.hidden); }
  Kept<T> lay(Layout &at) const {
    Kept<T> k;
    k.raw = at.take<T>(rows * w.qkv);
    k.a = at.take<T>(rows * w.attention);
    k.y = at.take<T>(rows * w.hidden);
    k.gate_up = at.take<T>(rows * 2 * w.inner);
    k.normalisers = at.take<float>(rows * c.heads);
    return k;
  }
  size_t kept_bytes() const {
    Layout at{nullptr, input_bytes};
    if (keep > 1) lay(at);
    return at.used;
  }
  T *input(int layer) const { return keep > 0 ? static_cast<T *>(kept[layer]) : inputs + rows * w.hidden * (layer % 2); }
  Kept<T> block(int layer) const {
    if (keep < 2) return one;
    Layout at{static_cast<char *>(kept[layer]), input_bytes};
    return lay(at);
  }
};

// What a thread's attention works in.
template <class T> struct AttentionRoom {
  int room;  // positions, in whole tiles
  T *across, *q, *q_columns, *q_rows, *o, *o_columns, *o_rows, *shares, *by_scores, *packed;
  float *scores, *out, *token, *normaliser, *inner;
  size_t bytes;

  AttentionRoom(int longest, int e, void *memory) : room(longest + 32) {
    Layout at{static_cast<char *>(memory)};
    size_t lanes = size_t(QUERIES) * e, all = size_t(room + 32) * QUERIES;
    across = at.take<T>(size_t(e) * room);
    for (T **p : {&q, &q_columns, &q_rows, &o, &o_columns, &o_rows}) *p = at.take<T>(lanes + 32 * e);
    for (T **p : {&shares, &by_scores, &packed}) *p = at.take<T>(all);
    scores = at.take<float>(all);
    out = at.take<float>(lanes);
    for (float **p : {&token, &normaliser, &inner}) *p = at.take<float>(QUERIES);
    bytes = at.used;
  }
};

struct Matrix {  // a weight as its owner keeps it, and where it is packed
  const r1z_array *from;
  int n, k, width;
  Order rows, columns;
  int count;
};

// Threads through phases, with products of all rows of a batch.
template <class W> struct Worker {
  typedef typename W::T T;
  r1z_model &m;
  Session &s;
  const int thread;
  int index = 0;
  const r1z_shape &c = m.shape;
  const Widths &w = m.width;
  const int threads = s.team.size();

  Worker(r1z_model &m, Session &s, int thread) : m(m), s(s), thread(thread) { enter(); }
  ~Worker() { leave(); }
  template <class Work> INLINE void each(int total, int chunk, Work work) { phase(s.team, index, total, chunk, work); }

  // done(row, pair of blocks, first, second) for n rows of a times packed columns; where it keeps a state for each row, all of a row's
  // columns come in order from one thread.
  template <class D> INLINE void product(const T *a, int n, int k, const T *packed, int pairs, D done, bool in_order = false) {
    int unit = ((256 << 10) / (k * int(sizeof(T)))) & ~31;
    unit = unit < 32 ? 32 : unit > 256 ? 256 : unit;
    if (in_order && n < 4 * threads * unit) unit = whole(n / (4 * threads) + 1);
    int chunks = (n + unit - 1) / unit, groups = in_order ? 1 : (8 * threads + chunks - 1) / chunks;
    groups = groups > pairs ? pairs : groups;
    each(chunks * groups, 1, [&](int item, int) {
      int first = item / groups * unit, group = item % groups, rows = n - first < unit ? n - first : unit;
      columns(a + size_t(first) * k, k, rows, k, packed, k, pairs * group / groups, pairs * (group + 1) / groups,
              [&](int row, int pair, const F &p, const F &q) { done(first + row, pair, p, q); });
    });
  }
  T *row_of(const Matrix &x, int row, T *out) {
    line(m, *x.from, source_of(x.rows, row, x.count, c, w), x.k, x.width, x.columns, out);
    return out;
  }
  // Rows from..from + 16 as columns of a product: x times the matrix' transpose.
  void pack_columns(const Matrix &x, int from, T *out) {
    T *some = s.scratch[thread].template as<T>();
    for (int j = 0; j < 16; j++) row_of(x, from + j, some + size_t(j) * x.k);
    pack_block(some, x.k, out);
  }
  // Rows from..to of the matrix as they are: g times the matrix. Its blocks are pitch numbers deep.
  void pack_as_rows(const Matrix &x, int from, int to, T *out, int pitch) {
    constexpr int EACH = 4 / sizeof(T);
    T *a = s.scratch[thread].template as<T>(), *b = a + x.k;
    for (int i = from; i < to; i += EACH) {
      row_of(x, i, a);
      if (EACH == 2) row_of(x, i + 1, b);
      for (int block = 0; block < x.k / 16; block++) pair_up(a + block * 16, b + block * 16, out + size_t(block) * 16 * pitch + (i - from) * 16);
    }
  }

  // Adds to 32 numbers of a gradient, as its owner keeps it.
  INLINE void add(float *grad, const Matrix &x, int row, int column, const F &p, const F &q) {
    int at = source_of(x.rows, row, x.count, c, w);
    if (at < 0) return;
    float *y = grad + size_t(at) * x.width;
    if ((x.columns == PLAIN || c.head_dim == w.head) && column + 32 <= x.width) {
      store(y + column, load(y + column) + p);
      store(y + column + 16, load(y + column + 16) + q);
    } else {
      float t[32];
      store(t, p);
      store(t + 16, q);
      for (int j = 0; j < 32; j++) {
        int to = source_of(x.columns, column + j, x.width, c, w);
        if (to >= 0) y[to] += t[j];
      }
    }
  }
  // Adds g' x of the first n rows g [n, x.n] and in [n, x.k], or of the n that `at` counts up. Both are packed alike, but for
  // tiles, which want rows.
  void weight_gradient(const T *g, const T *in, int n, const Matrix &x, float *grad, T *slab, const int *at = nullptr) {
    if (!grad) return;
    T *across = slab, *packed = slab + size_t(PITCH) * x.n;
    for (int first = 0; first < n; first += DEEP) {
      int rows = n - first < DEEP ? n - first : DEEP, deep = whole(rows), parts = x.n / 32;
      const T *g_rows = at ? g : g + size_t(first) * x.n, *in_rows = at ? in : in + size_t(first) * x.k;
      const int *here = at ? at + first : nullptr;
      each(parts + x.k / 32, 1, [&](int i, int) {
        if (i < parts && IN_TILES<T>) transpose(g_rows + i * 32, x.n, rows, deep, 32, across + size_t(i) * 32 * PITCH, PITCH, here);
        else if (i < parts) pack_rows(g_rows + i * 32, x.n, rows, deep, 32, across + size_t(i) * 32 * PITCH, PITCH, here);
        else pack_rows(in_rows + (i - parts) * 32, x.k, rows, deep, 32, packed + size_t(i - parts) * 32 * PITCH, PITCH, here);
      });
      int tile = x.n / (4 * threads) & ~31;
      tile = tile < 32 ? 32 : tile > 64 ? 64 : tile;
      each((x.n + tile - 1) / tile, 1, [&](int i, int) {
        int from = i * tile, count = x.n - from < tile ? x.n - from : tile;
        auto sums = [&](int row, int pair, const F &p, const F &q) { add(grad, x, from + row, pair * 32, p, q); };
        const T *some = across + size_t(from) * PITCH;
        if constexpr (IN_TILES<T>) columns(some, PITCH, count, deep, packed, PITCH, 0, x.k / 32, sums);
        else crossed(some, count / 16, deep, packed, PITCH, 0, x.k / 32, sums);
      });
    }
  }
};

// --- the network ------------------------------------------------------------------------------------------------

template <class W> struct Network : Worker<W> {
  typedef typename W::T T;
  using Worker<W>::m;
  using Worker<W>::s;
  using Worker<W>::c;
  using Worker<W>::w;
  using Worker<W>::thread;
  using Worker<W>::each;
  const r1z_batch &b;
  const r1z_array *weights;
  const int *const live;  // the rows that are computed
  const int n;
  Space<T> at;
  AttentionRoom<T> room;
  const int row_chunk = 64, repeat = c.heads / c.kv_heads, e = w.head;

  Network(r1z_model &m, Session &s, const r1z_batch &b, void *const *kept, bool backward, int thread)
      : Worker<W>(m, s, thread), b(b), weights(b.weights), live(s.rows.data()), n(int(s.rows.size())), at(m, b, kept, s.work.template as<void>(), backward), room(s.longest, w.head, s.scratch[thread].template as<void>()) {}

  Matrix matrix(int layer, int slot) const {
    const r1z_array *a = weights + layer * 12;
    switch (slot) {
      case 1: return {a + 1, w.qkv, w.hidden, c.hidden, HEADS, PLAIN, 0};
      case 5: return {a + 5, w.hidden, w.attention, c.heads * c.head_dim, PLAIN, HEADS, c.hidden};
      case 8: return {a + 8, 2 * w.inner, w.hidden, c.hidden, GATE_UP, PLAIN, 0};
      default: return {a + 10, w.hidden, w.inner, c.inner, PLAIN, PLAIN, c.hidden};
    }
  }
  void vector(const r1z_array &from, float *out, int count_there, Order order, int count) {
    for (int i = 0; i < count_there; i++) {
      int source = from.data ? source_of(order, i, count, c, w) : -1;
      float v = 0;
      if (source >= 0) convert(from, size_t(source), 1, &v);
      out[i] = W::round(v);
    }
  }
  template <class Work> void rows(Work work) {
    each(n, row_chunk, [&](int from, int to) {
      for (int i = from; i < to; i++) work(live[i]);
    });
  }
  template <class D> INLINE void product(const T *a, int k, const T *packed, int pairs, D done) {
    for (size_t i = 0; i < s.runs.size(); i++) {
      const int first = s.runs[i].first;
      Worker<W>::product(a + size_t(first) * k, s.runs[i].count, k, packed, pairs, [&](int row, int pair, const F &p, const F &q) { done(first + row, pair, p, q); });
    }
  }
  // All of a layer, its matrices as columns or, for backward, as rows.
  void pack(int layer, bool as_rows) {
    const r1z_array *a = weights + layer * 12;
    if (thread == 0) {
      vector(a[0], at.norm1, w.hidden, PLAIN, c.hidden);
      vector(a[2], at.qkv_bias, w.qkv, HEADS, 0);
      vector(a[3], at.q_norm, w.head, HEADS, 0);
      vector(a[4], at.k_norm, w.head, HEADS, 0);
      vector(a[6], at.output_bias, w.hidden, PLAIN, c.hidden);
      vector(a[7], at.norm2, w.hidden, PLAIN, c.hidden);
      vector(a[9], at.gate_up_bias, 2 * w.inner, GATE_UP, 0);
      vector(a[11], at.down_bias, w.hidden, PLAIN, c.hidden);
    }
    const int slots[4] = {1, 5, 8, 10};
    T *to[4] = {at.qkv_w, at.output_w, at.gate_up_w, at.down_w};
    int total = 0;
    for (int slot : slots) total += matrix(layer, slot).n / 32;
    each(total, 1, [&](int item, int) {
      int i = 0;
      while (item >= matrix(layer, slots[i]).n / 32) item -= matrix(layer, slots[i++]).n / 32;
      Matrix x = matrix(layer, slots[i]);
      if (as_rows) {
        this->pack_as_rows(x, item * 32, item * 32 + 32, to[i] + size_t(item) * 32 * 16, x.n);
      } else {
        this->pack_columns(x, item * 32, to[i] + size_t(item) * 32 * x.k);
        this->pack_columns(x, item * 32 + 16, to[i] + (size_t(item) * 32 + 16) * x.k);
      }
    });
  }
  void normed(const T *x, const float *weight) {
    rows([&](int i) { norm_row(x + size_t(i) * w.hidden, weight, w.hidden, c.hidden, c.eps, at.h + size_t(i) * w.hidden); });
  }

  // --- attention: scores are [key, query], so that a query is a lane

  const float *cosines(int i) const { return m.cosines.template as<float>() + size_t(b.positions[i]) * (e / 2); }
  const float *sines(int i) const { return m.sines.template as<float>() + size_t(b.positions[i]) * (e / 2); }
  // Queries and keys of all rows, normed where the model does that, and turned; values.
  void turn(const T *raw) {
    rows([&](int i) {
      const T *in = raw + size_t(i) * w.qkv;
      T *out = at.qkv + size_t(i) * w.qkv;
      const float *cos = cosines(i), *sin = sines(i);
      for (int head = 0; head < c.heads + c.kv_heads; head++) {
        float t[MOST_HEAD];
        const T *x = in + head * e;
        if (c.qk_norm) {
          norm_row(x, head < c.heads ? at.q_norm : at.k_norm, e, c.head_dim, c.eps, t);
          for (int d = 0; d < e; d += 16) store(t + d, W::round(load(t + d)));
        } else {
          for (int d = 0; d < e; d += 16) store(t + d, load(x + d));
        }
        for (int d = 0; d < e / 2; d += 16) {
          F p = load(t + d), r = load(t + e / 2 + d), co = load(cos + d), si = load(sin + d);
          store(out + head * e + d, p * co - r * si);
          store(out + head * e + e / 2 + d, r * co + p * si);
        }
      }
      int values = (c.heads + c.kv_heads) * e;
      memcpy(out + values, in + values, size_t(c.kv_heads) * e * sizeof(T));
    });
  }
  struct Sequence { int first, length, prefix_row, prefix; };
  Sequence sequence(int i) const {
    const int64_t *x = b.sequence + 4 * size_t(i);
    return {int(x[0]), int(x[1]), int(x[2]), int(x[3])};
  }
  const T *keys(int row, int g) const { return at.qkv + size_t(row) * w.qkv + (c.heads + g) * e; }
  const T *values(int row, int g) const { return keys(row, g) + c.kv_heads * e; }
  // Some queries' numbers side by side, from rows that are `stride` apart; zeros where there are fewer.
  void gather(const T *x, int stride, int count, T *out) {
    size_t some = size_t(repeat) * e;
    for (int t = 0; t < count; t++) memcpy(out + t * some, x + size_t(t) * stride, some * sizeof(T));
    memset(out + count * some, 0, (QUERIES * size_t(e) - count * some) * sizeof(T));
  }
  void as_columns(const T *x, T *out) {
    for (int l = 0; l < LANES; l++) pack_block(x + size_t(l) * 16 * e, e, out + size_t(l) * 16 * e);
  }
  // Calls one(sequence, its prefix' room) for a prompt and all that follow it.
  template <class Fill, class One> void group(int item, Fill fill, One one) {
    const Group &of = s.groups[item / c.kv_heads];
    Sequence prompt = sequence(of.slot);
    fill(prompt, 0);
    one(prompt, 0);
    for (int j = 0; j < of.size; j++) {
      Sequence some = sequence(s.order[of.first + j]);
      fill(some, whole(prompt.length));
      one(some, whole(prompt.length));
    }
  }
  // Rows of keys or values as each_lane reads them.
  void lay_across(const T *x, const Sequence &q, int place) {
    if constexpr (IN_TILES<T>) transpose(x, w.qkv, q.length, whole(q.length), e, room.across + place, room.room);
    else pack_rows(x, w.qkv, q.length, whole(q.length), e, room.across + size_t(place) * 16, room.room);
  }
  // What is packed of each lane times what lies across: done(lane, d, first 16 numbers from d on, the next ones) for the first `count`.
  template <class D> INLINE void each_lane(int count, int keys, D done) {
    if constexpr (IN_TILES<T>) {
      columns(room.across, room.room, e, keys, room.packed, room.room, 0, LANES / 2, [&](int d, int pair, const F &x, const F &y) {
        store(room.out + size_t(d) * QUERIES + pair * 32, x);
        store(room.out + size_t(d) * QUERIES + pair * 32 + 16, y);
      });
      for (int l = 0; l < count; l++)
        for (int d = 0; d < e; d += 32) {
          float t[32];
          for (int j = 0; j < 32; j++) t[j] = room.out[size_t(d + j) * QUERIES + l];
          done(l, d, load(t), load(t + 16));
        }
    } else {
      crossed(room.packed, (count + 15) / 16, keys, room.across, room.room, 0, e / 32, [&](int l, int pair, const F &x, const F &y) {
        if (l < count) done(l, pair * 32, x, y);
      });
    }
  }
  // Each lane's token, counted in its sequence; empty lanes see all.
  void lanes(int from, int count) {
    for (int l = 0; l < QUERIES; l++) room.token[l] = l < count * repeat ? float(from + l / repeat) : 1e9f;
  }
  void attend(const Kept<T> &k) {
    const float scale = 1.f / std::sqrt(float(c.head_dim));
    each(int(s.groups.size()) * c.kv_heads, 1, [&](int item, int) {
      int g = item % c.kv_heads;
      auto fill = [&](const Sequence &q, int place) { lay_across(values(q.first, g), q, place); };
      group(item, fill, [&](const Sequence &q, int shared) {
        for (int from = 0, step = QUERIES / repeat; from < q.length; from += step) {
          int count = q.length - from < step ? q.length - from : step, own = from + count, whole_own = whole(own);
          gather(at.qkv + size_t(q.first + from) * w.qkv + g * repeat * e, w.qkv, count, room.q);
          as_columns(room.q, room.q_columns);
          lanes(from, count);
          F top[LANES], total[LANES] = {};
          for (int l = 0; l < LANES; l++) top[l] = all(NEVER);
          auto keep = [&](int key, int pair, const F &x, const F &y) {
            float *to = room.scores + size_t(key) * QUERIES + pair * 32;
            store(to, x);
            store(to + 16, y);
            top[2 * pair] = greater(top[2 * pair], x);
            top[2 * pair + 1] = greater(top[2 * pair + 1], y);
          };
          if (shared)
            columns(keys(q.prefix_row, g), w.qkv, q.prefix, e, room.q_columns, e, 0, LANES / 2, [&](int key, int pair, const F &x, const F &y) { keep(key, pair, x * scale, y * scale); });
          columns(keys(q.first, g), w.qkv, own, e, room.q_columns, e, 0, LANES / 2, [&](int key, int pair, const F &x, const F &y) {
            const float *token = room.token + pair * 32;
            F late = all(float(key)), never = all(NEVER);
            keep(shared + key, pair, pick(less(load(token), late), never, x * scale), pick(less(load(token + 16), late), never, y * scale));
          });
          constexpr int EACH = 4 / sizeof(T);
          for (int key = 0; key < shared + whole_own; key += EACH)
            for (int l = 0; l < LANES; l++) {
              auto share = [&](int at_key) {
                bool there = at_key < shared ? at_key < q.prefix : at_key < shared + own;
                return there ? exponential(load(room.scores + size_t(at_key) * QUERIES + l * 16) - top[l]) : F{};
              };
              T *to = room.packed + size_t(l) * 16 * room.room + key * 16;
              F x = share(key);
              total[l] += x;
              if constexpr (EACH == 2) {
                F y = share(key + 1);
                total[l] += y;
                pair_up(x, y, to);
              } else {
                store(to, x);
              }
            }
          float tops[QUERIES], totals[QUERIES];
          for (int l = 0; l < LANES; l++) {
            store(tops + l * 16, top[l]);
            store(totals + l * 16, total[l]);
          }
          auto head_of = [&](int l) { return size_t(g) * repeat + l % repeat; };
          auto row_of = [&](int l) { return size_t(q.first) + from + l / repeat; };
          for (int l = 0; l < count * repeat; l++) k.normalisers[row_of(l) * c.heads + head_of(l)] = tops[l] + logf(totals[l]);
          each_lane(count * repeat, shared + whole_own, [&](int l, int d, const F &x, const F &y) {
            float inverse = 1.f / totals[l];
            rounded(k.a + row_of(l) * w.attention + head_of(l) * e + d, x * inverse, y * inverse);
          });
        }
      });
    });
  }
  // by_a is the gradient of attention's output; by_qkv becomes that of turned queries and keys, and of values.
  void attend_backward(const Kept<T> &k) {
    const float scale = 1.f / std::sqrt(float(c.head_dim));
    each(int(s.groups.size()) * c.kv_heads, 1, [&](int item, int) {
      int g = item % c.kv_heads;
      float *by_keys = at.by_qkv + (c.heads + g) * e, *by_values = by_keys + c.kv_heads * e;
      auto fill = [&](const Sequence &q, int place) {
        lay_across(keys(q.first, g), q, place);
        for (int i = q.first; i < q.first + q.length; i++) {
          memset(by_keys + size_t(i) * w.qkv, 0, size_t(e) * 4);
          memset(by_values + size_t(i) * w.qkv, 0, size_t(e) * 4);
        }
      };
      group(item, fill, [&](const Sequence &q, int shared) {
        for (int from = 0, step = QUERIES / repeat; from < q.length; from += step) {
          int count = q.length - from < step ? q.length - from : step, own = from + count;
          size_t first = size_t(q.first) + from;
          gather(at.qkv + first * w.qkv + g * repeat * e, w.qkv, count, room.q);
          gather(at.by_a + first * w.attention + g * repeat * e, w.attention, count, room.o);
          as_columns(room.q, room.q_columns);
          as_columns(room.o, room.o_columns);
          pack_rows(room.q, e, QUERIES, QUERIES, e, room.q_rows, QUERIES);
          pack_rows(room.o, e, QUERIES, QUERIES, e, room.o_rows, QUERIES);
          lanes(from, count);
          for (int l = 0; l < QUERIES; l++) {
            room.normaliser[l] = 1e30f;
            room.inner[l] = 0;
            if (l >= count * repeat) continue;
            size_t row = first + l / repeat, head = size_t(g) * repeat + l % repeat;
            const T *a = k.a + row * w.attention + head * e;
            F sums = {};
            for (int d = 0; d < e; d += 16) sums += load(a + d) * load(room.o + size_t(l) * e + d);
            room.inner[l] = sum(sums);
            room.normaliser[l] = k.normalisers[row * c.heads + head];
          }
          auto part = [&](int row, int there, int place, bool causal) {
            columns(keys(row, g), w.qkv, there, e, room.q_columns, e, 0, LANES / 2, [&](int key, int pair, const F &x, const F &y) {
              const float *z = room.normaliser + pair * 32, *token = room.token + pair * 32;
              F p = exponential(x * scale - load(z)), r = exponential(y * scale - load(z + 16));
              if (causal) {
                F late = all(float(key));
                p = pick(less(load(token), late), F{}, p);
                r = pick(less(load(token + 16), late), F{}, r);
              }
              store(room.shares + size_t(key) * QUERIES + pair * 32, p);
              store(room.shares + size_t(key) * QUERIES + pair * 32 + 16, r);
            });
            columns(values(row, g), w.qkv, there, e, room.o_columns, e, 0, LANES / 2, [&](int key, int pair, const F &x, const F &y) {
              const float *inner = room.inner + pair * 32;
              const T *p = room.shares + size_t(key) * QUERIES + pair * 32;
              T *to = room.by_scores + size_t(key) * QUERIES + pair * 32;
              store(to, load(p) * (x - load(inner)) * scale);
              store(to + 16, load(p + 16) * (y - load(inner + 16)) * scale);
            });
            auto collect = [&](const T *a, const T *packed, float *to) {
              columns(a, QUERIES, there, QUERIES, packed, QUERIES, 0, e / 32, [&](int key, int pair, const F &x, const F &y) {
                float *sums = to + size_t(row + key) * w.qkv + pair * 32;
                store(sums, load(sums) + x);
                store(sums + 16, load(sums + 16) + y);
              });
            };
            collect(room.shares, room.o_rows, by_values);
            collect(room.by_scores, room.q_rows, by_keys);
            pack_rows(room.by_scores, QUERIES, there, whole(there), QUERIES, room.packed + size_t(place) * 16, room.room);
          };
          if (shared) part(q.prefix_row, q.prefix, 0, false);
          part(q.first, own, shared, true);
          each_lane(count * repeat, shared + whole(own), [&](int l, int d, const F &x, const F &y) {
            float *to = at.by_qkv + (first + l / repeat) * w.qkv + (g * repeat + l % repeat) * e + d;
            store(to, x);
            store(to + 16, y);
          });
        }
      });
    });
  }

  // --- forward

  INLINE void rounded(T *y, const F &p, const F &q) {
    store(y, p);
    store(y + 16, q);
  }
  // The part of a block up to the product of gate and up, in f.
  void block(int layer, const Kept<T> &k) {
    const T *x = at.input(layer);
    normed(x, at.norm1);
    product(at.h, w.hidden, at.qkv_w, w.qkv / 32, [&](int i, int pair, const F &p, const F &q) {
      const float *bias = at.qkv_bias + pair * 32;
      rounded(k.raw + size_t(i) * w.qkv + pair * 32, p + load(bias), q + load(bias + 16));
    });
    turn(k.raw);
    attend(k);
    product(k.a, w.attention, at.output_w, w.hidden / 32, [&](int i, int pair, const F &p, const F &q) {
      const float *bias = at.output_bias + pair * 32;
      size_t place = size_t(i) * w.hidden + pair * 32;
      rounded(k.y + place, p + load(bias) + load(x + place), q + load(bias + 16) + load(x + place + 16));
    });
    normed(k.y, at.norm2);
    product(at.h, w.hidden, at.gate_up_w, w.inner / 16, [&](int i, int pair, const F &p, const F &q) {
      const float *bias = at.gate_up_bias + pair * 32;
      T *y = k.gate_up + size_t(i) * 2 * w.inner + pair * 32;
      rounded(y, p + load(bias), q + load(bias + 16));
      F gate = load(y), up = load(y + 16);
      store(at.f + size_t(i) * w.inner + pair * 16, gate / (1.f + exponential(-gate)) * up);
    });
  }
  void forward(void *hidden) {
    rows([&](int i) {
      float t[16];
      T *x = at.input(0) + size_t(i) * w.hidden;
      const r1z_array &from = weights[c.layers * 12];
      for (int d = 0; d < w.hidden; d += 16) {
        int some = c.hidden - d < 16 ? c.hidden - d : 16;
        for (int j = 0; j < 16; j++) t[j] = 0;
        if (some > 0) convert(from, size_t(b.tokens[i]) * c.hidden + d, some, t);
        store(x + d, load(t));
      }
    });
    for (int layer = 0; layer < c.layers; layer++) {
      Kept<T> k = at.block(layer);
      pack(layer, false);
      block(layer, k);
      product(at.f, w.inner, at.down_w, w.hidden / 32, [&](int i, int pair, const F &p, const F &q) {
        const float *bias = at.down_bias + pair * 32;
        size_t place = size_t(i) * w.hidden + pair * 32;
        rounded(at.input(layer + 1) + place, p + load(bias) + load(k.y + place), q + load(bias + 16) + load(k.y + place + 16));
      });
    }
    if (thread == 0) vector(weights[c.layers * 12 + 1], at.norm1, w.hidden, PLAIN, c.hidden);
    each(1, 1, [](int, int) {});
    each(b.targets, 64, [&](int from, int to) {
      T *t = s.scratch[thread].template as<T>();
      for (int i = from; i < to; i++) {
        norm_row(at.input(c.layers) + size_t(b.wanted[i]) * w.hidden, at.norm1, w.hidden, c.hidden, c.eps, t);
        memcpy(static_cast<T *>(hidden) + size_t(i) * c.hidden, t, size_t(c.hidden) * sizeof(T));
      }
    });
  }

  // --- backward

  // dx = r (g w - u mean(g w u)) with u = x r; adds g u to the weight's gradient. done(d, dx).
  template <class G, class D> INLINE void norm_backward(const G *g, const T *x, const float *weight, int width, int count, float *sums, D done) {
    F squares = {}, dots = {};
    for (int d = 0; d < width; d += 16) {
      F v = load(x + d);
      squares += v * v;
      dots += load(g + d) * load(weight + d) * v;
    }
    float r = 1.f / std::sqrt(sum(squares) / count + c.eps), mean = sum(dots) * r / count;
    for (int d = 0; d < width; d += 16) {
      F u = load(x + d) * r, v = load(g + d);
      store(sums + d, load(sums + d) + v * u);
      done(d, (v * load(weight + d) - u * mean) * r);
    }
  }
  // Work on NORM_ROWS rows at once, each with sums of its own; then all sums in order.
  template <class Work> void norm_rows(int total, int width, Work work) {
    each((total + NORM_ROWS - 1) / NORM_ROWS, 1, [&](int part, int) {
      float *sums = at.partial + size_t(part) * width;
      memset(sums, 0, size_t(width) * 4);
      int end = (part + 1) * NORM_ROWS < total ? (part + 1) * NORM_ROWS : total;
      for (int i = part * NORM_ROWS; i < end; i++) work(i, sums);
    });
  }
  void add_norm(int total, int width, int from, int count_there, Order order, int count, float *grad) {
    if (!grad) return;
    each(1, 1, [&](int, int) {
      for (int d = 0; d < count_there; d++) {
        int to = source_of(order, d, count, c, w);
        if (to < 0) continue;
        float all_of_them = 0;
        for (int part = 0; part * NORM_ROWS < total; part++) all_of_them += at.partial[size_t(part) * width + from + d];
        grad[to] += all_of_them;
      }
    });
  }
  void bias_gradient(const T *g, int width, Order order, int count, float *grad) {
    if (!grad) return;
    each(width / 16, 1, [&](int block, int) {
      F sums = {};
      float t[16];
      for (int i = 0; i < n; i++) sums += load(g + size_t(live[i]) * width + block * 16);
      store(t, sums);
      for (int j = 0; j < 16; j++) {
        int to = source_of(order, block * 16 + j, count, c, w);
        if (to >= 0) grad[to] += t[j];
      }
    });
  }
  void times(const T *g, int k, const T *packed, int width, T *out) {
    product(g, k, packed, width / 32, [&](int i, int pair, const F &p, const F &q) { rounded(out + size_t(i) * width + pair * 32, p, q); });
  }
  // The residual's gradient through a norm of x, whose output's is by_h; narrow becomes it in the compute type.
  void through_norm(const T *x, const float *weight, float *grad) {
    norm_rows(n, w.hidden, [&](int i, float *sums) {
      size_t row = size_t(live[i]) * w.hidden;
      norm_backward(at.by_h + row, x + row, weight, w.hidden, c.hidden, sums, [&](int d, const F &dx) {
        F all_of_it = load(at.g + row + d) + dx;
        store(at.g + row + d, all_of_it);
        store(at.narrow + row + d, all_of_it);
      });
    });
    add_norm(n, w.hidden, 0, w.hidden, PLAIN, c.hidden, grad);
  }
  void turn_backward(const T *raw, float *by_q_norm, float *by_k_norm) {
    norm_rows(n, 2 * e, [&](int at_live, float *sums) {
      const int i = live[at_live];
      float *g = at.by_qkv + size_t(i) * w.qkv;
      T *out = at.by_raw + size_t(i) * w.qkv;
      const float *cos = cosines(i), *sin = sines(i);
      for (int head = 0; head < c.heads + c.kv_heads; head++) {
        float *t = g + head * e;
        for (int d = 0; d < e / 2; d += 16) {
          F p = load(t + d), r = load(t + e / 2 + d), co = load(cos + d), si = load(sin + d);
          store(t + d, p * co + r * si);
          store(t + e / 2 + d, r * co - p * si);
        }
        if (c.qk_norm)
          norm_backward(t, raw + size_t(i) * w.qkv + head * e, head < c.heads ? at.q_norm : at.k_norm, e, c.head_dim, sums + (head < c.heads ? 0 : e),
                        [&](int d, const F &dx) { store(out + head * e + d, dx); });
        else
          for (int d = 0; d < e; d += 16) store(out + head * e + d, load(t + d));
      }
      for (int d = (c.heads + c.kv_heads) * e; d < w.qkv; d += 16) store(out + d, load(g + d));
    });
    if (!c.qk_norm) return;
    add_norm(n, 2 * e, 0, e, HEADS, 0, by_q_norm);
    add_norm(n, 2 * e, e, e, HEADS, 0, by_k_norm);
  }
  void backward(float *const *grads, const float *by_hidden) {
    auto grad = [&](int layer, int slot) { return grads ? grads[layer * 12 + slot] : nullptr; };
    // the last norm: its rows' gradients first, then added to the rows they come from
    float *by_last = at.by_qkv;
    if (thread == 0) vector(weights[c.layers * 12 + 1], at.norm1, w.hidden, PLAIN, c.hidden);
    rows([&](int i) { memset(at.g + size_t(i) * w.hidden, 0, size_t(w.hidden) * 4); });
    // wanted rows may be more than all rows: so many at once as there is room for
    const int most = int(at.rows);
    for (int first = 0; first < b.targets; first += most) {
      int some = b.targets - first < most ? b.targets - first : most;
      norm_rows(some, w.hidden, [&](int i, float *sums) {
        float *to = by_last + size_t(i) * w.hidden, *g = s.scratch[thread].template as<float>();
        for (int d = 0; d < w.hidden; d++) g[d] = d < c.hidden ? by_hidden[size_t(first + i) * c.hidden + d] : 0.f;
        norm_backward(g, at.input(c.layers) + size_t(b.wanted[first + i]) * w.hidden, at.norm1, w.hidden, c.hidden, sums, [&](int d, const F &dx) { store(to + d, dx); });
      });
      add_norm(some, w.hidden, 0, w.hidden, PLAIN, c.hidden, grad(c.layers, 1));
      each(b.rows, 256, [&](int from, int to) {
        for (int i = 0; i < some; i++) {
          int64_t row = b.wanted[first + i];
          if (row < from || row >= to) continue;
          float *y = at.g + size_t(row) * w.hidden;
          for (int d = 0; d < w.hidden; d += 16) store(y + d, load(y + d) + load(by_last + size_t(i) * w.hidden + d));
        }
      });
    }
    rows([&](int i) {
      for (int d = 0; d < w.hidden; d += 16) store(at.narrow + size_t(i) * w.hidden + d, load(at.g + size_t(i) * w.hidden + d));
    });
    for (int layer = c.layers - 1; layer >= 0; layer--) {
      Kept<T> k = at.block(layer);
      if (at.keep < 2) {
        pack(layer, false);
        block(layer, k);
      }
      pack(layer, true);
      Matrix down = matrix(layer, 10), gate_up = matrix(layer, 8), output = matrix(layer, 5), qkv = matrix(layer, 1);
      product(at.narrow, w.hidden, at.down_w, w.inner / 32, [&](int i, int pair, const F &p, const F &q) {
        size_t row = size_t(i) * 2 * w.inner + pair * 64;
        auto half = [&](size_t place, const F &by, T *f) {
          F by_f = W::round(by), gate = load(k.gate_up + place), up = load(k.gate_up + place + 16);
          F share = 1.f / (1.f + exponential(-gate)), silu = gate * share;
          store(at.by_gate_up + place, by_f * up * share * (gate * (1.f + -share) + 1.f));
          store(at.by_gate_up + place + 16, by_f * silu);
          store(f, silu * up);
        };
        T *f = at.f + size_t(i) * w.inner + pair * 32;
        half(row, p, f);
        half(row + 32, q, f + 16);
      });
      this->weight_gradient(at.narrow, at.f, n, down, grad(layer, 10), at.slab, live);
      if (grads && weights[layer * 12 + 11].data) bias_gradient(at.narrow, w.hidden, PLAIN, c.hidden, grad(layer, 11));
      normed(k.y, at.norm2);
      times(at.by_gate_up, 2 * w.inner, at.gate_up_w, w.hidden, at.by_h);
      this->weight_gradient(at.by_gate_up, at.h, n, gate_up, grad(layer, 8), at.slab, live);
      if (grads && weights[layer * 12 + 9].data) bias_gradient(at.by_gate_up, 2 * w.inner, GATE_UP, 0, grad(layer, 9));
      through_norm(k.y, at.norm2, grad(layer, 7));
      times(at.narrow, w.hidden, at.output_w, w.attention, at.by_a);
      this->weight_gradient(at.narrow, k.a, n, output, grad(layer, 5), at.slab, live);
      if (grads && weights[layer * 12 + 6].data) bias_gradient(at.narrow, w.hidden, PLAIN, c.hidden, grad(layer, 6));
      turn(k.raw);
      attend_backward(k);
      turn_backward(k.raw, grad(layer, 3), grad(layer, 4));
      normed(at.input(layer), at.norm1);
      times(at.by_raw, w.qkv, at.qkv_w, w.hidden, at.by_h);
      this->weight_gradient(at.by_raw, at.h, n, qkv, grad(layer, 1), at.slab, live);
      if (grads && weights[layer * 12 + 2].data) bias_gradient(at.by_raw, w.qkv, HEADS, 0, grad(layer, 2));
      through_norm(at.input(layer), at.norm1, grad(layer, 0));
    }
    float *embedding = grad(c.layers, 0);
    if (!embedding) return;
    int share = (c.vocab + 8 * this->threads - 1) / (8 * this->threads);
    each(c.vocab, share, [&](int from, int to) {
      for (int i = 0; i < n; i++) {
        int64_t token = b.tokens[live[i]];
        if (token < from || token >= to) continue;
        for (int d = 0; d < c.hidden; d++) embedding[size_t(token) * c.hidden + d] += at.g[size_t(live[i]) * w.hidden + d];
      }
    });
  }
};

// --- the output layer -------------------------------------------------------------------------------------------

template <class W> struct Head : Worker<W> {
  typedef typename W::T T;
  using Worker<W>::m;
  using Worker<W>::s;
  using Worker<W>::c;
  using Worker<W>::w;
  using Worker<W>::each;
  using Worker<W>::thread;
  const r1z_targets &in;
  const int n;
  int block;  // words of the vocabulary at once
  T *h, *columns_w, *rows_w, *by_logits, *slab;
  float *states, *by_h;
  size_t bytes;

  Head(r1z_model &m, Session &s, const r1z_targets &in, bool backward, int thread) : Worker<W>(m, s, thread), in(in), n(in.count) {
    block = (1 << 23) / (n > 0 ? n : 1) & ~31;
    block = block < 256 ? 256 : block > 2048 ? 2048 : block;
    block = block > w.vocab ? w.vocab : block;
    Layout at{s.work.template as<char>()};
    size_t rows = size_t(whole(n)) + 32;
    h = at.take<T>(rows * w.hidden);
    columns_w = at.take<T>(size_t(block) * w.hidden);
    if (backward) {
      rows_w = at.take<T>(size_t(block) * w.hidden);
      by_logits = at.take<T>(rows * block);
      by_h = at.take<float>(rows * w.hidden);
      slab = at.take<T>(size_t(PITCH) * (block + w.hidden));
    } else {
      states = at.take<float>(rows * 48);
    }
    bytes = at.used;
  }
  Matrix matrix() const { return {&in.head, w.vocab, w.hidden, c.hidden, PLAIN, PLAIN, c.vocab}; }
  void copy_hidden() {
    each(n, 64, [&](int from, int to) {
      for (int i = from; i < to; i++) {
        memset(h + size_t(i) * w.hidden, 0, size_t(w.hidden) * sizeof(T));
        memcpy(h + size_t(i) * w.hidden, static_cast<const T *>(in.hidden) + size_t(i) * c.hidden, size_t(c.hidden) * sizeof(T));
      }
    });
  }
  INLINE F logits(const F &x, int column) const {
    F v = W::round(x) * in.inverse_temperature;
    if (column + 16 <= c.vocab) return v;
    float t[16];
    store(t, v);
    for (int j = 0; j < 16; j++) t[j] = column + j < c.vocab ? t[j] : NEVER;
    return load(t);
  }
  void pack(int first, int width, bool backward) {
    each(width / 32, 1, [&](int i, int) {
      this->pack_columns(matrix(), first + i * 32, columns_w + size_t(i) * 32 * w.hidden);
      this->pack_columns(matrix(), first + i * 32 + 16, columns_w + (size_t(i) * 32 + 16) * w.hidden);
      if (backward) this->pack_as_rows(matrix(), first + i * 32, first + i * 32 + 32, rows_w + size_t(i) * 32 * 16, width);
    });
  }
  void forward(float *log_probs, float *entropies, float *normalisers) {
    copy_hidden();
    each(n, 64, [&](int from, int to) {
      for (int i = from; i < to; i++) {
        float *state = states + size_t(i) * 48;
        store(state, all(NEVER));
        store(state + 16, F{});
        store(state + 32, F{});
      }
    });
    for (int first = 0; first < w.vocab; first += block) {
      int width = w.vocab - first < block ? w.vocab - first : block;
      pack(first, width, false);
      this->product(h, n, w.hidden, columns_w, width / 32, [&](int i, int pair, const F &p, const F &q) {
        int column = first + pair * 32;
        F x = logits(p, column), y = logits(q, column + 16);
        float *state = states + size_t(i) * 48;
        F top = load(state), high = greater(x, y), total = load(state + 16), mean = load(state + 32);
        if (any(less(top, high))) {  // rarely, but for the first words
          F now = greater(top, high), kept = exponential(top - now);
          total = total * kept;
          mean = mean * kept;
          top = now;
          store(state, top);
        }
        F a = exponential(x - top), b = exponential(y - top);
        store(state + 16, total + a + b);
        store(state + 32, mean + a * x + b * y);
        int64_t target = in.targets[i] - column;
        if (target >= 0 && target < 32) {
          float t[32];
          store(t, x);
          store(t + 16, y);
          log_probs[i] = t[target];
        }
      }, true);
    }
    each(n, 64, [&](int from, int to) {
      for (int i = from; i < to; i++) {
        const float *state = states + size_t(i) * 48;
        F top = load(state);
        float high = most(top);
        F share = exponential(top - high);
        float total = sum(load(state + 16) * share), mean = sum(load(state + 32) * share) / total, z = high + logf(total);
        normalisers[i] = z;
        entropies[i] = z - mean;
        log_probs[i] -= z;
      }
    });
  }
  void backward(const float *normalisers, const float *entropies, const float *by_log_prob, const float *by_entropy, float *head_grad, float *by_hidden) {
    copy_hidden();
    each(n, 64, [&](int from, int to) { memset(by_h + size_t(from) * w.hidden, 0, size_t(to - from) * w.hidden * 4); });
    for (int first = 0; first < w.vocab; first += block) {
      int width = w.vocab - first < block ? w.vocab - first : block;
      pack(first, width, true);
      this->product(h, n, w.hidden, columns_w, width / 32, [&](int i, int pair, const F &p, const F &q) {
        int column = first + pair * 32;
        float g = by_log_prob[i] * in.inverse_temperature, z = normalisers[i];
        F x = logits(p, column) - z, y = logits(q, column + 16) - z;
        F a = exponential(x), b = exponential(y);
        if (by_entropy) {
          float by = -by_entropy[i] * in.inverse_temperature, entropy = entropies[i];
          a = a * ((x + entropy) * by - g);
          b = b * ((y + entropy) * by - g);
        } else {
          a = a * -g;
          b = b * -g;
        }
        T *to = by_logits + size_t(i) * width + pair * 32;
        int64_t target = in.targets[i] - column;
        if (target >= 0 && target < 32) {
          float t[32];
          store(t, a);
          store(t + 16, b);
          t[target] += g;
          a = load(t);
          b = load(t + 16);
        }
        store(to, a);
        store(to + 16, b);
      });
      this->product(by_logits, n, width, rows_w, w.hidden / 32, [&](int i, int pair, const F &p, const F &q) {
        float *y = by_h + size_t(i) * w.hidden + pair * 32;
        store(y, load(y) + p);
        store(y + 16, load(y + 16) + q);
      });
      Matrix some = matrix();
      some.n = width;
      some.count = c.vocab - first;
      this->weight_gradient(by_logits, h, n, some, head_grad ? head_grad + size_t(first) * c.hidden : nullptr, slab);
    }
    each(n, 64, [&](int from, int to) {
      for (int i = from; i < to; i++) memcpy(by_hidden + size_t(i) * c.hidden, by_h + size_t(i) * w.hidden, size_t(c.hidden) * 4);
    });
  }
};

// --- the optimizer ----------------------------------------------------------------------------------------------

// The gradients' norm, then clipping, the update as torch.optim.AdamW computes it, and zeroed gradients in one pass.
struct Adam {
  static constexpr size_t PART = 1 << 15;
  Session &s;
  const r1z_parameter *parameters;
  const int count, parts;
  const r1z_adamw_options &o;
  double *squares;  // [parts]
  double norm = 0;

  // The first number of a part, and how many it has.
  size_t find(int part, const r1z_parameter *&p) const {
    p = parameters;
    for (;; p++) {
      int own = int((p->count + PART - 1) / PART);
      if (part < own) return size_t(part) * PART;
      part -= own;
    }
  }
  void run(int thread) {
    int index = 0;
    phase(s.team, index, parts, 4, [&](int from, int to) {
      for (int part = from; part < to; part++) {
        const r1z_parameter *p;
        size_t i = find(part, p), end = i + PART < p->count ? i + PART : p->count;
        double all_of_them = 0;
        for (; i + 16 <= end;) {  // 4,096 numbers in fp32 at once, these in double
          F sums = {};
          for (size_t stop = i + 4096; i + 16 <= end && i < stop; i += 16) { F g = load(p->gradient + i); sums += g * g; }
          all_of_them += double(sum(sums));
        }
        for (; i < end; i++) all_of_them += double(p->gradient[i]) * p->gradient[i];
        squares[part] = all_of_them;
      }
    });
    double total = 0;
    for (int part = 0; part < parts; part++) total += squares[part];
    total = sqrt(total);
    if (thread == 0) norm = total;
    bool finite = total - total == 0;
    float scale = o.max_norm > 0 && o.max_norm / (total + 1e-6) < 1 ? float(o.max_norm / (total + 1e-6)) : 1.f;
    phase(s.team, index, parts, 4, [&](int from, int to) {
      for (int part = from; part < to; part++) {
        const r1z_parameter *p;
        size_t i = find(part, p), end = i + PART < p->count ? i + PART : p->count, first = i;
        if (finite) {
          double step = double(*p->step) + 1, size = o.learning_rate / (1 - pow(o.beta1, step));
          float root = float(sqrt(1 - pow(o.beta2, step))), rate = float(size), decay = float(1 - o.learning_rate * o.weight_decay), eps = float(o.eps);
          float keep1 = float(1 - o.beta1), beta2 = float(o.beta2), keep2 = float(1 - o.beta2);
          auto update = [&](const F &x, const F &g, F &m, F &v) {
            m = m + (g - m) * keep1;
            v = v * beta2 + g * g * keep2;
            return x * decay - m * rate / (root_of(v) / root + eps);
          };
          for (; i + 16 <= end; i += 16) {
            F m = load(p->mean + i), v = load(p->variance + i);
            store(p->value + i, update(load(p->value + i), load(p->gradient + i) * scale, m, v));
            store(p->mean + i, m);
            store(p->variance + i, v);
          }
          if (i < end) {
            int rest = int(end - i);
            float t[3][16];
            F m = load_some(p->mean + i, rest, 0), v = load_some(p->variance + i, rest, 0);
            store(t[0], update(load_some(p->value + i, rest, 0), load_some(p->gradient + i, rest, 0) * scale, m, v));
            store(t[1], m);
            store(t[2], v);
            memcpy(p->value + i, t[0], size_t(rest) * 4);
            memcpy(p->mean + i, t[1], size_t(rest) * 4);
            memcpy(p->variance + i, t[2], size_t(rest) * 4);
          }
        }
        memset(p->gradient + first, 0, (end - first) * 4);
      }
    });
    if (thread == 0 && finite)
      for (int i = 0; i < count; i++) *parameters[i].step += 1;
  }
};

// --- entries ----------------------------------------------------------------------------------------------------

template <class Call> struct Task {
  Call call;
  static void work(void *p, int thread) { static_cast<Task *>(p)->call(thread); }
};
template <class Call> void together_on(Session &s, int phases, Call call) {
  Task<Call> task{call};
  s.team.run(&Task<Call>::work, &task, phases);
}
// How often at most all threads meet.
int phases_of(const Session &s, const r1z_shape &c, int rows) { return c.layers * (64 + 16 * int(s.runs.size()) + 8 * (rows / DEEP + 1)) + 256; }

template <class Call> void by_type(const r1z_model &m, Call call) {
  if (!m.shape.bf16) call(Wide{});
  else if constexpr (NARROW_TRAINING) call(Narrow{});
}

// Bytes that a pass keeps, works in, and each thread works in; of the output layer where there is no batch.
r1z_room training_bytes(r1z_model &m, Session &s, const r1z_batch *b, const r1z_targets *t, bool backward) {
  r1z_room room = {};
  by_type(m, [&](auto type) {
    typedef decltype(type) W;
    typedef typename W::T T;
    size_t widest = size_t(m.width.hidden) + m.width.inner + m.width.attention;
    room.thread = 17 * widest * 4;
    if (b) {
      Space<T> space(m, *b, nullptr, nullptr, backward);
      AttentionRoom<T> attention(s.longest, m.width.head, nullptr);
      room.kept = space.kept_bytes();
      room.work = space.work.used;
      room.thread = attention.bytes > room.thread ? attention.bytes : room.thread;
    } else {
      Head<W> head(m, s, *t, backward, 0);
      room.work = head.bytes;
    }
  });
  return room;
}
void train_forward(r1z_model &m, Session &s, const r1z_batch &b, void *const *kept, void *hidden) {
  by_type(m, [&](auto type) {
    typedef decltype(type) W;
    together_on(s, phases_of(s, m.shape, b.rows), [&](int thread) { Network<W>(m, s, b, kept, false, thread).forward(hidden); });
  });
}
void train_backward(r1z_model &m, Session &s, const r1z_batch &b, void *const *kept, float *const *grads, const float *by_hidden) {
  by_type(m, [&](auto type) {
    typedef decltype(type) W;
    together_on(s, phases_of(s, m.shape, b.rows + b.targets), [&](int thread) { Network<W>(m, s, b, kept, true, thread).backward(grads, by_hidden); });
  });
}
int head_phases(const r1z_model &m, int n) { return (m.width.vocab / 256 + 2) * (4 + 2 * (n / DEEP + 1)) + 64; }
void head_forward(r1z_model &m, Session &s, const r1z_targets &in, float *log_probs, float *entropies, float *normalisers) {
  by_type(m, [&](auto type) {
    typedef decltype(type) W;
    together_on(s, head_phases(m, in.count), [&](int thread) { Head<W>(m, s, in, false, thread).forward(log_probs, entropies, normalisers); });
  });
}
void head_backward(r1z_model &m, Session &s, const r1z_targets &in, const float *normalisers, const float *entropies, const float *by_log_prob, const float *by_entropy, float *head_grad,
                   float *by_hidden) {
  by_type(m, [&](auto type) {
    typedef decltype(type) W;
    together_on(s, head_phases(m, in.count), [&](int thread) { Head<W>(m, s, in, true, thread).backward(normalisers, entropies, by_log_prob, by_entropy, head_grad, by_hidden); });
  });
}
double adamw(Session &s, const r1z_parameter *parameters, int count, const r1z_adamw_options &options) {
  int parts = 0;
  for (int i = 0; i < count; i++) parts += int((parameters[i].count + Adam::PART - 1) / Adam::PART);
  s.work.ensure(size_t(parts) * sizeof(double));
  Adam adam{s, parameters, count, parts, options, s.work.as<double>()};
  together_on(s, 2, [&](int thread) { adam.run(thread); });
  return adam.norm;
}
}  // namespace
