// A model's steps, and its training (training.h). This file is compiled once for each instruction set (build.sh), with ISA as its name. Nothing here may
// emit an inline function of the standard library: the linker keeps one copy of each, which could be this one.
#include "attention.h"
#include "draw.h"
#include "internal.h"

namespace {
// Which of a source's rows (or columns) stands at each place in memory; -1: none, zeros.
enum Order { PLAIN, HEADS, GATE_UP };

int source_of(Order order, int at, int count, const r1z_shape &s, const Widths &w) {
  if (order == HEADS) {
    int half = s.head_dim / 2, room = w.head / 2, i = at % w.head, within = i % room;
    return within < half ? at / w.head * s.head_dim + i / room * half + within : -1;
  }
  if (order == GATE_UP) {  // 16 rows of gate, 16 of up, and so on: both halves of a product meet in one pair of blocks
    int i = at / 32 * 16 + at % 16;
    return i < s.inner ? at % 32 / 16 * s.inner + i : -1;
  }
  return at < count ? at : -1;
}

template <class T> void convert(const r1z_array &from, size_t start, int count, T *to) {
  if (from.bf16) {
    const bf16 *x = static_cast<const bf16 *>(from.data) + start;
    if (sizeof(T) == 2) memcpy(to, x, size_t(count) * 2);
    else for (int i = 0; i < count; i++) put(to + i, widen(x[i]));
  } else {
    const float *x = static_cast<const float *>(from.data) + start;
    if (sizeof(T) == 4) memcpy(to, x, size_t(count) * 4);
    else for (int i = 0; i < count; i++) put(to + i, x[i]);
  }
}

// A row of a matrix as it stands in memory, with zeros where there is none.
template <class Y> void line(const r1z_model &m, const r1z_array &from, int row, int k, int width, Order columns, Y *out) {
  memset(out, 0, size_t(k) * sizeof(Y));
  if (row < 0) return;
  size_t start = size_t(row) * width;
  if (columns == PLAIN) {
    convert(from, start, width, out);
  } else {
    int half = m.shape.head_dim / 2, room = m.width.head / 2;
    for (int i = 0; i < width / half; i++) convert(from, start + size_t(i) * half, half, out + size_t(i) * room);
  }
}

// k numbers in int8, and zeros up to padded(k). Returns what they are multiplied with: NaN where one of them is not finite.
template <class X> float to_bytes(const X *x, int k, int8_t *to, int *whole_sum) {
  F top = {}, total = {};
  for (int i = 0; i < k; i += 16) {
    F v = load(x + i);
    top = greater(top, greater(v, -v));
    total += v;
  }
  float all_of_them = sum(total), largest = most(top);
  if (all_of_them - all_of_them != 0) {
    memset(to, 0, size_t(padded(k)));
    return NAN;
  }
  float inverse = largest > 1e-30f ? 127 / largest : 0;
  int added = 0;
  for (int i = 0; i < k; i += 16) {
    float t[16];
    store(t, (load(x + i) * inverse + 12582912.f) - 12582912.f);  // to the nearest whole number
    for (int j = 0; j < 16; j++) {
      to[i + j] = int8_t(t[j]);
      added += to[i + j];
    }
  }
  for (int i = k; i < padded(k); i++) to[i] = 0;
  if (whole_sum) *whole_sum = added;
  return largest / 127;
}

// One phase of all threads: chunks of 0..total, then a barrier.
template <class Work> INLINE void phase(Team &team, int &index, int total, int chunk, Work work) {
  for (;;) {
    int from = team.claim(index) * chunk;
    if (from >= total) break;
    work(from, from + chunk < total ? from + chunk : total);
  }
  index++;
  team.wait();
}

// --- weights ----------------------------------------------------------------------------------------------------

template <class W> struct Load {
  typedef typename W::T T;
  r1z_model &m;
  Session &s;
  const r1z_array *in;

  static void work(void *p, int thread) { static_cast<Load *>(p)->run(thread); }

  void matrix(int &index, int thread, const r1z_array &from, Memory &to, int n, int k, int width, Order rows, Order columns, int count) {
    T *out = to.as<T>(), *some = s.scratch[thread].as<T>();
    phase(s.team, index, n / 16, 8, [&](int first, int end) {
      for (int b = first; b < end; b++) {
        for (int j = 0; j < 16; j++) line(m, from, source_of(rows, b * 16 + j, count, m.shape, m.width), k, width, columns, some + size_t(j) * k);
        pack_block(some, k, out + size_t(b) * 16 * k);
      }
    });
  }
  // The same in int8, with the scales of its rows: NaN where a row is not finite.
  void bytes(int &index, int thread, const r1z_array &from, Memory &to, Memory &scales, int n, int k, int width, Order rows, Order columns, int count) {
    const int deep = padded(k);
    float *some = s.scratch[thread].as<float>();
    int8_t *whole = reinterpret_cast<int8_t *>(some + deep);
    phase(s.team, index, n / 16, 8, [&](int first, int end) {
      for (int b = first; b < end; b++)
        for (int j = 0; j < 16; j++) {
          line(m, from, source_of(rows, b * 16 + j, count, m.shape, m.width), k, width, columns, some);
          scales.as<float>()[b * 16 + j] = to_bytes(some, k, whole, nullptr);
          uint8_t *out = to.as<uint8_t>() + size_t(b) * 16 * deep + j * 4;
          for (int i = 0; i < deep; i += 4)
            for (int d = 0; d < 4; d++) out[i * 16 + d] = uint8_t(whole[i + d] + 128);
        }
    });
  }
  void weights(int &index, int thread, const r1z_array &from, Memory &to, Memory &scales, int n, int k, int width, Order rows, Order columns, int count) {
    if (sizeof(typename W::Q) == 1) bytes(index, thread, from, to, scales, n, k, width, rows, columns, count);
    else matrix(index, thread, from, to, n, k, width, rows, columns, count);
  }
  // Norms and biases, in fp32 but as exact as the compute type.
  void vector(const r1z_array &from, Memory &to, int n, Order order, int count) {
    float *out = to.as<float>();
    if (!from.data) return;
    for (int i = 0; i < n; i++) {
      int at = source_of(order, i, count, m.shape, m.width);
      float v = 0;
      if (at >= 0) convert(from, size_t(at), 1, &v);
      out[i] = W::round(v);
    }
  }
  void run(int thread) {
    const r1z_shape &c = m.shape;
    const Widths &w = m.width;
    int index = 0, heads = (c.heads + 2 * c.kv_heads) * c.head_dim;
    for (int i = 0; i < c.layers; i++) {
      Layer &l = m.layers[i];
      const r1z_array *a = in + i * 12;
      weights(index, thread, a[1], l.qkv, l.qkv_scale, w.qkv, w.hidden, c.hidden, HEADS, PLAIN, heads);
      weights(index, thread, a[5], l.output, l.output_scale, w.hidden, w.attention, c.heads * c.head_dim, PLAIN, HEADS, c.hidden);
      weights(index, thread, a[8], l.gate_up, l.gate_up_scale, 2 * w.inner, w.hidden, c.hidden, GATE_UP, PLAIN, 2 * c.inner);
      weights(index, thread, a[10], l.down, l.down_scale, w.hidden, w.inner, c.inner, PLAIN, PLAIN, c.hidden);
      if (thread == 0) {
        vector(a[0], l.norm1, w.hidden, PLAIN, c.hidden);
        vector(a[2], l.qkv_bias, w.qkv, HEADS, heads);
        vector(a[3], l.q_norm, w.head, HEADS, c.head_dim);
        vector(a[4], l.k_norm, w.head, HEADS, c.head_dim);
        vector(a[6], l.output_bias, w.hidden, PLAIN, c.hidden);
        vector(a[7], l.norm2, w.hidden, PLAIN, c.hidden);
        vector(a[9], l.gate_up_bias, 2 * w.inner, GATE_UP, 2 * c.inner);
        vector(a[11], l.down_bias, w.hidden, PLAIN, c.hidden);
      }
    }
    const r1z_array *last = in + c.layers * 12;
    matrix(index, thread, last[2], m.head, w.vocab, w.hidden, c.hidden, PLAIN, PLAIN, c.vocab);
    if (m.embedding)
      phase(s.team, index, c.vocab, 256, [&](int from, int to) {
        for (int i = from; i < to; i++) convert(last[0], size_t(i) * c.hidden, c.hidden, m.embedding.as<T>() + size_t(i) * w.hidden);
      });
    if (thread == 0) vector(last[1], m.norm, w.hidden, PLAIN, c.hidden);
  }
};

template <class W> void load_as(r1z_model &m, Session &s, const r1z_array *in) {
  Load<W> load{m, s, in};
  s.team.run(&Load<W>::work, &load, 4 * m.shape.layers + 2);
}
void load_weights(r1z_model &m, Session &s, const r1z_array *in) {
  if (m.shape.int8) load_as<Bytes>(m, s, in);
  else if (m.shape.bf16) load_as<Narrow>(m, s, in);
  else load_as<Wide>(m, s, in);
}

void tables(r1z_model &m, const float *cosines, const float *sines) {
  int half = m.shape.head_dim / 2, room = m.width.head / 2, count = m.shape.positions;
  auto fill = [&](const float *from, Memory &to) {
    for (int t = 0; t < count; t++)
      for (int i = 0; i < half; i++) {
        float v = from[size_t(t) * half + i];
        to.as<float>()[size_t(t) * room + i] = m.shape.bf16 ? Narrow::round(v) : v;
      }
  };
  fill(cosines, m.cosines);
  fill(sines, m.sines);
}

// --- cache ------------------------------------------------------------------------------------------------------

template <class T> void copy_as(const r1z_model &m, bool is_values, const void *from, int from_room, int source, int from_first, void *to, int to_room, int target, int to_first, int rows, int time) {
  int e = m.width.head, kv = m.shape.kv_heads;
  size_t each = is_values ? 16 : e, some = size_t(whole(time)) * each * sizeof(T);
  for (size_t head = 0; head < size_t(rows) * kv; head++) {
    const T *x = static_cast<const T *>(from) + (size_t(source) * kv + head) * from_room * e + from_first * each;
    T *y = static_cast<T *>(to) + (size_t(target) * kv + head) * to_room * e + to_first * each;
    for (int b = 0; b < (is_values ? e / 16 : 1); b++) memmove(y + size_t(b) * 16 * to_room, x + size_t(b) * 16 * from_room, some);
  }
}
void cache_copy(const r1z_model &m, bool is_values, const void *from, int from_room, int source, int from_first, void *to, int to_room, int target, int to_first, int rows, int time) {
  if (m.shape.bf16) copy_as<bf16>(m, is_values, from, from_room, source, from_first, to, to_room, target, to_first, rows, time);
  else copy_as<float>(m, is_values, from, from_room, source, from_first, to, to_room, target, to_first, rows, time);
}

// --- the network ------------------------------------------------------------------------------------------------

// width is padded with zeros, count is what is averaged over.
template <class X, class Y> INLINE void norm_row(const X *x, const float *w, int width, int count, float eps, Y *y) {
  F squares = {};
  for (int i = 0; i < width; i += 16) { F v = load(x + i); squares += v * v; }
  float r = 1.f / std::sqrt(sum(squares) / count + eps);
  for (int i = 0; i < width; i += 16) store(y + i, load(x + i) * r * load(w + i));
}

// The blocks of a model over n rows, as each of a team's threads goes through them.
template <class W> struct Pass {
  typedef typename W::T T;
  typedef typename W::Act Act;
  typedef typename W::Q Q;
  static constexpr bool BYTES = sizeof(Q) == 1;
  r1z_model &m;
  Session &s;
  const int n, thread;
  int index = 0;
  const r1z_shape &c = m.shape;
  const Widths &w = m.width;
  const int threads = s.team.size(), row_chunk = (n + 2 * threads - 1) / (2 * threads);
  float *const x = s.x.as<float>(), *const qkv = s.qkv.as<float>();
  Act *const h = s.h.as<Act>(), *const a = s.a.as<Act>(), *const f = s.f.as<Act>();

  Pass(r1z_model &m, Session &s, int n, int thread) : m(m), s(s), n(n), thread(thread) { enter(); }
  ~Pass() { leave(); }

  template <class Work> INLINE void each(int total, int chunk, Work work) { phase(s.team, index, total, chunk, work); }

  // Pairs of blocks that are claimed at once: about 128 KiB of weights, and at least 4 chunks a thread.
  int piece(int pairs, int k) const {
    int most = pairs / (4 * threads), size = (128 << 10) / (32 * k * int(sizeof(Q)));
    size = size < most ? size : most;
    return size > 0 ? size : 1;
  }
  void embed(const int64_t *tokens) {
    each(n, row_chunk, [&](int from, int to) {
      for (int i = from; i < to; i++) {
        float *y = x + size_t(i) * w.hidden;
        size_t token = size_t(tokens[i]);
        if (m.embedding) {
          for (int d = 0; d < w.hidden; d += 16) store(y + d, load(m.embedding.as<T>() + token * w.hidden + d));
        } else {  // a column of the packed output layer
          constexpr int EACH = 4 / sizeof(T);
          const T *column = m.head.as<T>() + token / 16 * 16 * w.hidden + token % 16 * EACH;
          for (int d = 0; d < w.hidden; d++) y[d] = get(column + d / EACH * 16 * EACH + d % EACH);
        }
      }
    });
  }
  void normed(const Memory &weight) {
    each(n, row_chunk, [&](int from, int to) {
      for (int i = from; i < to; i++) {
        norm_row(x + size_t(i) * w.hidden, weight.as<float>(), w.hidden, c.hidden, c.eps, h + size_t(i) * w.hidden);
        if (BYTES) quantise(h, w.hidden, i);
      }
    });
  }
  void quantise(const Act *in, int k, int i) {
    int sum = 0;
    s.byte_scales.as<float>()[i] = to_bytes(in + size_t(i) * k, k, s.bytes.as<int8_t>() + size_t(i) * padded(k), &sum);
#if INT8_PRODUCTS
    s.byte_sums.as<float>()[i] = 128.f * float(sum);
#else
    s.byte_sums.as<float>()[i] = 0;
#endif
  }
  void quantised(const Act *in, int k) {
    if (!BYTES) return;
    each(n, row_chunk, [&](int from, int to) {
      for (int i = from; i < to; i++) quantise(in, k, i);
    });
  }
  // All rows times a block's matrix; in int8 those that were quantised last.
  template <class D> INLINE void multiply(const Act *in, int k, const Memory &weight, const Memory &scales, int from, int to, D done) {
    if constexpr (BYTES) {
      int deep = padded(k);
      columns(s.bytes.as<int8_t>(), deep, n, deep, weight.as<uint8_t>(), deep, from, to, [&](int row, int pair, const F &p, const F &q) {
        float sum = s.byte_sums.as<float>()[row], scale = s.byte_scales.as<float>()[row];
        const float *each = scales.as<float>() + pair * 32;
        done(row, pair, (p - sum) * scale * load(each), (q - sum) * scale * load(each + 16));
      });
    } else {
      columns(in, k, n, k, weight.as<T>(), k, from, to, done);
    }
  }
  void project(const Layer &l) {
    const float *bias = l.qkv_bias.as<float>();
    each(w.qkv / 32, piece(w.qkv / 32, w.hidden), [&](int from, int to) {
      multiply(h, w.hidden, l.qkv, l.qkv_scale, from, to, [&](int row, int pair, const F &p, const F &q) {
        float *y = qkv + size_t(row) * w.qkv + pair * 32;
        store(y, W::round(p + load(bias + pair * 32)));
        store(y + 16, W::round(q + load(bias + pair * 32 + 16)));
      });
    });
  }
  void added(const Act *in, int k, const Memory &weight, const Memory &scales, const Memory &biases) {
    const float *bias = biases.as<float>();
    each(w.hidden / 32, piece(w.hidden / 32, k), [&](int from, int to) {
      multiply(in, k, weight, scales, from, to, [&](int row, int pair, const F &p, const F &q) {
        float *y = x + size_t(row) * w.hidden + pair * 32;
        store(y, W::round(load(y) + (p + load(bias + pair * 32))));
        store(y + 16, W::round(load(y + 16) + (q + load(bias + pair * 32 + 16))));
      });
    });
  }
  void gated(const Layer &l) {
    const float *bias = l.gate_up_bias.as<float>();
    each(w.inner / 16, piece(w.inner / 16, w.hidden), [&](int from, int to) {
      multiply(h, w.hidden, l.gate_up, l.gate_up_scale, from, to, [&](int row, int pair, const F &p, const F &q) {
        F gate = p + load(bias + pair * 32), up = q + load(bias + pair * 32 + 16);
        store(f + size_t(row) * w.inner + pair * 16, gate / (1.f + exponential(-gate)) * up);
      });
    });
  }
  void finish(const Layer &l) {
    quantised(a, w.attention);
    added(a, w.attention, l.output, l.output_scale, l.output_bias);
    normed(l.norm2);
    gated(l);
    quantised(f, w.inner);
    added(f, w.inner, l.down, l.down_scale, l.down_bias);
  }
  void head(float *logits) {
    int pairs = w.vocab / 32;
    each(pairs, piece(pairs, w.hidden), [&](int from, int to) {
      columns(h, w.hidden, n, w.hidden, m.head.as<T>(), w.hidden, from, to, [&](int row, int pair, const F &p, const F &q) {
        float *y = logits + size_t(row) * c.vocab + pair * 32;
        int rest = c.vocab - pair * 32;
        if (rest >= 32) {
          store(y, W::round(p));
          store(y + 16, W::round(q));
        } else {
          float t[32];
          store(t, W::round(p));
          store(t + 16, W::round(q));
          memcpy(y, t, rest * 4);
        }
      });
    });
  }

  // A head, normed where the model does that, and turned by its position's angle.
  template <class Y> INLINE void turn(const float *in, const float *norm, int64_t position, Y *y) {
    float t[MOST_HEAD];
    int half = w.head / 2;
    if (c.qk_norm) {
      norm_row(in, norm, w.head, c.head_dim, c.eps, t);
      for (int d = 0; d < w.head; d += 16) store(t + d, W::round(load(t + d)));
      in = t;
    }
    const float *cos = m.cosines.as<float>() + size_t(position) * half, *sin = m.sines.as<float>() + size_t(position) * half;
    for (int d = 0; d < half; d += 16) {
      F p = load(in + d), r = load(in + half + d), co = load(cos + d), si = load(sin + d);
      store(y + d, p * co - r * si);
      store(y + half + d, r * co + p * si);
    }
  }
  // Puts the key and value of row i and key head g at a place of a cache.
  void put_key_value(const Layer &l, int i, int g, int64_t position, T *keys, T *values, int at, int room) {
    const float *in = qkv + size_t(i) * w.qkv + w.attention;
    int e = w.head;
    T key[MOST_HEAD], value[MOST_HEAD];
    turn(in + g * e, l.k_norm.as<float>(), position, key);
    for (int d = 0; d < e; d += 16) store(value + d, load(in + (c.kv_heads + g) * e + d));
    for (int d = 0; d < e; d++) {
      keys[key_place<T>(at, d, e)] = key[d];
      values[value_place<T>(at, d, room)] = value[d];
    }
  }
  void queries(const Layer &l, int i, int g, int64_t position, Act *q) {
    int repeat = c.heads / c.kv_heads;
    for (int r = 0; r < repeat; r++) turn(qkv + size_t(i) * w.qkv + (g * repeat + r) * w.head, l.q_norm.as<float>(), position, q + r * w.head);
  }
  void attended(int i, int g, const float *out) {
    int repeat = c.heads / c.kv_heads;
    Act *y = a + size_t(i) * w.attention + size_t(g) * repeat * w.head;
    for (int d = 0; d < repeat * w.head; d += 16) store(y + d, load(out + d));
  }
};

// --- one step ---------------------------------------------------------------------------------------------------

template <class W> struct Decode {
  r1z_model &m;
  Session &s;
  const r1z_step &step;

  static void work(void *p, int thread) { static_cast<Decode *>(p)->run(thread); }

  void run(int thread) {
    typedef typename W::T T;
    Pass<W> pass(m, s, step.rows, thread);
    const r1z_shape &c = m.shape;
    const int e = m.width.head, repeat = c.heads / c.kv_heads, most = together(repeat) / repeat;
    const size_t prefix_row = size_t(step.prefix.room) * e, own_row = size_t(step.cache.room) * e;
    Attention<W> attention(repeat, e, c.head_dim, s.longest, s.scratch[thread].template as<void>());
    pass.embed(step.tokens);
    for (int layer = 0; layer < c.layers; layer++) {
      const Layer &l = m.layers[layer];
      pass.normed(l.norm1);
      pass.project(l);
      const T *pk = static_cast<const T *>(step.prefix.arrays[layer]), *pv = static_cast<const T *>(step.prefix.arrays[c.layers + layer]);
      T *ck = static_cast<T *>(step.cache.arrays[layer]), *cv = static_cast<T *>(step.cache.arrays[c.layers + layer]);
      pass.each(int(s.groups.size()) * c.kv_heads, 1, [&](int item, int) {
        const Group &group = s.groups[item % s.groups.size()];
        int g = item / int(s.groups.size());
        size_t slot = (size_t(group.slot) * c.kv_heads + g) * prefix_row;
        auto place = [&](int i) { return (size_t(step.places[i]) * c.kv_heads + g) * own_row; };
        const int *members = s.order.data() + group.first;
        for (int j = 0; j < group.size; j++) {
          int i = members[j];
          pass.put_key_value(l, i, g, step.positions[i], ck + place(i), cv + place(i), int(step.own[i]), step.cache.room);
        }
        for (int from = 0; from < group.size; from += most) {
          int count = group.size - from < most ? group.size - from : most;
          const int *some = members + from;
          for (int j = 0; j < count; j++) pass.queries(l, some[j], g, step.positions[some[j]], attention.q + size_t(j) * repeat * e);
          attention.run(count, pk + slot, pv + slot, int(step.lengths[group.slot]), step.prefix.room, step.cache.room, [&](int j) {
            int i = some[j];
            return Own<T>{ck + place(i), cv + place(i), int(step.own[i]) + 1};
          });
          for (int j = 0; j < count; j++) pass.attended(some[j], g, attention.out + size_t(j) * repeat * e);
        }
      });
      pass.finish(l);
    }
    pass.normed(m.norm);
    pass.head(step.logits);
  }
};

template <class W> void decode_as(r1z_model &m, Session &s, const r1z_step &step) {
  Decode<W> work{m, s, step};
  s.team.run(&Decode<W>::work, &work, 9 * m.shape.layers + 3);
}
void decode(r1z_model &m, Session &s, const r1z_step &step) {
  if (m.shape.int8) decode_as<Bytes>(m, s, step);
  else if (m.shape.bf16) decode_as<Narrow>(m, s, step);
  else decode_as<Wide>(m, s, step);
}

// --- prompts ----------------------------------------------------------------------------------------------------

template <class W> struct Prefill {
  r1z_model &m;
  Session &s;
  const r1z_prompts &prompts;

  static void work(void *p, int thread) { static_cast<Prefill *>(p)->run(thread); }

  void run(int thread) {
    typedef typename W::T T;
    Pass<W> pass(m, s, prompts.rows, thread);
    const r1z_shape &c = m.shape;
    const r1z_cache &cache = *prompts.cache;
    const int e = m.width.head, repeat = c.heads / c.kv_heads;
    Attention<W> attention(repeat, e, c.head_dim, s.longest, s.scratch[thread].template as<void>());
    pass.embed(prompts.tokens);
    for (int layer = 0; layer < c.layers; layer++) {
      const Layer &l = m.layers[layer];
      pass.normed(l.norm1);
      pass.project(l);
      auto part = [&](int half, int prompt, int g) {
        return static_cast<T *>(cache.arrays[half * c.layers + layer]) + (size_t(prompts.slot + prompt) * c.kv_heads + g) * cache.room * e;
      };
      pass.each(int(s.segments.size()) * c.kv_heads, 1, [&](int item, int) {
        const Segment &some = s.segments[item / c.kv_heads];
        int g = item % c.kv_heads;
        for (int i = 0; i < some.count; i++)
          pass.put_key_value(l, some.row + i, g, some.first + i, part(0, some.prompt, g), part(1, some.prompt, g), some.first + i, cache.room);
      });
      pass.each(int(s.blocks.size()) * c.kv_heads, 1, [&](int item, int) {
        const QueryBlock &block = s.blocks[item / c.kv_heads];
        const Segment &some = s.segments[block.segment];
        int g = item % c.kv_heads, row = some.row + block.from, first = some.first + block.from;
        for (int j = 0; j < block.count; j++) pass.queries(l, row + j, g, first + j, attention.q + size_t(j) * repeat * e);
        attention.causal(first, block.count, part(0, some.prompt, g), part(1, some.prompt, g), cache.room);
        for (int j = 0; j < block.count; j++) pass.attended(row + j, g, attention.out + size_t(j) * repeat * e);
      });
      pass.finish(l);
    }
    if (thread > 0) return;
    for (const Segment &some : s.segments)
      if (some.first + some.count == prompts.lengths[some.prompt]) {
        norm_row(pass.x + size_t(some.row + some.count - 1) * m.width.hidden, m.norm.as<float>(), m.width.hidden, c.hidden, c.eps, pass.h);
        for (int d = 0; d < c.hidden; d++) prompts.hidden[size_t(some.prompt) * c.hidden + d] = get(pass.h + d);
      }
  }
};

template <class W> void prefill_as(r1z_model &m, Session &s, const r1z_prompts &prompts) {
  Prefill<W> work{m, s, prompts};
  s.team.run(&Prefill<W>::work, &work, 10 * m.shape.layers + 1);
}
void prefill(r1z_model &m, Session &s, const r1z_prompts &prompts) {
  if (m.shape.int8) prefill_as<Bytes>(m, s, prompts);
  else if (m.shape.bf16) prefill_as<Narrow>(m, s, prompts);
  else prefill_as<Wide>(m, s, prompts);
}

template <class W> struct Logits {
  r1z_model &m;
  Session &s;
  const float *hidden;
  int rows;
  float *out;

  static void work(void *p, int thread) { static_cast<Logits *>(p)->run(thread); }

  void run(int thread) {
    Pass<W> pass(m, s, rows, thread);
    pass.each(rows, pass.row_chunk, [&](int from, int to) {
      for (int i = from; i < to; i++)
        for (int d = 0; d < m.width.hidden; d++) put(pass.h + size_t(i) * m.width.hidden + d, d < m.shape.hidden ? hidden[size_t(i) * m.shape.hidden + d] : 0.f);
    });
    pass.head(out);
  }
};
template <class W> void logits_as(r1z_model &m, Session &s, const float *hidden, int rows, float *out) {
  Logits<W> work{m, s, hidden, rows, out};
  s.team.run(&Logits<W>::work, &work, 2);
}
void logits(r1z_model &m, Session &s, const float *hidden, int rows, float *out) {
  if (m.shape.bf16) logits_as<Narrow>(m, s, hidden, rows, out);
  else logits_as<Wide>(m, s, hidden, rows, out);
}

// --- draw, measuring --------------------------------------------------------------------------------------------

struct Draw {
  Session &s;
  int vocab;
  const float *logits;
  const int64_t *owner;
  int rows;
  const float *uniforms;
  float inverse;
  int64_t *tokens;
  float *log_probs;

  static void work(void *p, int thread) { static_cast<Draw *>(p)->run(thread); }

  void run(int thread) {
    int index = 0, blocks = (vocab + DRAW_BLOCK - 1) / DRAW_BLOCK;
    float *room = s.scratch[thread].as<float>();
    phase(s.team, index, rows, 1, [&](int i, int) {
      size_t row = owner ? size_t(owner[i]) : size_t(i);
      draw_row(logits + row * vocab, vocab, uniforms[i], inverse, room, room + blocks, tokens + i, log_probs + i);
    });
  }
};
void draw(r1z_model &m, Session &s, const float *logits, const int64_t *owner, int rows, const float *uniforms, float temperature, int64_t *tokens, float *log_probs) {
  Draw work{s, m.shape.vocab, logits, owner, rows, uniforms, temperature > 0 ? 1 / temperature : 0, tokens, log_probs};
  s.team.run(&Draw::work, &work, 1);
}

template <class W> struct Products {
  r1z_model &m;
  Session &s;
  int rows;
  float *logits;

  static void work(void *p, int thread) { static_cast<Products *>(p)->run(thread); }

  void run(int thread) {
    Pass<W> pass(m, s, rows, thread);
    for (const Layer &l : m.layers) {
      pass.project(l);
      pass.added(pass.a, m.width.attention, l.output, l.output_scale, l.output_bias);
      pass.gated(l);
      pass.added(pass.f, m.width.inner, l.down, l.down_scale, l.down_bias);
    }
    if (logits) pass.head(logits);
  }
};
template <class W> void products_as(r1z_model &m, Session &s, int rows, float *logits) {
  Products<W> work{m, s, rows, logits};
  s.team.run(&Products<W>::work, &work, 4 * m.shape.layers + 1);
}
void products(r1z_model &m, Session &s, int rows, float *logits) {
  if (m.shape.int8) products_as<Bytes>(m, s, rows, logits);
  else if (m.shape.bf16) products_as<Narrow>(m, s, rows, logits);
  else products_as<Wide>(m, s, rows, logits);
}
}  // namespace
#include "training.h"

#define NAME2(x) r1z_kernels_##x
#define NAME(x) NAME2(x)
#define TEXT2(x) #x
#define TEXT(x) TEXT2(x)
extern const Kernels NAME(ISA);
const Kernels NAME(ISA) = {TEXT(ISA), sizeof(Narrow::Act), attention_bytes, tables, load_weights, cache_copy, prefill, logits, decode, draw, products,
                             NARROW_TRAINING, training_bytes, train_forward, train_backward, head_forward, head_backward, adamw};
