package org.r1zero.grpo.model;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.Optional;
import org.r1zero.grpo.torch.Scope;

/**
 * The calls that generation is made of: token ids in, token ids out, no gradients.
 *
 * <p>A cache is a list of {@code 2 * layers} arrays: the keys of each layer, then the values, whose
 * layout is the implementation's own. Sequences attend to two of them: one has what was read before
 * sampling, a slot for all who share it, the other what each sampled itself, in its row.
 */
public interface DecodingKernels {
  /** The shape of the model that decodes. */
  DecoderConfig config();

  /** What decodes, as a user would call it. */
  String description();

  /** Bytes that one position of one row takes in a cache. */
  long cacheBytesPerToken();

  /**
   * Kernels that read copies of the weights, laid out as they read them fastest: the native ones
   * where they serve this model and {@code -Dr1zero.kernels=off} does not forbid them, otherwise
   * TorchScript's. One line of the log says which, and why it is not the native ones.
   *
   * @param owner owns the copies
   */
  default DecodingKernels packed(Scope owner) {
    return packed(owner, Quantization.NONE);
  }

  /**
   * The same with the blocks' matrices in fewer bits.
   *
   * @throws IllegalArgumentException if this model's type, shape or device has no such kernels, or
   *     if {@code R1ZERO_KERNELS} names an instruction set that this processor does not have
   */
  DecodingKernels packed(Scope owner, Quantization quantization);

  /** Copies a model's weights into these {@link #packed} kernels again. */
  void refreshFrom(DecodingKernels masters);

  /** Gives the copies of {@link #packed} kernels back, which cannot be used after that. */
  void release();

  /**
   * The matrix products of one decoding step without anything between them, for measuring how fast
   * this machine can be with these packed weights; returns when they are done.
   *
   * @param rows sequences in the step, or tokens of prompts
   * @param output whether the output layer is one of them, as in decoding
   */
  void products(int rows, boolean output, Scope scope);

  /** An empty cache that {@code owner} owns. */
  List<NDArray> newCache(int rows, int time, Scope owner);

  /**
   * A cache's arrays with room for more positions, and for more rows or only the first ones; the
   * old ones are closed one by one, so that hardly more memory is used than for the new ones.
   *
   * @param owner owns the new arrays
   */
  List<NDArray> grow(List<NDArray> cache, int rows, int time, Scope owner);

  /** A copy {@code [1, D]} of one row of a prefill's hidden states. */
  NDArray row(NDArray hidden, int row, Scope owner);

  /** Room for the logits of so many rows, {@code [rows, V]} fp32. */
  NDArray newLogits(int rows, Scope owner);

  /**
   * Reads whole prompts.
   *
   * @param prompts {@code [P][S_p]} token ids
   * @param chunk most tokens of each that are computed at once: bounds memory
   * @return {@code 2 * layers} arrays for {@link #fillSlots}, then the hidden states {@code [P, D]}
   *     of each prompt's last token
   */
  List<NDArray> prefill(int[][] prompts, int chunk, Scope scope);

  /** Logits {@code [P, V]}, fp32, of the token after each whole prompt. */
  NDArray nextLogits(int[][] prompts, Scope scope);

  /**
   * Keys and values of a conversation's first positions.
   *
   * @param length positions, at least one
   * @param arrays a cache of one row, that is theirs alone
   */
  record Kept(int length, List<NDArray> arrays) {}

  /**
   * Whether what decoding steps put into a cache has the same bits as what {@link #prefill} puts
   * there for the same tokens, so that keeping it changes nothing but time.
   */
  default boolean keeps() {
    return false;
  }

  /**
   * Whether a step may have several tokens of a sequence: what it is thought to draw, which one
   * step checks. Their logits have the same bits as those of a step for each, and so have the draws
   * where there are no filters.
   */
  default boolean checksDrafts() {
    return false;
  }

  /**
   * How many positions a slot shares at once: of a prompt only whole ones are attended to in its
   * slot, the rest is {@link #branch copied} to each row that follows it.
   */
  default int sharedUnit() {
    return 1;
  }

  /** Positions of a prompt that are attended to in its slot. */
  default int shared(int length) {
    return length - length % sharedUnit();
  }

  /** Bytes that a row of a cache, or a slot, takes with room for so many positions. */
  default long rowBytes(int positions) {
    long unit = sharedUnit();
    return (positions + unit - 1) / unit * unit * cacheBytesPerToken();
  }

  /** Begins a row with those positions of its prompt that are not shared. */
  default void branch(List<NDArray> prefixes, int slot, int length, List<NDArray> rows, int row) {
    if (shared(length) < length) {
      throw new IllegalStateException("these kernels share whole prompts");
    }
  }

  /**
   * Copies a sequence's keys and values.
   *
   * @param shared positions in its slot
   * @param own positions in its row; where there are none no row is read
   * @param owner owns the copy
   * @throws UnsupportedOperationException unless {@link #keeps()}
   */
  default Kept keep(
      List<NDArray> prefixes,
      int slot,
      int shared,
      List<NDArray> rows,
      int row,
      int own,
      Scope owner) {
    throw new UnsupportedOperationException("these kernels keep no keys and values");
  }

  /**
   * The same as {@link #prefill(int[][], int, Scope)} where the first positions of some prompts are
   * known. Kernels that don't {@link #keeps() keep} read them all the same.
   *
   * @param known of each prompt less than all of it, or nothing
   */
  default List<NDArray> prefill(
      int[][] prompts, List<Optional<Kept>> known, int chunk, Scope scope) {
    return prefill(prompts, chunk, scope);
  }

  /** Puts the prompts of a prefill into a cache's slots from {@code first} on. */
  void fillSlots(List<NDArray> prefixes, List<NDArray> prefilled, int first);

  /** Moves a cache row's (or slot's) first {@code time} positions to another. */
  void moveRow(List<NDArray> cache, int source, int target, int time);

  /**
   * Samples the token after each prompt.
   *
   * @param hidden last arrays {@code [P, D]} of prefills, or rows of them, one after the other
   * @param owner which of all these prompts each of the {@code n} sequences follows
   * @param logits {@link #newLogits} of at least as many rows as prompts, overwritten
   */
  SampledTokens sampleFirst(
      List<NDArray> hidden,
      long[] owner,
      float[] uniforms,
      SamplingParameters how,
      NDArray logits,
      Scope scope);

  /**
   * Adds tokens to sequences and samples the one after each.
   *
   * @param prefixes the cache of what was read before sampling
   * @param cache the cache of what was sampled, with room for the tokens
   * @param step one token of each sequence, unless these kernels {@link #checksDrafts check drafts}
   * @param uniforms a number in [0, 1) for each token, {@code [n]}
   * @param logits {@link #newLogits} of at least {@code n} rows, overwritten
   */
  SampledTokens decodeAndSample(
      List<NDArray> prefixes,
      List<NDArray> cache,
      DecodingStep step,
      float[] uniforms,
      SamplingParameters how,
      NDArray logits,
      Scope scope);
}
