// The choice of the instruction set and the C interface.
#if defined(__x86_64__)
#include <sys/syscall.h>
#include <unistd.h>
#endif
#include <cstring>
#include <string>
#include "internal.h"

#if defined(__x86_64__)
extern const Kernels r1z_kernels_amx, r1z_kernels_avx512bf16, r1z_kernels_avx512, r1z_kernels_avx2;
#endif
extern const Kernels r1z_kernels_generic;

namespace {
// The best set that this CPU has, or the one that R1ZERO_KERNELS names. Where it has no such set, `fault` says which there are.
struct Choice {
  const Kernels *kernels = nullptr;
  std::string fault;
};
Choice choose() {
  const char *wanted = getenv("R1ZERO_KERNELS");
  bool forced = wanted && *wanted, found = false;
  std::string all;
  Choice choice;
  auto offer = [&](bool works, const Kernels &k) {
    if (!works) return;
    all += all.empty() ? k.name : std::string(", ") + k.name;
    bool named = forced && !strcmp(wanted, k.name);
    found = found || named;
    if (named || !choice.kernels) choice.kernels = &k;
  };
#if defined(__x86_64__)
  // asked of the CPU itself: zig's runtime answers no to every __builtin_cpu_supports
  unsigned a, b, c, d, low, high, most;
  auto ask = [&](unsigned leaf, unsigned sub) { a = leaf, c = sub; __asm__("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d)); };
  ask(0, 0);
  most = a;
  ask(1, 0);
  bool fma = c >> 12 & 1, f16c = c >> 29 & 1, saves = c >> 27 & 1;
  unsigned saved = 0;  // register files that the operating system saves
  if (saves) {
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    saved = low;
  }
  if (most >= 7) {
    ask(7, 0);
    bool avx2 = fma && f16c && (b >> 5 & 1) && (b >> 8 & 1) && (saved & 6) == 6;
    bool avx512 = avx2 && (b >> 16 & 1) && (b >> 17 & 1) && (b >> 30 & 1) && (b >> 31 & 1) && (saved & 0xe6) == 0xe6;
    bool tiles = (d >> 22 & 1) && (d >> 24 & 1) && (d >> 25 & 1) && (saved & 0x60000) == 0x60000;
    bool vnni = c >> 11 & 1;
    unsigned subleaves = a;
    bool avx512bf16 = false;
    if (subleaves >= 1) {
      ask(7, 1);
      avx512bf16 = avx512 && vnni && (a >> 5 & 1);
    }
    bool amx = avx512bf16 && tiles && syscall(SYS_arch_prctl, 0x1023 /* ARCH_REQ_XCOMP_PERM */, 18) == 0;
    offer(amx, r1z_kernels_amx);
    offer(avx512bf16, r1z_kernels_avx512bf16);
    offer(avx512, r1z_kernels_avx512);
    offer(avx2, r1z_kernels_avx2);
  }
#endif
  offer(true, r1z_kernels_generic);
  if (forced && !found) choice.fault = std::string("R1ZERO_KERNELS is ") + wanted + ", but this processor has " + all + "; name one of these, or unset it";
  return choice;
}
const Choice &chosen() {
  static const Choice choice = choose();
  return choice;
}
const Kernels &kernels() { return *chosen().kernels; }

// A session of so many threads that nobody else computes in.
class Lease {
 public:
  Lease(Idle &idle, int threads) : idle_(idle) {
    int size = threads < 1 ? 1 : threads > MOST_THREADS ? MOST_THREADS : threads;
    {
      std::lock_guard<std::mutex> lock(idle_.mutex);
      for (auto &s : idle_.sessions)
        if (s->team.size() == size) {
          session_.swap(s);
          s.swap(idle_.sessions.back());
          idle_.sessions.pop_back();
          break;
        }
    }
    if (!session_) session_ = std::make_unique<Session>(size);
  }
  Lease(r1z_model *m, int threads) : Lease(m->idle, threads) {}
  ~Lease() {
    session_->work.keep_at_most(64 << 20);  // others need the memory until the next batch
    std::lock_guard<std::mutex> lock(idle_.mutex);
    idle_.sessions.push_back(std::move(session_));
  }
  Lease(const Lease &) = delete;
  Session &operator*() { return *session_; }

 private:
  static constexpr int MOST_THREADS = 256;
  Idle &idle_;
  std::unique_ptr<Session> session_;
};
int rounded_up(int n, int unit) { return (n + unit - 1) / unit * unit; }

// Queries that attend together: those of 32 rows, or all that share a key head where these are more.
int together(const r1z_shape &s) {
  int repeat = s.heads / s.kv_heads;
  return repeat > 32 ? 1 : 32 / repeat;
}

// The longest row that a block's matrices have or multiply.
size_t widest(const Widths &w, int unit) {
  int most = w.hidden > w.inner ? w.hidden : w.inner;
  return size_t(rounded_up(w.attention > most ? w.attention : most, unit));
}

void reserve(const r1z_model &m, Session &s, int n) {
  size_t rows = rounded_up(n, 32), act = m.shape.bf16 ? kernels().act_bytes_bf16 : 4;  // whole tiles are read
  const Widths &w = m.width;
  s.x.ensure(rows * w.hidden * 4);
  s.h.ensure(rows * w.hidden * act);
  s.qkv.ensure(rows * w.qkv * 4);
  s.a.ensure(rows * w.attention * act);
  s.f.ensure(rows * w.inner * act);
  if (m.shape.int8) {
    s.bytes.ensure(rows * widest(w, 64));
    s.byte_scales.ensure(rows * 4);
    s.byte_sums.ensure(rows * 4);
  }
  size_t bytes = kernels().attention_bytes(m.shape.heads / m.shape.kv_heads, s.longest, w.head);
  for (Memory &room : s.scratch) room.ensure(bytes);
}

// Sequences that share a prefix together, as many as are computed together; all tokens of one, which attend to each other.
void group(const r1z_model &m, Session &s, const r1z_step &step) {
  int most = together(m.shape), slots = 0;
  for (int i = 0; i < step.rows; i++) slots = step.slots[i] >= slots ? step.slots[i] + 1 : slots;
  s.order.clear();
  s.groups.clear();
  s.longest = 0;
  std::vector<std::vector<int>> members(slots);
  for (int i = 0; i < step.rows; i++) {
    members[step.slots[i]].push_back(i);
    int time = rounded_up(int(step.lengths[step.slots[i]]), 32) + rounded_up(int(step.own[i]) + 1, 32);
    s.longest = time > s.longest ? time : s.longest;
  }
  for (const std::vector<int> &of : members) {
    for (size_t i = 0; i < of.size();) {
      size_t end = i + 1;
      while (end < of.size() && step.places[of[end]] == step.places[of[i]]) end++;
      bool joins = i > 0 && s.groups.back().size + int(end - i) <= most;
      if (!joins) s.groups.push_back({step.slots[of[i]], int(s.order.size()), 0});
      s.groups.back().size += int(end - i);
      s.order.insert(s.order.end(), of.begin() + long(i), of.begin() + long(end));
      i = end;
    }
  }
}

// Prompts, each with the sequences that follow it.
void group(Session &s, const r1z_batch &b) {
  std::vector<std::vector<int>> members(b.sequences);
  std::vector<int> prompts(size_t(b.rows) + 1, -1);  // by first row
  s.order.clear();
  s.groups.clear();
  s.longest = 0;
  auto of = [&](int i) { return b.sequence + 4 * size_t(i); };
  for (int i = 0; i < b.sequences; i++)
    if (of(i)[1] > 0 && of(i)[3] == 0) prompts[of(i)[0]] = i;
  for (int i = 0; i < b.sequences; i++) {
    const int64_t *x = of(i);
    if (x[1] == 0) continue;
    int time = rounded_up(int(x[1]), 32) + rounded_up(int(x[3]), 32);
    s.longest = time > s.longest ? time : s.longest;
    if (x[3] > 0) members[prompts[x[2]]].push_back(i);
  }
  for (int i = 0; i < b.sequences; i++) {
    if (of(i)[1] == 0 || of(i)[3] > 0) continue;
    s.groups.push_back({i, int(s.order.size()), int(members[i].size())});
    s.order.insert(s.order.end(), members[i].begin(), members[i].end());
  }
  s.rows.resize(b.rows);
  for (int i = 0; i < b.rows; i++) s.rows[i] = i;
  s.runs = {{0, b.rows}};
}
// Leaves the groups and rows that a gradient of hidden states reaches. Where all completions of a prompt were rewarded alike it
// is zero for all of its tokens, and so it stays down to the embedding.
void keep_what_has_a_gradient(Session &s, const r1z_batch &b, const float *by_hidden, int width) {
  std::vector<int> group_of(b.rows, -1);
  std::vector<char> reached(s.groups.size());
  for (size_t g = 0; g < s.groups.size(); g++) {
    auto mark = [&](int sequence) {
      const int64_t *x = b.sequence + 4 * size_t(sequence);
      for (int64_t i = x[0]; i < x[0] + x[1]; i++) group_of[i] = int(g);
    };
    const Group &of = s.groups[g];
    mark(of.slot);
    for (int i = 0; i < of.size; i++) mark(s.order[of.first + i]);
  }
  for (int i = 0; i < b.targets; i++) {
    int g = group_of[b.wanted[i]];
    if (g < 0 || reached[g]) continue;
    const float *x = by_hidden + size_t(i) * width;
    for (int d = 0; d < width && !reached[g]; d++) reached[g] = x[d] != 0;
  }
  s.rows.clear();
  s.runs.clear();
  for (int i = 0; i < b.rows; i++) {
    if (group_of[i] < 0 || !reached[group_of[i]]) continue;
    if (s.rows.empty() || s.rows.back() != i - 1) s.runs.push_back({i, 0});
    s.runs.back().count++;
    s.rows.push_back(i);
  }
  size_t left = 0;
  for (size_t g = 0; g < reached.size(); g++)
    if (reached[g]) s.groups[left++] = s.groups[g];
  s.groups.resize(left);
}
r1z_room reserve(r1z_model &m, Session &s, const r1z_batch *b, const r1z_targets *t, bool backward) {
  if (b) group(s, *b);
  r1z_room room = kernels().training_bytes(m, s, b, t, backward);
  s.work.ensure(room.work);
  for (Memory &scratch : s.scratch) scratch.ensure(room.thread);
  return room;
}
}  // namespace

extern "C" {
const char *r1z_instruction_set() { return kernels().name; }
const char *r1z_fault() { return chosen().fault.empty() ? nullptr : chosen().fault.c_str(); }

int r1z_supports(const r1z_shape *s) {
  for (int32_t n : {s->layers, s->heads, s->kv_heads, s->hidden, s->inner, s->vocab, s->positions})
    if (n < 1) return 0;
  return (s->bf16 || !s->int8) && s->head_dim >= 2 && s->head_dim % 2 == 0 && s->heads % s->kv_heads == 0 && Widths(*s).head <= MOST_HEAD;
}
r1z_model *r1z_model_new(const r1z_shape *s, const float *cosines, const float *sines) {
  auto m = std::make_unique<r1z_model>(*s);
  for (Memory *table : {&m->cosines, &m->sines}) table->ensure(size_t(s->positions) * (m->width.head / 2) * 4);
  kernels().tables(*m, cosines, sines);
  return m.release();
}
void r1z_model_free(r1z_model *m) { delete m; }
void r1z_model_load(r1z_model *m, int threads, const r1z_array *weights) {
  const r1z_shape &c = m->shape;
  const Widths &w = m->width;
  size_t bytes = c.bf16 ? 2 : 4;
  auto matrix = [&](Memory &weight, Memory &scale, int n, int k) {
    weight.ensure(c.int8 ? size_t(n) * rounded_up(k, 64) : size_t(n) * k * bytes);
    if (c.int8) scale.ensure(size_t(n) * 4);
  };
  for (Layer &l : m->layers) {
    matrix(l.qkv, l.qkv_scale, w.qkv, w.hidden);
    matrix(l.output, l.output_scale, w.hidden, w.attention);
    matrix(l.gate_up, l.gate_up_scale, 2 * w.inner, w.hidden);
    matrix(l.down, l.down_scale, w.hidden, w.inner);
    for (Memory *v : {&l.norm1, &l.norm2, &l.output_bias, &l.down_bias}) v->ensure(w.hidden * 4);
    l.qkv_bias.ensure(w.qkv * 4);
    l.gate_up_bias.ensure(2 * w.inner * 4);
    l.q_norm.ensure(w.head * 4);
    l.k_norm.ensure(w.head * 4);
  }
  m->norm.ensure(w.hidden * 4);
  m->head.ensure(size_t(w.vocab) * w.hidden * bytes);
  const r1z_array *last = weights + c.layers * 12;
  if (last[0].data != last[2].data) m->embedding.ensure(size_t(c.vocab) * w.hidden * bytes);
  Lease session(m, threads);
  for (Memory &room : (*session).scratch) room.ensure(16 * widest(w, 64) * 4);
  kernels().load(*m, *session, weights);
}
size_t r1z_cache_bytes(const r1z_model *m, int rows, int room) {
  return size_t(rows) * m->shape.kv_heads * room * m->width.head * (m->shape.bf16 ? 2 : 4);
}
void r1z_cache_copy(const r1z_model *m, int is_values, const void *from, int from_room, int source, int from_first, void *to, int to_room, int target, int to_first, int rows, int time) {
  kernels().cache_copy(*m, is_values, from, from_room, source, from_first, to, to_room, target, to_first, rows, time);
}
void r1z_prefill(r1z_model *m, int threads, const int64_t *tokens, const int32_t *lengths, const int32_t *starts, int prompts, int chunk, const r1z_cache *prefix, int slot, float *hidden) {
  Lease lease(m, threads);
  Session &s = *lease;
  int most = together(m->shape);
  auto start = [&](int prompt) { return starts && prompt < prompts ? starts[prompt] : 0; };
  for (int prompt = 0, first = start(0); prompt < prompts;) {
    int rows = 0;
    s.longest = 0;
    s.segments.clear();
    s.blocks.clear();
    while (prompt < prompts && rows < chunk) {
      int rest = lengths[prompt] - first, count = rest < chunk - rows ? rest : chunk - rows;
      for (int from = 0; from < count; from += most) s.blocks.push_back({int(s.segments.size()), from, count - from < most ? count - from : most});
      s.segments.push_back({prompt, first, count, rows});
      rows += count;
      first += count;
      s.longest = first > s.longest ? first : s.longest;
      if (first == lengths[prompt]) prompt++, first = start(prompt);
    }
    reserve(*m, s, rows);
    kernels().prefill(*m, s, {tokens, lengths, prefix, rows, slot, hidden});
    tokens += rows;
  }
}
void r1z_logits(r1z_model *m, int threads, const float *hidden, int rows, float *logits) {
  Lease session(m, threads);
  reserve(*m, *session, rows);
  kernels().logits(*m, *session, hidden, rows, logits);
}
void r1z_decode(r1z_model *m, int threads, const r1z_step *step) {
  Lease session(m, threads);
  group(*m, *session, *step);
  reserve(*m, *session, step->rows);
  kernels().decode(*m, *session, *step);
}
void r1z_draw(r1z_model *m, int threads, const float *logits, const int64_t *owner, int rows, const float *uniforms, float temperature, int64_t *tokens, float *log_probs) {
  Lease session(m, threads);
  for (Memory &room : (*session).scratch) room.ensure(size_t(rounded_up(m->shape.vocab, 256)) / 256 * 8);
  kernels().draw(*m, *session, logits, owner, rows, uniforms, temperature, tokens, log_probs);
}
void r1z_products(r1z_model *m, int threads, int rows, int output) {
  Lease session(m, threads);
  reserve(*m, *session, rows);
  std::vector<float> logits(output ? size_t(rows) * m->shape.vocab : 0);
  kernels().products(*m, *session, rows, output ? logits.data() : nullptr);
}
int r1z_trains(const r1z_shape *s) {
  return r1z_supports(s) && !s->int8 && s->heads / s->kv_heads <= 64 && (!s->bf16 || kernels().trains_bf16);
}
size_t r1z_kept_bytes(r1z_model *m, const r1z_batch *b) {
  Lease session(m, 1);
  (*session).longest = 0;
  return kernels().training_bytes(*m, *session, b, nullptr, false).kept;
}
void r1z_train_forward(r1z_model *m, int threads, const r1z_batch *b, void *const *kept, void *hidden) {
  Lease session(m, threads);
  r1z_room room = reserve(*m, *session, b, nullptr, false);
  for (int i = 0; b->keep > 0 && i <= m->shape.layers; i++) in_huge_pages(kept[i], room.kept);
  kernels().train_forward(*m, *session, *b, kept, hidden);
}
void r1z_train_backward(r1z_model *m, int threads, const r1z_batch *b, void *const *kept, float *const *gradients, const float *by_hidden) {
  Lease session(m, threads);
  reserve(*m, *session, b, nullptr, true);
  keep_what_has_a_gradient(*session, *b, by_hidden, m->shape.hidden);
  if ((*session).rows.empty()) return;
  kernels().train_backward(*m, *session, *b, kept, gradients, by_hidden);
}
void r1z_log_probs(r1z_model *m, int threads, const r1z_targets *t, float *log_probs, float *entropies, float *normalisers) {
  Lease session(m, threads);
  reserve(*m, *session, nullptr, t, false);
  kernels().log_probs(*m, *session, *t, log_probs, entropies, normalisers);
}
void r1z_log_probs_backward(r1z_model *m, int threads, const r1z_targets *t, const float *normalisers, const float *entropies, const float *by_log_prob, const float *by_entropy,
                            float *head_gradient, float *by_hidden) {
  // targets without a gradient are left out
  std::vector<int> live;
  for (int i = 0; i < t->count; i++)
    if (by_log_prob[i] != 0 || (by_entropy && by_entropy[i] != 0)) live.push_back(i);
  const size_t n = live.size(), width = m->shape.hidden, bytes = width * (m->shape.bf16 ? 2 : 4);
  if (n == size_t(t->count)) {
    Lease session(m, threads);
    reserve(*m, *session, nullptr, t, true);
    kernels().log_probs_backward(*m, *session, *t, normalisers, entropies, by_log_prob, by_entropy, head_gradient, by_hidden);
    return;
  }
  memset(by_hidden, 0, size_t(t->count) * width * 4);
  if (n == 0) return;
  std::vector<char> hidden(n * bytes);
  std::vector<int64_t> targets(n);
  std::vector<float> numbers(4 * n), by(n * width);
  float *z = numbers.data(), *entropy = z + n, *g = entropy + n, *g_entropy = g + n;
  for (size_t i = 0; i < n; i++) {
    int from = live[i];
    memcpy(hidden.data() + i * bytes, static_cast<const char *>(t->hidden) + from * bytes, bytes);
    targets[i] = t->targets[from];
    z[i] = normalisers[from];
    entropy[i] = entropies[from];
    g[i] = by_log_prob[from];
    g_entropy[i] = by_entropy ? by_entropy[from] : 0;
  }
  r1z_targets some = {int32_t(n), t->inverse_temperature, hidden.data(), targets.data(), t->head};
  {
    Lease session(m, threads);
    reserve(*m, *session, nullptr, &some, true);
    kernels().log_probs_backward(*m, *session, some, z, entropy, g, by_entropy ? g_entropy : nullptr, head_gradient, by.data());
  }
  for (size_t i = 0; i < n; i++) memcpy(by_hidden + live[i] * width, by.data() + i * width, width * 4);
}
double r1z_adamw(int threads, const r1z_parameter *parameters, int count, const r1z_adamw_options *options) {
  static Idle &idle = *new Idle;  // never freed: its threads may not end while the process does
  Lease session(idle, threads);
  return kernels().adamw(*session, parameters, count, *options);
}
}
