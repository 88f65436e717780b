#pragma once
#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>
#include "r1zero_kernels.h"

// Threads that work through phases together: chunks are claimed one by one, so that a thread that lost its core holds the
// others up by one chunk at most.
class Team {
 public:
  explicit Team(int threads);
  ~Team();
  Team(const Team &) = delete;
  int size() const { return size_; }
  void run(void (*work)(void *, int), void *context, int phases);
  int claim(int phase) { return next_[phase].value.fetch_add(1, std::memory_order_relaxed); }
  void wait();  // until all have come

 private:
  struct alignas(64) Counter { std::atomic<int> value{0}; };
  void loop(int index);
  void stop();
  const int size_;
  std::vector<Counter> next_;
  alignas(64) std::atomic<int> arrived_{0};
  alignas(64) std::atomic<int> round_{0};
  alignas(64) std::atomic<unsigned> job_{0};
  void (*work_)(void *, int) = nullptr;
  void *context_ = nullptr;
  bool stop_ = false;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<std::thread> threads_;
};

// Zeroed memory, in huge pages where it is large.
class Memory {
 public:
  Memory() = default;
  ~Memory() { release(); }
  Memory(const Memory &) = delete;
  // At least so much; what was there is lost where it has to be got anew.
  void ensure(size_t bytes);
  // Gives it back where it is more.
  void keep_at_most(size_t bytes);
  template <class T> T *as() const { return static_cast<T *>(data_); }
  explicit operator bool() const { return data_; }

 private:
  void release();
  void *data_ = nullptr;
  size_t bytes_ = 0;
};

// Asks for huge pages where memory is large: each page that is written for the first time costs the kernel as much as thousands
// of numbers, and a batch's activations are hundreds of thousands of small ones.
void in_huge_pages(void *data, size_t bytes);

constexpr int MOST_HEAD = 512;  // of a head, padded

// Widths in memory: whole tiles of 32, each half of a head a multiple of 16.
struct Widths {
  explicit Widths(const r1z_shape &s);
  int hidden, inner, vocab, head, attention, qkv;
};

struct Layer {
  Memory norm1, qkv, qkv_bias, q_norm, k_norm, output, output_bias, norm2, gate_up, gate_up_bias, down, down_bias;
  Memory qkv_scale, output_scale, gate_up_scale, down_scale;  // of int8
};

struct Group { int slot, first, size; };           // sequences order[first ...] of one prefix
struct Segment { int prompt, first, count, row; };  // tokens of a prompt that are read at once, rows `row` ... of a pass
struct Run { int first, count; };                   // rows of a batch
struct QueryBlock { int segment, from, count; };    // tokens of a segment that attend together

// What one call computes in: a team and its activations. Calls side by side have one each.
struct Session {
  explicit Session(int threads) : team(threads), scratch(threads) {}
  Team team;
  Memory x, h, qkv, a, f;
  Memory bytes, byte_scales, byte_sums;  // rows in int8, what each is multiplied with, and 128 times its sum
  std::vector<Memory> scratch;  // by thread
  Memory work;                  // of training
  std::vector<int> order;
  std::vector<Group> groups;
  std::vector<Segment> segments;
  std::vector<QueryBlock> blocks;
  std::vector<int> rows;  // of a batch that are computed: all, or in backward those of groups that have a gradient
  std::vector<Run> runs;  // the same
  int longest = 0;  // positions that a query reads at most
};

// Sessions that nobody computes in.
struct Idle {
  std::mutex mutex;
  std::vector<std::unique_ptr<Session>> sessions;
};

struct r1z_room { size_t kept, work, thread; };

struct r1z_model {
  explicit r1z_model(const r1z_shape &s) : shape(s), width(s), layers(s.layers) {}
  const r1z_shape shape;
  const Widths width;
  std::vector<Layer> layers;
  Memory embedding, head, norm, cosines, sines;  // no embedding where its rows are the output layer's
  Idle idle;
};

// Tokens that are read in one pass, by the segments and blocks of a session.
struct r1z_prompts {
  const int64_t *tokens;
  const int32_t *lengths;
  const r1z_cache *cache;
  int rows, slot;
  float *hidden;
};

// One table for each instruction set that kernels.cpp was compiled for.
struct Kernels {
  const char *name;
  size_t act_bytes_bf16;  // of an activation beside bf16 weights
  size_t (*attention_bytes)(int repeat, int longest, int head);
  void (*tables)(r1z_model &, const float *cosines, const float *sines);
  void (*load)(r1z_model &, Session &, const r1z_array *);
  void (*cache_copy)(const r1z_model &, bool is_values, const void *from, int from_room, int source, int from_first, void *to, int to_room, int target, int to_first, int rows, int time);
  void (*prefill)(r1z_model &, Session &, const r1z_prompts &);
  void (*logits)(r1z_model &, Session &, const float *hidden, int rows, float *logits);
  void (*decode)(r1z_model &, Session &, const r1z_step &);
  void (*draw)(r1z_model &, Session &, const float *logits, const int64_t *owner, int rows, const float *uniforms, float temperature, int64_t *tokens, float *log_probs);
  void (*products)(r1z_model &, Session &, int rows, float *logits);
  bool trains_bf16;
  r1z_room (*training_bytes)(r1z_model &, Session &, const r1z_batch *, const r1z_targets *, bool backward);
  void (*train_forward)(r1z_model &, Session &, const r1z_batch &, void *const *kept, void *hidden);
  void (*train_backward)(r1z_model &, Session &, const r1z_batch &, void *const *kept, float *const *gradients, const float *by_hidden);
  void (*log_probs)(r1z_model &, Session &, const r1z_targets &, float *log_probs, float *entropies, float *normalisers);
  void (*log_probs_backward)(r1z_model &, Session &, const r1z_targets &, const float *normalisers, const float *entropies, const float *by_log_prob, const float *by_entropy,
                             float *head_gradient, float *by_hidden);
  double (*adamw)(Session &, const r1z_parameter *, int count, const r1z_adamw_options &);
};
