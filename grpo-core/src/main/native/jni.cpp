// The native methods of org.r1zero.grpo.model.NativeKernels. Everything that comes from Java is checked here: what is wrong
// becomes an exception and no read outside of an array.
#include <jni.h>
#include <new>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>
#include "internal.h"

namespace {
struct Wrong : std::runtime_error { using std::runtime_error::runtime_error; };

void require(bool holds, const char *what) {
  if (!holds) throw Wrong(std::string("native kernels: ") + what);
}

template <class Call> void guarded(JNIEnv *env, Call call) {
  auto fail = [&](const char *type, const char *text) {
    if (jclass c = env->FindClass(type)) env->ThrowNew(c, text);
  };
  try {
    call();
  } catch (const Wrong &e) {
    fail("java/lang/IllegalArgumentException", e.what());
  } catch (const std::bad_alloc &) {
    fail("java/lang/IllegalStateException", "no memory for the native kernels");  // Torch.isOutOfMemory knows it
  } catch (const std::exception &e) {
    fail("java/lang/IllegalStateException", e.what());
  }
}

r1z_model &model(jlong handle) {
  require(handle != 0, "the model is closed");
  return *reinterpret_cast<r1z_model *>(handle);
}

// Memory of a direct buffer of at least so many bytes.
template <class T> T *memory(JNIEnv *env, jobject buffer, size_t bytes, const char *what) {
  require(buffer, what);
  void *p = env->GetDirectBufferAddress(buffer);
  require(p && size_t(env->GetDirectBufferCapacity(buffer)) >= bytes, what);
  return static_cast<T *>(p);
}

std::vector<int64_t> numbers(JNIEnv *env, jlongArray array) {
  require(array, "an array is missing");
  std::vector<int64_t> out(env->GetArrayLength(array));
  static_assert(sizeof(jlong) == sizeof(int64_t), "a Java long has 64 bits");
  env->GetLongArrayRegion(array, 0, jsize(out.size()), reinterpret_cast<jlong *>(out.data()));
  return out;
}
std::vector<int32_t> numbers(JNIEnv *env, jintArray array) {
  require(array, "an array is missing");
  std::vector<int32_t> out(env->GetArrayLength(array));
  env->GetIntArrayRegion(array, 0, jsize(out.size()), out.data());
  return out;
}
std::vector<float> numbers(JNIEnv *env, jfloatArray array) {
  require(array, "an array is missing");
  std::vector<float> out(env->GetArrayLength(array));
  env->GetFloatArrayRegion(array, 0, jsize(out.size()), out.data());
  return out;
}

r1z_shape shape_of(JNIEnv *env, jintArray numbers_of, jfloat eps) {
  std::vector<int32_t> n = numbers(env, numbers_of);
  require(n.size() == 11, "a shape has 11 numbers");
  return {n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8], n[9], n[10], eps};
}

// A cache's arrays, which are as large as its rows and room say.
struct Cache {
  std::vector<void *> arrays;
  r1z_cache cache;

  Cache(JNIEnv *env, const r1z_model &m, jobjectArray buffers, jint rows, jint room) : arrays(2 * m.shape.layers) {
    require(rows >= 0 && room >= 0 && room % 32 == 0, "a cache's room must be a multiple of 32");
    require(buffers && env->GetArrayLength(buffers) == jsize(arrays.size()), "a cache must have two arrays per layer");
    size_t bytes = r1z_cache_bytes(&m, rows, room);
    for (size_t i = 0; i < arrays.size(); i++) {
      jobject buffer = env->GetObjectArrayElement(buffers, jsize(i));
      arrays[i] = memory<void>(env, buffer, bytes, "a cache's array is too small");
      env->DeleteLocalRef(buffer);
    }
    cache = {arrays.data(), rows, room};
  }
};

void require_tokens(const r1z_model &m, const std::vector<int64_t> &tokens) {
  for (int64_t t : tokens) require(t >= 0 && t < m.shape.vocab, "a token is not in the vocabulary");
}

// How many numbers each of a model's arrays has, in the order of ParameterLayout.java.
std::vector<size_t> sizes(const r1z_shape &c) {
  size_t d = c.hidden, e = c.head_dim, q = c.heads * e, all = q + 2 * c.kv_heads * e, f = c.inner;
  std::vector<size_t> out;
  for (int i = 0; i < c.layers; i++)
    for (size_t n : {d, all * d, all, e, e, d * q, d, d, 2 * f * d, 2 * f, d * f, d}) out.push_back(n);
  for (size_t n : {c.vocab * d, d, c.vocab * d}) out.push_back(n);
  return out;
}
bool optional(const r1z_shape &c, size_t array) {
  size_t slot = array % 12;
  bool norm = slot == 3 || slot == 4;
  return array < size_t(c.layers) * 12 && (slot == 2 || slot == 6 || slot == 9 || slot == 11 || (norm && !c.qk_norm));
}
std::vector<r1z_array> weights(JNIEnv *env, const r1z_model &m, jobjectArray buffers) {
  std::vector<size_t> wanted = sizes(m.shape);
  require(buffers && size_t(env->GetArrayLength(buffers)) == wanted.size(), "there must be 12 arrays per layer and 3 more");
  std::vector<r1z_array> out;
  for (size_t i = 0; i < wanted.size(); i++) {
    jobject buffer = env->GetObjectArrayElement(buffers, jsize(i));
    require(buffer || optional(m.shape, i), "a weight is missing");
    if (!buffer) {
      out.push_back({nullptr, 0});
      continue;
    }
    bool bf16 = size_t(env->GetDirectBufferCapacity(buffer)) == 2 * wanted[i];
    require(bf16 || size_t(env->GetDirectBufferCapacity(buffer)) == 4 * wanted[i], "a weight has another size than its shape says");
    out.push_back({memory<void>(env, buffer, 0, "a weight is not in native memory"), bf16});
    env->DeleteLocalRef(buffer);
  }
  return out;
}

size_t number_bytes(const r1z_model &m) { return m.shape.bf16 ? 2 : 4; }
size_t count_of(JNIEnv *env, jobject buffer, size_t bytes, const char *what) {
  require(buffer, what);
  return size_t(env->GetDirectBufferCapacity(buffer)) / bytes;
}

// What a pass of training computes, with everything checked that is read by index.
struct Batch {
  std::vector<r1z_array> arrays;
  std::vector<int64_t> sequence;
  std::vector<void *> kept;
  r1z_batch batch = {};

  Batch(JNIEnv *env, r1z_model &m, jobjectArray buffers, jobject tokens, jobject positions, jobject wanted, jlongArray sequences, jint keep, jobjectArray kept_buffers)
      : arrays(weights(env, m, buffers)), sequence(numbers(env, sequences)) {
    batch.rows = int32_t(count_of(env, tokens, 8, "there are no tokens"));
    batch.targets = int32_t(count_of(env, wanted, 8, "there are no wanted rows"));
    batch.tokens = memory<const int64_t>(env, tokens, 8, "there are no tokens");
    batch.positions = memory<const int64_t>(env, positions, size_t(batch.rows) * 8, "positions are too few");
    batch.wanted = memory<const int64_t>(env, wanted, 8, "there are no wanted rows");
    batch.keep = keep;
    batch.weights = arrays.data();
    batch.sequence = sequence.data();
    batch.sequences = int32_t(sequence.size() / 4);
    require(keep >= 0 && keep <= 2 && sequence.size() % 4 == 0, "a batch is not laid out as it must be");
    for (int i = 0; i < batch.rows; i++) {
      require(batch.tokens[i] >= 0 && batch.tokens[i] < m.shape.vocab, "a token is not in the vocabulary");
      require(batch.positions[i] >= 0 && batch.positions[i] < m.shape.positions, "a position is outside of the context");
    }
    for (int i = 0; i < batch.targets; i++) require(batch.wanted[i] >= 0 && batch.wanted[i] < batch.rows, "a wanted row is not in the batch");
    std::vector<int64_t> prompts(size_t(batch.rows) + 1, -1);
    auto inside = [&](int64_t first, int64_t rows) { return first >= 0 && rows >= 0 && first <= batch.rows && rows <= batch.rows - first; };
    int64_t all = 0;
    for (int i = 0; i < batch.sequences; i++) {
      const int64_t *x = &sequence[4 * size_t(i)];
      require(inside(x[0], x[1]) && inside(x[2], x[3]), "a sequence is outside of the batch");
      if (x[1] > 0 && x[3] == 0) prompts[size_t(x[0])] = x[1];
      all += x[1];
    }
    require(all == batch.rows, "sequences' lengths are not those of their tokens");
    for (int i = 0; i < batch.sequences; i++)
      require(sequence[4 * size_t(i) + 3] == 0 || prompts[size_t(sequence[4 * size_t(i) + 2])] == sequence[4 * size_t(i) + 3], "a sequence follows no prompt");
    if (keep == 0 || !kept_buffers) return;
    require(env->GetArrayLength(kept_buffers) == m.shape.layers + 1, "there must be an array for each layer and one more");
    size_t bytes = r1z_kept_bytes(&m, &batch);
    for (int i = 0; i <= m.shape.layers; i++) {
      jobject buffer = env->GetObjectArrayElement(kept_buffers, i);
      kept.push_back(memory<void>(env, buffer, bytes, "an array has too little room for what is kept"));
      env->DeleteLocalRef(buffer);
    }
  }
};

struct Targets {
  r1z_targets targets;

  Targets(JNIEnv *env, r1z_model &m, jobject hidden, jobject tokens, jobject head, jfloat inverse_temperature) {
    size_t n = count_of(env, tokens, 8, "there are no targets"), numbers_of_head = size_t(m.shape.vocab) * m.shape.hidden, bytes = count_of(env, head, 1, "there is no output layer");
    require(bytes == 2 * numbers_of_head || bytes == 4 * numbers_of_head, "an output layer has another size than its shape says");
    targets = {int32_t(n),
               inverse_temperature,
               memory<void>(env, hidden, n * m.shape.hidden * number_bytes(m), "hidden states are too few"),
               memory<const int64_t>(env, tokens, 8, "there are no targets"),
               {memory<void>(env, head, bytes, "a weight is not in native memory"), bytes == 2 * numbers_of_head}};
    for (size_t i = 0; i < n; i++) require(targets.targets[i] >= 0 && targets.targets[i] < m.shape.vocab, "a target is not in the vocabulary");
  }
};
}  // namespace

#define METHOD(type, name) extern "C" JNIEXPORT type JNICALL Java_org_r1zero_grpo_model_NativeKernels_##name

METHOD(jstring, instructionSet)(JNIEnv *env, jclass) {
  jstring out = nullptr;
  guarded(env, [&] {
    if (const char *fault = r1z_fault()) throw Wrong(fault);
    out = env->NewStringUTF(r1z_instruction_set());
  });
  return out;
}

METHOD(jboolean, supports)(JNIEnv *env, jclass, jintArray shape) {
  jboolean out = JNI_FALSE;
  guarded(env, [&] {
    r1z_shape s = shape_of(env, shape, 0);
    out = r1z_supports(&s) ? JNI_TRUE : JNI_FALSE;
  });
  return out;
}

METHOD(jlong, open)(JNIEnv *env, jclass, jintArray shape, jfloat eps, jobject cosines, jobject sines) {
  jlong out = 0;
  guarded(env, [&] {
    r1z_shape s = shape_of(env, shape, eps);
    require(r1z_supports(&s), "there are none for this shape");
    size_t bytes = size_t(s.positions) * (s.head_dim / 2) * 4;
    const float *cos = memory<float>(env, cosines, bytes, "cosines are too few"), *sin = memory<float>(env, sines, bytes, "sines are too few");
    out = reinterpret_cast<jlong>(r1z_model_new(&s, cos, sin));
  });
  return out;
}

METHOD(void, close)(JNIEnv *, jclass, jlong handle) { r1z_model_free(reinterpret_cast<r1z_model *>(handle)); }

METHOD(void, load)(JNIEnv *env, jclass, jlong handle, jint threads, jobjectArray buffers) {
  guarded(env, [&] {
    r1z_model &m = model(handle);
    r1z_model_load(&m, threads, weights(env, m, buffers).data());
  });
}

METHOD(jlong, cacheBytes)(JNIEnv *env, jclass, jlong handle, jint rows, jint room) {
  jlong out = 0;
  guarded(env, [&] { out = jlong(r1z_cache_bytes(&model(handle), rows, room)); });
  return out;
}

METHOD(void, copyRows)(JNIEnv *env, jclass, jlong handle, jboolean values, jobject from, jint from_room, jint source, jint from_first, jobject to, jint to_room, jint target, jint to_first, jint rows, jint time) {
  guarded(env, [&] {
    r1z_model &m = model(handle);
    require(from_room >= 0 && to_room >= 0 && from_room % 32 == 0 && to_room % 32 == 0, "a cache's room must be a multiple of 32");
    require(from_first >= 0 && to_first >= 0 && from_first % 32 == 0 && to_first % 32 == 0, "positions to copy must begin at a multiple of 32");
    require(source >= 0 && target >= 0 && rows >= 0 && time >= 0 && from_first <= from_room && to_first <= to_room && time <= from_room - from_first && time <= to_room - to_first,
            "rows to copy are outside of their cache");
    const void *x = memory<void>(env, from, r1z_cache_bytes(&m, source + rows, from_room), "a cache's array is too small");
    void *y = memory<void>(env, to, r1z_cache_bytes(&m, target + rows, to_room), "a cache's array is too small");
    r1z_cache_copy(&m, values, x, from_room, source, from_first, y, to_room, target, to_first, rows, time);
  });
}

METHOD(void, prefill)(JNIEnv *env, jclass, jlong handle, jint threads, jlongArray token_array, jintArray length_array, jintArray start_array, jint chunk, jobjectArray buffers, jint slots, jint room, jint slot, jobject hidden) {
  guarded(env, [&] {
    r1z_model &m = model(handle);
    std::vector<int64_t> tokens = numbers(env, token_array);
    std::vector<int32_t> lengths = numbers(env, length_array), starts = numbers(env, start_array);
    require_tokens(m, tokens);
    Cache cache(env, m, buffers, slots, room);
    require(starts.size() == lengths.size(), "there must be one start per prompt");
    size_t all = 0;
    for (size_t i = 0; i < lengths.size(); i++) {
      require(lengths[i] > 0 && lengths[i] <= room && lengths[i] <= m.shape.positions, "a prompt is empty or longer than its slot or the context");
      require(starts[i] >= 0 && starts[i] < lengths[i], "nothing of a prompt is left to be read");
      all += size_t(lengths[i] - starts[i]);
    }
    require(chunk > 0 && all == tokens.size(), "prompts' lengths are not those of their tokens");
    require(slot >= 0 && size_t(slot) + lengths.size() <= size_t(slots), "there are fewer slots than prompts");
    float *out = memory<float>(env, hidden, lengths.size() * m.shape.hidden * 4, "hidden states have too little room");
    r1z_prefill(&m, threads, tokens.data(), lengths.data(), starts.data(), int(lengths.size()), chunk, &cache.cache, slot, out);
  });
}

METHOD(void, logits)(JNIEnv *env, jclass, jlong handle, jint threads, jobject hidden, jint rows, jobject out, jint first) {
  guarded(env, [&] {
    r1z_model &m = model(handle);
    require(rows > 0 && first >= 0, "there are no rows");
    const float *x = memory<float>(env, hidden, size_t(rows) * m.shape.hidden * 4, "hidden states are too few");
    float *y = memory<float>(env, out, (size_t(first) + rows) * m.shape.vocab * 4, "logits have too little room");
    r1z_logits(&m, threads, x, rows, y + size_t(first) * m.shape.vocab);
  });
}

METHOD(void, decode)(JNIEnv *env, jclass, jlong handle, jint threads, jlongArray token_array, jlongArray position_array, jlongArray own_array, jintArray slot_array, jintArray place_array,
                     jlongArray length_array, jobjectArray prefix_buffers, jint slots, jint prefix_room, jobjectArray row_buffers, jint rows, jint room, jobject logits) {
  guarded(env, [&] {
    r1z_model &m = model(handle);
    std::vector<int64_t> tokens = numbers(env, token_array), positions = numbers(env, position_array), own = numbers(env, own_array), lengths = numbers(env, length_array);
    std::vector<int32_t> of = numbers(env, slot_array), places = numbers(env, place_array);
    Cache prefix(env, m, prefix_buffers, slots, prefix_room), cache(env, m, row_buffers, rows, room);
    size_t n = tokens.size();
    require(n > 0 && positions.size() == n && own.size() == n && of.size() == n && places.size() == n, "a step must have one number of each kind per token");
    require(lengths.size() <= size_t(slots), "there are more prefixes than slots");
    require_tokens(m, tokens);
    for (int64_t length : lengths) require(length >= 0 && length <= prefix_room, "a prefix is longer than its slot");
    std::vector<bool> taken(size_t(rows), false);
    for (size_t i = 0; i < n; i++) {
      require(positions[i] >= 0 && positions[i] < m.shape.positions, "a position is outside of the context");
      require(own[i] >= 0 && own[i] < room, "a row is full");
      require(of[i] >= 0 && size_t(of[i]) < lengths.size(), "there is no such slot");
      require(places[i] >= 0 && places[i] < rows, "there is no such row");
      bool follows = taken[size_t(places[i])];
      taken[size_t(places[i])] = true;
      require(!follows || (places[i] == places[i - 1] && of[i] == of[i - 1] && own[i] == own[i - 1] + 1), "a sequence's tokens do not follow each other");
    }
    float *out = memory<float>(env, logits, n * m.shape.vocab * 4, "logits have too little room");
    r1z_step step = {int32_t(n), tokens.data(), positions.data(), own.data(), of.data(), places.data(), lengths.data(), prefix.cache, cache.cache, out};
    r1z_decode(&m, threads, &step);
  });
}

METHOD(void, draw)(JNIEnv *env, jclass, jlong handle, jint threads, jobject logits, jlongArray owner_array, jfloatArray uniform_array, jfloat temperature, jlongArray tokens, jfloatArray log_probs) {
  guarded(env, [&] {
    r1z_model &m = model(handle);
    std::vector<float> uniforms = numbers(env, uniform_array);
    std::vector<int64_t> owner;
    size_t n = uniforms.size(), last = n;
    if (owner_array) {
      owner = numbers(env, owner_array);
      require(owner.size() == n, "there must be one owner per row");
      last = 0;
      for (int64_t o : owner) {
        require(o >= 0, "a row has no owner");
        if (size_t(o) >= last) last = size_t(o) + 1;
      }
    }
    require(temperature >= 0, "a temperature is below 0");
    const float *x = memory<float>(env, logits, last * m.shape.vocab * 4, "logits are too few");
    require(tokens && log_probs && env->GetArrayLength(tokens) == jsize(n) && env->GetArrayLength(log_probs) == jsize(n), "there must be room for one token per row");
    std::vector<int64_t> drawn(n);
    std::vector<float> sure(n);
    r1z_draw(&m, threads, x, owner_array ? owner.data() : nullptr, int(n), uniforms.data(), temperature, drawn.data(), sure.data());
    env->SetLongArrayRegion(tokens, 0, jsize(n), reinterpret_cast<const jlong *>(drawn.data()));
    env->SetFloatArrayRegion(log_probs, 0, jsize(n), sure.data());
  });
}

METHOD(void, products)(JNIEnv *env, jclass, jlong handle, jint threads, jint rows, jboolean output) {
  guarded(env, [&] {
    require(rows > 0, "there are no rows");
    r1z_products(&model(handle), threads, rows, output);
  });
}

METHOD(jboolean, trains)(JNIEnv *env, jclass, jintArray shape) {
  jboolean out = JNI_FALSE;
  guarded(env, [&] {
    r1z_shape s = shape_of(env, shape, 0);
    out = r1z_trains(&s) ? JNI_TRUE : JNI_FALSE;
  });
  return out;
}

METHOD(jlong, keptBytes)(JNIEnv *env, jclass, jlong handle, jint rows, jint keep) {
  jlong out = 0;
  guarded(env, [&] {
    require(rows > 0 && keep >= 0 && keep <= 2, "a batch is not laid out as it must be");
    r1z_batch batch = {};
    batch.rows = rows;
    batch.keep = keep;
    out = jlong(r1z_kept_bytes(&model(handle), &batch));
  });
  return out;
}

METHOD(void, trainForward)(JNIEnv *env, jclass, jlong handle, jint threads, jobjectArray buffers, jobject tokens, jobject positions, jobject wanted, jlongArray sequences, jint keep,
                           jobjectArray kept, jobject hidden) {
  guarded(env, [&] {
    r1z_model &m = model(handle);
    Batch b(env, m, buffers, tokens, positions, wanted, sequences, keep, kept);
    require(keep == 0 || !b.kept.empty(), "there is no room for what is kept");
    void *out = memory<void>(env, hidden, size_t(b.batch.targets) * m.shape.hidden * number_bytes(m), "hidden states have too little room");
    r1z_train_forward(&m, threads, &b.batch, b.kept.data(), out);
  });
}

METHOD(void, trainBackward)(JNIEnv *env, jclass, jlong handle, jint threads, jobjectArray buffers, jobjectArray gradient_buffers, jobject tokens, jobject positions, jobject wanted,
                            jlongArray sequences, jint keep, jobjectArray kept, jobject by_hidden) {
  guarded(env, [&] {
    r1z_model &m = model(handle);
    Batch b(env, m, buffers, tokens, positions, wanted, sequences, keep, kept);
    require(keep > 0 && !b.kept.empty(), "nothing was kept");
    std::vector<size_t> wanted_sizes = sizes(m.shape);
    require(gradient_buffers && size_t(env->GetArrayLength(gradient_buffers)) == wanted_sizes.size(), "there must be 12 arrays per layer and 3 more");
    std::vector<float *> gradients;
    for (size_t i = 0; i < wanted_sizes.size(); i++) {
      jobject buffer = env->GetObjectArrayElement(gradient_buffers, jsize(i));
      gradients.push_back(buffer ? memory<float>(env, buffer, wanted_sizes[i] * 4, "a gradient has another size than its weight") : nullptr);
      env->DeleteLocalRef(buffer);
    }
    const float *g = memory<float>(env, by_hidden, size_t(b.batch.targets) * m.shape.hidden * 4, "gradients of hidden states are too few");
    r1z_train_backward(&m, threads, &b.batch, b.kept.data(), gradients.data(), g);
  });
}

METHOD(void, logProbs)(JNIEnv *env, jclass, jlong handle, jint threads, jobject hidden, jobject tokens, jobject head, jfloat inverse_temperature, jobject log_probs, jobject entropies,
                       jobject normalisers) {
  guarded(env, [&] {
    r1z_model &m = model(handle);
    Targets t(env, m, hidden, tokens, head, inverse_temperature);
    size_t bytes = size_t(t.targets.count) * 4;
    const char *what = "there must be room for one number per target";
    r1z_log_probs(&m, threads, &t.targets, memory<float>(env, log_probs, bytes, what), memory<float>(env, entropies, bytes, what), memory<float>(env, normalisers, bytes, what));
  });
}

METHOD(void, logProbsBackward)(JNIEnv *env, jclass, jlong handle, jint threads, jobject hidden, jobject tokens, jobject head, jfloat inverse_temperature, jobject normalisers,
                               jobject entropies, jobject by_log_prob, jobject by_entropy, jobject head_gradient, jobject by_hidden) {
  guarded(env, [&] {
    r1z_model &m = model(handle);
    Targets t(env, m, hidden, tokens, head, inverse_temperature);
    size_t bytes = size_t(t.targets.count) * 4, width = size_t(m.shape.hidden);
    const char *what = "there must be one number per target";
    r1z_log_probs_backward(&m, threads, &t.targets, memory<float>(env, normalisers, bytes, what), memory<float>(env, entropies, bytes, what), memory<float>(env, by_log_prob, bytes, what),
                           by_entropy ? memory<float>(env, by_entropy, bytes, what) : nullptr,
                           head_gradient ? memory<float>(env, head_gradient, size_t(m.shape.vocab) * width * 4, "a gradient has another size than its weight") : nullptr,
                           memory<float>(env, by_hidden, bytes * width, "gradients of hidden states have too little room"));
  });
}

METHOD(jdouble, adamw)(JNIEnv *env, jclass, jint threads, jobjectArray buffers, jdouble learning_rate, jdouble beta1, jdouble beta2, jdouble weight_decay, jdouble eps, jdouble max_norm) {
  jdouble out = 0;
  guarded(env, [&] {
    require(buffers && env->GetArrayLength(buffers) % 5 == 0, "a parameter has five arrays");
    std::vector<r1z_parameter> parameters;
    for (jsize i = 0; i < env->GetArrayLength(buffers); i += 5) {
      float *array[5];
      size_t count = 0;
      for (int j = 0; j < 5; j++) {
        jobject buffer = env->GetObjectArrayElement(buffers, i + j);
        if (j == 0) count = count_of(env, buffer, 4, "a parameter is missing");
        array[j] = memory<float>(env, buffer, j < 4 ? count * 4 : 4, "a parameter's arrays differ in size");
        env->DeleteLocalRef(buffer);
      }
      parameters.push_back({array[0], array[1], array[2], array[3], array[4], count});
    }
    r1z_adamw_options options = {learning_rate, beta1, beta2, weight_decay, eps, max_norm};
    out = r1z_adamw(threads, parameters.data(), int(parameters.size()), &options);
  });
  return out;
}
