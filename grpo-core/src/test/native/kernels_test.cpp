// The kernels against a plain decoder in double precision, and against themselves in other company. Prints what is wrong and
// ends with 1. sanitize.sh runs it under the sanitizers, with each set of instructions that this processor has.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <vector>
#include "r1zero_kernels.h"

namespace {
int faults = 0;
void require(bool holds, const std::string &what) {
  if (holds) return;
  printf("wrong: %s\n", what.c_str());
  faults++;
}

typedef std::vector<float> Floats;
std::mt19937 random_numbers(7);

uint16_t narrow(float x) {
  uint32_t u;
  memcpy(&u, &x, 4);
  return uint16_t((u + 0x7fff + (u >> 16 & 1)) >> 16);
}
float widen(uint16_t x) {
  uint32_t u = uint32_t(x) << 16;
  float f;
  memcpy(&f, &u, 4);
  return f;
}

// A model with random weights, in the library and as plain arrays.
struct Model {
  r1z_shape s;
  Floats cosines, sines;
  std::vector<Floats> arrays;             // empty where there is none
  std::vector<std::vector<uint16_t>> narrowed;
  r1z_model *model;

  Model(r1z_shape shape, bool biases, bool from_bf16) : s(shape) {
    std::normal_distribution<float> normal(0, 0.3f);
    auto some = [&](size_t n, float around, bool present = true) {
      Floats a(present ? n : 0);
      for (float &x : a) x = widen(narrow(around + normal(random_numbers)));
      arrays.push_back(a);
    };
    size_t d = s.hidden, e = s.head_dim, q = s.heads * e, all = q + 2 * s.kv_heads * e, f = s.inner;
    for (int i = 0; i < s.layers; i++) {
      some(d, 1);
      some(all * d, 0);
      some(all, 0, biases);
      some(e, 1, s.qk_norm);
      some(e, 1, s.qk_norm);
      some(d * q, 0);
      some(d, 0, biases);
      some(d, 1);
      some(2 * f * d, 0);
      some(2 * f, 0, biases);
      some(d * f, 0);
      some(d, 0, biases);
    }
    some(s.vocab * d, 0);
    some(d, 1);
    some(s.vocab * d, 0);
    for (int t = 0; t < s.positions; t++)
      for (int i = 0; i < s.head_dim / 2; i++) {
        double angle = t * std::pow(10000., -2. * i / s.head_dim);
        cosines.push_back(float(std::cos(angle)));
        sines.push_back(float(std::sin(angle)));
      }
    model = r1z_model_new(&s, cosines.data(), sines.data());
    std::vector<r1z_array> in;
    narrowed.resize(arrays.size());
    for (size_t i = 0; i < arrays.size(); i++) {
      for (float x : arrays[i]) narrowed[i].push_back(narrow(x));
      const void *data = from_bf16 ? static_cast<const void *>(narrowed[i].data()) : arrays[i].data();
      in.push_back({arrays[i].empty() ? nullptr : data, from_bf16});
    }
    r1z_model_load(model, 2, in.data());
    r1z_model_load(model, 1, in.data());  // as after an update
  }
  ~Model() { r1z_model_free(model); }
  Model(const Model &) = delete;
};

// --- the plain decoder ------------------------------------------------------------------------------------------

typedef std::vector<double> Doubles;

Doubles normed(const Doubles &x, const Floats &w, double eps) {
  double sum = 0;
  for (double v : x) sum += v * v;
  Doubles y(x);
  for (size_t i = 0; i < x.size(); i++) y[i] *= w[i] / std::sqrt(sum / x.size() + eps);
  return y;
}
Doubles product(const Doubles &x, const Floats &w, const Floats &bias, size_t n) {
  Doubles y(n);
  for (size_t i = 0; i < n; i++) {
    double sum = bias.empty() ? 0 : bias[i];
    for (size_t j = 0; j < x.size(); j++) sum += x[j] * w[i * x.size() + j];
    y[i] = sum;
  }
  return y;
}

// The logits after the last of some tokens.
Doubles expected(const Model &m, const std::vector<int64_t> &tokens) {
  const r1z_shape &s = m.s;
  size_t n = tokens.size(), d = s.hidden, e = s.head_dim, half = e / 2, q = s.heads * e;
  const Floats &embedding = m.arrays[size_t(s.layers) * 12];
  std::vector<Doubles> x;
  for (int64_t t : tokens) x.emplace_back(embedding.begin() + t * d, embedding.begin() + (t + 1) * d);
  for (int layer = 0; layer < s.layers; layer++) {
    const Floats *a = m.arrays.data() + layer * 12;
    std::vector<Doubles> qkv;
    for (size_t t = 0; t < n; t++) {
      Doubles row = product(normed(x[t], a[0], s.eps), a[1], a[2], q + 2 * s.kv_heads * e);
      for (int head = 0; head < s.heads + s.kv_heads; head++) {
        Doubles part(row.begin() + head * e, row.begin() + (head + 1) * e);
        if (s.qk_norm) part = normed(part, a[head < s.heads ? 3 : 4], s.eps);
        for (size_t i = 0; i < half; i++) {
          double c = m.cosines[t * half + i], w = m.sines[t * half + i];
          row[head * e + i] = part[i] * c - part[half + i] * w;
          row[head * e + half + i] = part[half + i] * c + part[i] * w;
        }
      }
      qkv.push_back(row);
    }
    for (size_t t = layer + 1 == s.layers ? n - 1 : 0; t < n; t++) {
      Doubles attended(q);
      for (int head = 0; head < s.heads; head++) {
        size_t key = q + head / (s.heads / s.kv_heads) * e, value = key + s.kv_heads * e;
        Doubles share(t + 1);
        double most = -INFINITY, sum = 0;
        for (size_t u = 0; u <= t; u++) {
          for (size_t i = 0; i < e; i++) share[u] += qkv[t][head * e + i] * qkv[u][key + i];
          most = std::max(most, share[u] /= std::sqrt(double(e)));
        }
        for (double &p : share) sum += p = std::exp(p - most);
        for (size_t u = 0; u <= t; u++)
          for (size_t i = 0; i < e; i++) attended[head * e + i] += share[u] / sum * qkv[u][value + i];
      }
      Doubles more = product(attended, a[5], a[6], d);
      for (size_t i = 0; i < d; i++) x[t][i] += more[i];
      Doubles gates = product(normed(x[t], a[7], s.eps), a[8], a[9], 2 * s.inner), f(s.inner);
      for (int i = 0; i < s.inner; i++) f[i] = gates[i] / (1 + std::exp(-gates[i])) * gates[s.inner + i];
      more = product(f, a[10], a[11], d);
      for (size_t i = 0; i < d; i++) x[t][i] += more[i];
    }
  }
  const Floats *last = m.arrays.data() + s.layers * 12;
  return product(normed(x[n - 1], last[1], s.eps), last[2], {}, s.vocab);
}

// --- what is tested ---------------------------------------------------------------------------------------------

struct Cache {
  const Model &m;
  int rows, room;
  std::vector<std::vector<char>> arrays;

  Cache(const Model &m, int rows, int room) : m(m), rows(rows), room(room) {
    for (int i = 0; i < 2 * m.s.layers; i++) arrays.emplace_back(r1z_cache_bytes(m.model, rows, room));
  }
  std::vector<void *> pointers() {
    std::vector<void *> out;
    for (auto &a : arrays) out.push_back(a.data());
    return out;
  }
  void copy(const Cache &from, int source, int target, int count, int time, int from_first = 0, int to_first = 0) {
    for (int i = 0; i < 2 * m.s.layers; i++)
      r1z_cache_copy(m.model, i >= m.s.layers, from.arrays[i].data(), from.room, source, from_first, arrays[i].data(), room, target, to_first, count, time);
  }
};

// A sequence: a prompt and what follows it.
struct Sequence {
  std::vector<int64_t> tokens;
  int prompt;
};
std::vector<int64_t> some_tokens(const Model &m, int count) {
  std::vector<int64_t> out;
  for (int i = 0; i < count; i++) out.push_back(int64_t(random_numbers() % uint32_t(m.s.vocab)));
  return out;
}

// Reads prompts into slots from `slot` on, whose first `starts` positions are there already; the logits after each.
Floats prefill(const Model &m, const std::vector<std::vector<int64_t>> &prompts, int chunk, int threads, Cache &cache, int slot, const std::vector<int32_t> &starts = {}) {
  std::vector<int64_t> tokens;
  std::vector<int32_t> lengths;
  for (size_t i = 0; i < prompts.size(); i++) {
    const auto &p = prompts[i];
    tokens.insert(tokens.end(), p.begin() + (starts.empty() ? 0 : starts[i]), p.end());
    lengths.push_back(int(p.size()));
  }
  std::vector<void *> arrays = cache.pointers();
  r1z_cache to = {arrays.data(), cache.rows, cache.room};
  Floats hidden(prompts.size() * m.s.hidden), logits(prompts.size() * m.s.vocab);
  r1z_prefill(m.model, threads, tokens.data(), lengths.data(), starts.empty() ? nullptr : starts.data(), int(prompts.size()), chunk, &to, slot, hidden.data());
  r1z_logits(m.model, threads, hidden.data(), int(prompts.size()), logits.data());
  return logits;
}

Floats decode(const Model &m, int threads, Cache &prefix, const std::vector<int64_t> &lengths, Cache &cache, const std::vector<int64_t> &tokens,
              const std::vector<int64_t> &positions, const std::vector<int64_t> &own, const std::vector<int32_t> &slots, std::vector<int32_t> places = {}) {
  for (int i = int(places.size()); i < int(tokens.size()); i++) places.push_back(i);
  std::vector<void *> a = prefix.pointers(), b = cache.pointers();
  Floats logits(tokens.size() * m.s.vocab);
  r1z_step step = {int(tokens.size()), tokens.data(), positions.data(), own.data(), slots.data(), places.data(), lengths.data(), {a.data(), prefix.rows, prefix.room}, {b.data(), cache.rows, cache.room}, logits.data()};
  r1z_decode(m.model, threads, &step);
  return logits;
}

// Whether numbers are right to a share of the largest, on average and, five times as far, each.
bool near(const float *got, const Doubles &wanted, double tolerance) {
  double scale = 1, most = 0, sum = 0;
  for (size_t i = 0; i < wanted.size(); i++) {
    double off = std::fabs(got[i] - wanted[i]);
    scale = std::max(scale, std::fabs(wanted[i]));
    most = off <= most ? most : off;  // NaN stays
    sum += off;
  }
  bool right = most <= 5 * tolerance * scale && sum <= tolerance * scale * double(wanted.size());
  if (!right) printf("off by %g, on average %g, the largest is %g\n", most, sum / double(wanted.size()), scale);
  return right;
}

// One sequence with nobody beside it: logits after its prompt and after each further token.
std::vector<Floats> alone(const Model &m, const Sequence &s) {
  int room = (int(s.tokens.size()) + 31) / 32 * 32;
  Cache prefix(m, 1, room), cache(m, 1, room);
  std::vector<Floats> out;
  out.push_back(prefill(m, {{s.tokens.begin(), s.tokens.begin() + s.prompt}}, 7, 1, prefix, 0));
  for (size_t t = s.prompt; t < s.tokens.size(); t++)
    out.push_back(decode(m, 1, prefix, {s.prompt}, cache, {s.tokens[t]}, {int64_t(t)}, {int64_t(t) - s.prompt}, {0}));
  return out;
}

// Sequences that join, end and move among others: each with the bits that it has alone, near the plain decoder's numbers.
void company(const std::string &name, const Model &m, double tolerance) {
  std::vector<Sequence> all;
  std::vector<std::vector<Floats>> wanted;
  std::vector<std::vector<int64_t>> prompts = {some_tokens(m, 3), some_tokens(m, 40), some_tokens(m, 1)};
  for (int i = 0; i < 37; i++) {
    const auto &prompt = prompts[i % 3];
    Sequence s = {prompt, int(prompt.size())};
    auto more = some_tokens(m, 1 + (i * 7) % 45);
    s.tokens.insert(s.tokens.end(), more.begin(), more.end());
    all.push_back(s);
    wanted.push_back(alone(m, s));
    for (size_t t : {size_t(0), more.size()})
      require(near(wanted[i][t].data(), expected(m, {s.tokens.begin(), s.tokens.begin() + s.prompt + t}), tolerance), name + ": a sequence alone");
  }
  for (int threads : {1, 2, 3}) {
    Cache prefix(m, 4, 64);
    Floats first = prefill(m, prompts, 5 * threads, threads, prefix, 1);  // slot 0 stays empty
    for (int p = 0; p < 3; p++) require(!memcmp(first.data() + p * m.s.vocab, wanted[p][0].data(), m.s.vocab * 4), name + ": prompts together");
    std::vector<int64_t> lengths = {0, int64_t(prompts[0].size()), int64_t(prompts[1].size()), int64_t(prompts[2].size())};
    std::vector<int> rows, waiting;  // sequences by row; their next position is rows_at
    std::vector<int64_t> filled;
    for (int i = 36; i >= 0; i--) waiting.push_back(i);
    auto cache = std::make_unique<Cache>(m, 33, 32);
    while (!rows.empty() || !waiting.empty()) {
      while (rows.size() < 33 && !waiting.empty()) {
        rows.push_back(waiting.back());
        filled.push_back(0);
        waiting.pop_back();
      }
      int64_t longest = *std::max_element(filled.begin(), filled.end());
      if (longest == cache->room) {
        auto grown = std::make_unique<Cache>(m, 33, cache->room + 32);
        grown->copy(*cache, 0, 0, 33, cache->room);
        cache = std::move(grown);
      }
      std::vector<int64_t> tokens, positions;
      std::vector<int32_t> slots;
      for (size_t r = 0; r < rows.size(); r++) {
        const Sequence &s = all[rows[r]];
        tokens.push_back(s.tokens[s.prompt + filled[r]]);
        positions.push_back(s.prompt + filled[r]);
        slots.push_back(1 + rows[r] % 3);
      }
      Floats logits = decode(m, threads, prefix, lengths, *cache, tokens, positions, filled, slots);
      for (size_t r = 0; r < rows.size(); r++) {
        filled[r]++;
        require(!memcmp(logits.data() + r * m.s.vocab, wanted[rows[r]][filled[r]].data(), m.s.vocab * 4), name + ": a sequence among others");
      }
      for (size_t r = rows.size(); r-- > 0;)
        if (size_t(all[rows[r]].prompt + filled[r]) == all[rows[r]].tokens.size()) {  // the last row takes its place
          cache->copy(*cache, int(rows.size()) - 1, int(r), 1, int(filled.back()));
          rows[r] = rows.back();
          filled[r] = filled.back();
          rows.pop_back();
          filled.pop_back();
        }
    }
  }
}

// Reading and decoding give the same bits, whatever part of a sequence was read and what of it is shared: logits after every token, and
// keys and values that a conversation keeps.
void canonical(const std::string &name, const Model &m) {
  const int length = 110;
  std::vector<int64_t> tokens = some_tokens(m, length);
  auto upto = [&](int n) { return std::vector<int64_t>(tokens.begin(), tokens.begin() + n); };
  std::vector<Floats> wanted(length + 1);
  for (int n = 1; n <= length; n++) {
    Cache cache(m, 1, 128);
    wanted[n] = prefill(m, {upto(n)}, 1 + n % 23, 1 + n % 2, cache, 0);
  }
  for (int read : {1, 32, 45, 77}) {
    for (int threads : {1, 2}) {
      Cache prefix(m, 3, 128), rows(m, 3, 128);
      prefill(m, {upto(5), upto(read)}, 50, threads, prefix, 0);
      int shared = read / 32 * 32;
      rows.copy(prefix, 1, 1, 1, read - shared, shared, 0);  // what is left of the prompt begins the row
      for (int t = read; t < length; t++) {  // row 0 is a neighbour
        Floats logits = decode(m, threads, prefix, {0, shared}, rows, {tokens[t % 5], tokens[t]}, {t - read, t}, {t - read, t - shared}, {0, 1});
        require(!memcmp(logits.data() + m.s.vocab, wanted[t + 1].data(), m.s.vocab * 4), name + ": decoding's bits are those of reading");
      }
      // several tokens in a step, with guesses that were wrong before, and a neighbour
      Cache drafted(m, 3, 128);
      drafted.copy(prefix, 1, 2, 1, read - shared, shared, 0);
      for (int t = read, count = 1; t < length; count = 1 + (count + 5) % 13) {
        int right = std::min(count, length - t);
        std::vector<int64_t> step = {tokens[t % 5]}, positions = {0}, own = {0};
        std::vector<int32_t> slots = {0}, places = {1};
        for (int j = 0; j < right + 2 && t + j < 110; j++) {
          step.push_back(j < right ? tokens[t + j] : (tokens[t + j] + 1) % m.s.vocab);
          positions.push_back(t + j);
          own.push_back(t + j - shared);
          slots.push_back(1);
          places.push_back(2);
        }
        Floats logits = decode(m, threads, prefix, {0, shared}, drafted, step, positions, own, slots, places);
        for (int j = 0; j < right; j++)
          require(!memcmp(logits.data() + (1 + j) * m.s.vocab, wanted[t + j + 1].data(), m.s.vocab * 4), name + ": drafts have the bits of single steps");
        t += right;
      }
      // a conversation of so many tokens is kept, and goes on by reading
      for (int known : {read, 96, length - 1}) {
        Cache kept(m, 2, 128);
        kept.copy(prefix, 1, 1, 1, shared);
        kept.copy(rows, 1, 1, 1, known - shared, 0, shared);
        Floats logits = prefill(m, {upto(7), upto(length)}, 9, threads, kept, 0, {0, known});
        require(!memcmp(logits.data(), wanted[7].data(), m.s.vocab * 4), name + ": a prompt beside a kept one");
        require(!memcmp(logits.data() + m.s.vocab, wanted[length].data(), m.s.vocab * 4), name + ": a kept conversation goes on with the bits of one that is read again");
      }
    }
  }
}

// Thousands of positions, in the prompt and after it.
void long_context(bool bf16, bool int8, int positions) {
  double tolerance = int8 ? 0.06 : bf16 ? 0.02 : 1e-5;
  Model m({2, 4, 2, 16, 32, 48, 40, positions, bf16, 0, int8, 1e-5f}, false, false);
  Sequence s = {some_tokens(m, positions / 3 + 100), positions / 3};
  std::vector<Floats> got = alone(m, s);
  require(near(got.back().data(), expected(m, s.tokens), tolerance), "a third of a context as a prompt and 100 more");
  // the same by steps alone, from an empty prefix
  Cache prefix(m, 1, 32), cache(m, 1, (positions / 3 + 131) / 32 * 32);
  Floats last;
  for (size_t t = 0; t < s.tokens.size(); t++) last = decode(m, 1, prefix, {0}, cache, {s.tokens[t]}, {int64_t(t)}, {int64_t(t)}, {0});
  require(near(last.data(), expected(m, s.tokens), tolerance), "the same in a row");
  Sequence end = {some_tokens(m, positions), positions - 10};
  got = alone(m, end);
  for (float x : got.back()) require(std::isfinite(x), "the last position of a context");
}

// --- the draw ---------------------------------------------------------------------------------------------------

// Pearson's statistic over cells of at least 20 draws; its mean is the number of cells less one.
void chi_square(const Model &m, const Floats &logits, float temperature, const std::string &name) {
  const int draws = 200000;
  std::vector<double> share(m.s.vocab);
  double most = *std::max_element(logits.begin(), logits.end()), sum = 0;
  for (int i = 0; i < m.s.vocab; i++) sum += share[i] = std::exp((logits[i] - most) / temperature);
  std::vector<int> count(m.s.vocab);
  std::uniform_real_distribution<float> uniform(0, 1);
  std::vector<int64_t> owner(500), tokens(500);
  Floats uniforms(500), log_probs(500);
  for (int i = 0; i < draws; i += 500) {
    for (float &u : uniforms) u = std::min(uniform(random_numbers), 0.99999994f);
    r1z_draw(m.model, 2, logits.data(), owner.data(), 500, uniforms.data(), temperature, tokens.data(), log_probs.data());
    for (int j = 0; j < 500; j++) {
      count[tokens[j]]++;
      require(std::fabs(log_probs[j] - std::log(share[tokens[j]] / sum)) < 1e-4, name + ": a log-prob");
    }
  }
  double statistic = 0, rest_wanted = 0, rest_got = 0;
  int cells = 0;
  for (int i = 0; i < m.s.vocab; i++) {
    double wanted = draws * share[i] / sum;
    if (wanted == 0) require(count[i] == 0, name + ": a token that can't be drawn");
    if (wanted >= 20) statistic += (count[i] - wanted) * (count[i] - wanted) / wanted, cells++;
    else rest_wanted += wanted, rest_got += count[i];
  }
  if (rest_wanted >= 20) statistic += (rest_got - rest_wanted) * (rest_got - rest_wanted) / rest_wanted, cells++;
  double sigmas = (statistic - (cells - 1)) / std::sqrt(2. * (cells - 1));
  require(cells > 1 && std::fabs(sigmas) < 5, name + ": chi-square is off by " + std::to_string(sigmas) + " standard deviations");
}

void draws() {
  for (int vocab : {40, 700}) {
    Model m({1, 1, 1, 4, 8, 8, vocab, 8, 0, 0, 0, 1e-5f}, false, false);
    std::normal_distribution<float> normal(0, 2);
    Floats logits(vocab);
    for (float &x : logits) x = normal(random_numbers);
    chi_square(m, logits, 1, "all tokens");
    chi_square(m, logits, 0.6f, "temperature 0.6");
    for (int i = 0; i < vocab; i += 2) logits[i] = -INFINITY;
    chi_square(m, logits, 1, "every other one");
    int likeliest = int(std::max_element(logits.begin(), logits.end()) - logits.begin());
    float uniform = 0.3f, log_prob;
    int64_t token = -1;
    for (float temperature : {0.f, 1e-6f}) {
      r1z_draw(m.model, 1, logits.data(), nullptr, 1, &uniform, temperature, &token, &log_prob);
      require(token == likeliest, "the likeliest");
    }
    logits[3] = NAN;
    r1z_draw(m.model, 1, logits.data(), nullptr, 1, &uniform, 1, &token, &log_prob);
    require(token >= 0 && token < vocab && !std::isfinite(log_prob), "logits that are not finite");
  }
}
// A batch of three prompts and five completions, and what a loss of random weights gives for it.
struct Training {
  std::vector<int64_t> tokens, positions, wanted, sequence, targets;
  Floats by_log_prob, by_entropy;

  explicit Training(const Model &m) {
    const int prompts[] = {1, 5, 40}, lengths[] = {3, 1, 37, 20, 70}, owner[] = {0, 1, 1, 2, 2};
    std::normal_distribution<float> normal(0, 1);
    int firsts[3];
    auto add = [&](int first, int count) {
      for (int t = 0; t < count; t++) {
        tokens.push_back(some_tokens(m, 1)[0]);
        positions.push_back(first + t);
      }
    };
    for (int p = 0; p < 3; p++) {
      firsts[p] = int(tokens.size());
      for (int64_t x : {firsts[p], prompts[p], 0, 0}) sequence.push_back(x);
      add(0, prompts[p]);
    }
    for (int i = 0; i < 5; i++) {
      int row = int(tokens.size()), of = owner[i], rows = lengths[i] - 1;
      for (int x : {row, rows, firsts[of], prompts[of]}) sequence.push_back(x);
      add(prompts[of], rows);
      for (int t = 0; t < lengths[i]; t++) {
        wanted.push_back(t == 0 ? firsts[of] + prompts[of] - 1 : row + t - 1);
        targets.push_back(some_tokens(m, 1)[0]);
        by_log_prob.push_back(normal(random_numbers));
        by_entropy.push_back(normal(random_numbers));
      }
    }
  }
  // The loss, and its gradients where there is room for them.
  double run(Model &m, int threads, int keep, std::vector<Floats> *gradients) {
    std::vector<r1z_array> weights;
    for (const Floats &a : m.arrays) weights.push_back({a.empty() ? nullptr : a.data(), 0});
    size_t n = wanted.size(), d = size_t(m.s.hidden);
    r1z_batch batch = {int32_t(tokens.size()), int32_t(n), int32_t(sequence.size() / 4), keep, tokens.data(), positions.data(), wanted.data(), sequence.data(), weights.data()};
    std::vector<std::vector<char>> memory(keep ? m.s.layers + 1 : 0);
    std::vector<void *> kept;
    for (auto &some : memory) {
      some.resize(r1z_kept_bytes(m.model, &batch));
      kept.push_back(some.data());
    }
    std::vector<char> hidden(n * d * (m.s.bf16 ? 2 : 4));
    r1z_train_forward(m.model, threads, &batch, kept.data(), hidden.data());
    r1z_targets t = {int32_t(n), 1.25f, hidden.data(), targets.data(), weights.back()};
    Floats log_probs(n), entropies(n), normalisers(n), by_hidden(n * d);
    r1z_log_probs(m.model, threads, &t, log_probs.data(), entropies.data(), normalisers.data());
    double loss = 0;
    for (size_t i = 0; i < n; i++) loss += double(by_log_prob[i]) * log_probs[i] + double(by_entropy[i]) * entropies[i];
    if (!gradients) return loss;
    gradients->clear();
    for (const Floats &a : m.arrays) gradients->emplace_back(a.size());
    r1z_log_probs_backward(m.model, threads, &t, normalisers.data(), entropies.data(), by_log_prob.data(), by_entropy.data(), gradients->back().data(), by_hidden.data());
    std::vector<float *> to;
    for (Floats &g : *gradients) to.push_back(g.empty() ? nullptr : g.data());
    to.back() = nullptr;
    r1z_train_backward(m.model, threads, &batch, kept.data(), to.data(), by_hidden.data());
    return loss;
  }
};
// The same batch with the weights of a prompt's tokens alone, or of all others.
Training part_of(const Training &t, int owner, bool others) {
  Training part = t;
  int64_t first = t.sequence[4 * owner];
  for (size_t i = 0; i < t.wanted.size(); i++) {
    bool own = false;
    for (size_t j = 0; j < t.sequence.size(); j += 4) {
      const int64_t *x = t.sequence.data() + j;
      bool follows = x[3] > 0 ? x[2] == first : x[0] == first;
      own = own || (follows && t.wanted[i] >= x[0] && t.wanted[i] < x[0] + x[1]);
    }
    if (own == others) part.by_log_prob[i] = part.by_entropy[i] = 0;
  }
  return part;
}
double length(const Floats &a, const Floats &b) {
  double all = 0;
  for (size_t i = 0; i < a.size(); i++) all += (double(a[i]) - (b.empty() ? 0 : b[i])) * (double(a[i]) - (b.empty() ? 0 : b[i]));
  return std::sqrt(all);
}
// Gradients in fp32 against differences of the loss, in bf16 against those; the same bits on one thread and two, and where blocks are
// computed again.
void training(const std::string &name, r1z_shape shape, bool biases) {
  Model m(shape, biases, false);
  Training t(m);
  std::vector<Floats> gradients, others;
  t.run(m, 1, 2, &gradients);
  t.run(m, 2, 1, &others);
  require(gradients == others, name + ": bits of another number of threads, or of blocks computed again");
  // groups without a gradient are left out: each group's alone and that of the others are together that of all
  std::vector<Floats> rest, again;
  for (int owner = 0; owner < 3; owner++) {
    part_of(t, owner, false).run(m, 1, 2, &others);
    part_of(t, owner, true).run(m, 2, 2, &rest);
    part_of(t, owner, true).run(m, 1, 1, &again);
    require(rest == again, name + ": bits of another number of threads where a group is left out");
    for (size_t i = 0; i < gradients.size(); i++) {
      for (size_t j = 0; j < rest[i].size(); j++) rest[i][j] += others[i][j];
      require(length(rest[i], gradients[i]) <= 1e-5 * length(gradients[i], {}), name + ": gradient of array " + std::to_string(i) + " where group " + std::to_string(owner) + " is left out");
    }
  }
  for (size_t i = 0; i < gradients.size(); i++) {
    if (m.arrays[i].empty()) continue;
    double size = length(gradients[i], {}), wanted = size * size, got = 0;
    auto moved = [&](double by) {
      Floats before = m.arrays[i];
      for (size_t j = 0; j < before.size(); j++) m.arrays[i][j] += float(by * gradients[i][j]);
      double loss = t.run(m, 2, 0, nullptr);
      m.arrays[i] = before;
      return loss;
    };
    // a long step errs by the loss's curvature, a short one by its rounding: one of them has to agree
    for (double step : {0.01 / size, 0.003 / size, 0.001 / size}) {
      double by = (moved(step) - moved(-step)) / (2 * step);
      if (std::fabs(by - wanted) < std::fabs(got - wanted)) got = by;
    }
    require(std::fabs(got - wanted) < 0.01 * wanted, name + ": gradient of array " + std::to_string(i) + " is " + std::to_string(wanted) + ", by differences " + std::to_string(got));
  }
  shape.bf16 = 1;
  if (!r1z_trains(&shape)) return;
  Model narrow(shape, biases, false);
  narrow.arrays = m.arrays;
  std::vector<Floats> narrowed;
  t.run(narrow, 1, 2, &narrowed);
  t.run(narrow, 2, 1, &others);
  require(narrowed == others, name + ": bits in bf16 of another number of threads, or of blocks computed again");
  for (size_t i = 0; i < gradients.size(); i++)
    require(length(narrowed[i], gradients[i]) <= 0.15 * length(gradients[i], {}),
            name + ": bf16 gradient of array " + std::to_string(i) + " is off by " + std::to_string(length(narrowed[i], gradients[i]) / length(gradients[i], {})));
}
}  // namespace

// The number of positions of long contexts may be given.
int main(int argc, char **argv) {
  if (const char *fault = r1z_fault()) return printf("%s\n", fault), 2;
  for (std::string type : {"fp32", "bf16", "int8"}) {
    bool bf16 = type != "fp32", int8 = type == "int8";
    double tolerance = int8 ? 0.06 : bf16 ? 0.02 : 1e-5;
    company(type + ", grouped heads", Model({2, 4, 2, 8, 20, 44, 53, 128, bf16, 0, int8, 1e-5f}, false, bf16), tolerance);
    company(type + ", biases, odd sizes", Model({2, 3, 3, 10, 30, 34, 257, 128, bf16, 0, int8, 1e-5f}, true, !bf16), tolerance);
    company(type + ", norms of heads", Model({2, 4, 1, 36, 64, 96, 64, 128, bf16, 1, int8, 1e-6f}, false, false), tolerance);
    company(type + ", 40 heads on one", Model({1, 40, 1, 4, 32, 32, 33, 128, bf16, 0, int8, 1e-5f}, false, bf16), tolerance);
    long_context(bf16, int8, argc > 1 ? atoi(argv[1]) : 6000);
  }
  training("training, grouped heads", {2, 4, 2, 8, 20, 44, 53, 128, 0, 0, 0, 1e-5f}, false);
  training("training, biases, odd sizes", {2, 3, 3, 10, 30, 34, 257, 128, 0, 0, 0, 1e-5f}, true);
  training("training, norms of heads", {2, 4, 1, 36, 64, 96, 64, 128, 0, 1, 0, 1e-6f}, false);
  draws();
  for (std::string type : {"fp32", "bf16", "int8"}) {
    bool bf16 = type != "fp32", int8 = type == "int8";
    canonical(type + ", grouped heads, read and decoded", Model({2, 4, 2, 8, 20, 44, 53, 128, bf16, 0, int8, 1e-5f}, false, bf16));
    canonical(type + ", biases, read and decoded", Model({2, 3, 3, 10, 30, 34, 257, 128, bf16, 0, int8, 1e-5f}, true, !bf16));
    canonical(type + ", norms of heads, read and decoded", Model({2, 4, 1, 36, 64, 96, 64, 128, bf16, 1, int8, 1e-6f}, false, false));
    canonical(type + ", 40 heads on one, read and decoded", Model({1, 40, 1, 4, 32, 32, 33, 128, bf16, 0, int8, 1e-5f}, false, bf16));
  }
  printf("%s: %d wrong\n", r1z_instruction_set(), faults);
  return faults > 0;
}
