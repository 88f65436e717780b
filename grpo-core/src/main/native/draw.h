// A token from logits by inverse transform, as generation.py's draw does it: first a block of 256, then one in it.
#pragma once
#include "vectors.h"

namespace {
constexpr int DRAW_BLOCK = 256;

// t is the inverse temperature, 0 takes the likeliest. Where logits are not finite, neither is the log-prob.
inline void draw_row(const float *x, int vocab, float uniform, float t, float *tops, float *totals, int64_t *token, float *log_prob) {
  int blocks = (vocab + DRAW_BLOCK - 1) / DRAW_BLOCK, block = 0;
  float inverse = t > 0 ? t : 1;
  auto width = [&](int b) { int rest = vocab - b * DRAW_BLOCK; return rest < DRAW_BLOCK ? rest : DRAW_BLOCK; };
  auto part = [&](int b, int i) {
    const float *p = x + b * DRAW_BLOCK + i;
    int rest = width(b) - i;
    return rest < 16 ? load_some(p, rest, -INFINITY) : load(p);
  };
  for (int b = 0; b < blocks; b++) {
    F m = all(-INFINITY), s = {};
    for (int i = 0; i < width(b); i += 16) m = greater(m, part(b, i));
    tops[b] = most(m);
    // where all of a block are -inf, nothing is subtracted
    float base = tops[b] == -INFINITY ? 0 : tops[b];
    for (int i = 0; i < width(b); i += 16) s += exponential((part(b, i) - base) * inverse);
    totals[b] = sum(s);
  }
  float high = tops[0];
  for (int b = 1; b < blocks; b++)
    if (tops[b] > high) high = tops[b], block = b;
  // a block whose largest is 0 in fp32 is never drawn from
  auto weight = [&](int b) {
    float below = (tops[b] - high) * inverse;
    return below < -87.f ? 0 : double(totals[b]) * std::exp(double(below));
  };
  double total = 0;
  for (int b = 0; b < blocks; b++) total += weight(b);
  int at = -1;
  if (t > 0) {
    double target = std::fmin(double(uniform), 0.9999999999999991) * total, before = 0;
    for (block = 0; block < blocks - 1; block++) {
      double own = weight(block);
      if (before + own > target) break;
      before += own;
    }
    float p[DRAW_BLOCK];
    // probabilities of this block in those of all, whatever its own largest
    for (int i = 0; i < width(block); i += 16) store(p + i, exponential((part(block, i) - high) * inverse));
    for (int i = 0; i < width(block); i++)
      if (p[i] > 0) {
        at = i;
        before += p[i];
        if (before > target) break;
      }
  } else {
    for (at = 0; at < width(block) - 1 && x[block * DRAW_BLOCK + at] != high; at++);
  }
  if (at < 0) at = 0;
  *token = int64_t(block) * DRAW_BLOCK + at;
  *log_prob = (x[*token] - high) * inverse - float(std::log(total));
}
}  // namespace
