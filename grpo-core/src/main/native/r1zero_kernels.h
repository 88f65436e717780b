// Decoding on CPUs: reading prompts, one step of many sequences, and the draw. Plain pointers; nothing here knows of Java
// or libtorch. Every number is computed by one thread in an order that depends on its own sequence alone, so results are
// the same bits whatever else is in the batch and however many threads there are.
#pragma once
#include <cstddef>
#include <cstdint>

extern "C" {

// A decoder's shape. Nothing needs to be a multiple of anything, but head_dim is even.
struct r1z_shape {
  int32_t layers, heads, kv_heads, head_dim, hidden, inner, vocab, positions;
  int32_t bf16;     // weights, cache and activations in bf16, else fp32
  int32_t qk_norm;  // whether queries and keys are normalised per head
  int32_t int8;     // the blocks' matrices in int8, in a bf16 model: a scale for each of their rows, one for each row they multiply
  float eps;
};

// A weight as its owner keeps it, row by row. data is null where a model has no such weight.
struct r1z_array {
  const void *data;
  int32_t bf16;
};

// Keys and values of rows or slots: 2 * layers arrays of r1z_cache_bytes each, all keys first. room is a multiple of 32.
struct r1z_cache {
  void *const *arrays;
  int32_t rows, room;
};

// One new token for each of some sequences, or several that are guesses of what it draws: these follow each other, `own` and
// position of each one more than those of the one before.
struct r1z_step {
  int32_t rows;
  const int64_t *tokens, *positions, *own;  // [rows]; own: positions of its row of the cache that are before the token
  const int32_t *slots;                     // [rows]: whose prefix each one continues
  const int32_t *places;                    // [rows]: each one's row of the cache
  const int64_t *lengths;                   // [slots]
  r1z_cache prefix, cache;
  float *logits;                            // [rows, vocab]
};

// What one pass of training computes (BatchPlan.java): `rows` tokens without padding. Four numbers for each sequence: its first
// row, its rows, the first row of the prompt that it follows and that prompt's rows, which are 0 for prompts.
struct r1z_batch {
  int32_t rows, targets, sequences, keep;             // keep: 0 nothing, 1 blocks' inputs, 2 all that backward needs
  const int64_t *tokens, *positions;                  // [rows]
  const int64_t *wanted;                              // [targets]: the rows whose hidden states predict them
  const int64_t *sequence;                            // [sequences, 4]
  const r1z_array *weights;                           // as r1z_model_load takes them
};

// Tokens whose log-probs are wanted under softmax(hidden head' / temperature).
struct r1z_targets {
  int32_t count;
  float inverse_temperature;
  const void *hidden;                                 // [count, hidden] in the model's type
  const int64_t *targets;                             // [count]
  r1z_array head;                                     // [vocab, hidden]
};

// An array that AdamW changes, all fp32, with how many updates it has had.
struct r1z_parameter {
  float *value, *gradient, *mean, *variance, *step;
  size_t count;
};
struct r1z_adamw_options {
  double learning_rate, beta1, beta2, weight_decay, eps, max_norm;
};

struct r1z_model;

// The set of instructions that is used: the best that the CPU has, or the one that R1ZERO_KERNELS names.
const char *r1z_instruction_set();
// What is wrong with R1ZERO_KERNELS, or null.
const char *r1z_fault();
// Whether there are kernels for a shape.
int r1z_supports(const r1z_shape *);
// Tables are [positions, head_dim / 2].
r1z_model *r1z_model_new(const r1z_shape *, const float *cosines, const float *sines);
void r1z_model_free(r1z_model *);
// Packs all weights, 12 a layer and 3 more, in the order of ParameterLayout.java. The last may be the embedding itself.
void r1z_model_load(r1z_model *, int threads, const r1z_array *weights);

size_t r1z_cache_bytes(const r1z_model *, int rows, int room);
// Copies `time` positions of rows of one array of a cache, from `from_first` on, to those from `to_first` on of one of another room;
// both are multiples of 32, and what is behind them up to the next one is copied too.
void r1z_cache_copy(const r1z_model *, int is_values, const void *from, int from_room, int source, int from_first, void *to, int to_room, int target, int to_first, int rows, int time);

// Reads prompts, whose tokens lie one after the other, into slots from `slot` on, `chunk` tokens at once; none is empty.
// hidden [prompts, hidden] are the states of their last tokens, from which r1z_logits goes on. The keys and values of the first
// starts[i] tokens of a prompt, which are not among `tokens`, are in its slot already; fewer than lengths[i]. A null is all 0.
// Keys, values and states have the same bits as those of r1z_decode where prefixes have whole 32s of positions.
void r1z_prefill(r1z_model *, int threads, const int64_t *tokens, const int32_t *lengths, const int32_t *starts, int prompts, int chunk, const r1z_cache *prefix, int slot, float *hidden);
void r1z_logits(r1z_model *, int threads, const float *hidden, int rows, float *logits);
// Adds the tokens to their sequences and leaves the logits of the next ones.
void r1z_decode(r1z_model *, int threads, const r1z_step *);
// Draws from softmax(logits / temperature) by inverse transform; temperature 0 takes the likeliest. Row i of the result
// comes from row owner[i] of the logits, or from row i where owner is null.
void r1z_draw(r1z_model *, int threads, const float *logits, const int64_t *owner, int rows, const float *uniforms, float temperature, int64_t *tokens, float *log_probs);
// Training, for which a model needs no packed weights. Whether there are kernels for a shape that r1z_supports.
int r1z_trains(const r1z_shape *);
// Bytes of each of a batch's layers + 1 arrays `kept`, which forward leaves for backward; there are none where nothing is kept.
size_t r1z_kept_bytes(r1z_model *, const r1z_batch *);
// hidden [targets, hidden] in the model's type.
void r1z_train_forward(r1z_model *, int threads, const r1z_batch *, void *const *kept, void *hidden);
// Adds to gradients, one for each of the weights and null where it is frozen, what by_hidden [targets, hidden] gives. The output
// layer's is not among them.
void r1z_train_backward(r1z_model *, int threads, const r1z_batch *, void *const *kept, float *const *gradients, const float *by_hidden);
// Each [count].
void r1z_log_probs(r1z_model *, int threads, const r1z_targets *, float *log_probs, float *entropies, float *normalisers);
// by_entropy and head_gradient may be null; the latter is added to.
void r1z_log_probs_backward(r1z_model *, int threads, const r1z_targets *, const float *normalisers, const float *entropies, const float *by_log_prob, const float *by_entropy,
                            float *head_gradient, float *by_hidden);
// Clips all gradients together to max_norm, where it is above 0, updates, and zeroes the gradients. Returns their norm before; where
// it is not finite nothing is updated.
double r1z_adamw(int threads, const r1z_parameter *, int count, const r1z_adamw_options *);

// A step's matrix products with nothing between them, for measuring.
void r1z_products(r1z_model *, int threads, int rows, int output);
}
