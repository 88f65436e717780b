package org.r1zero.rollout.generation;

import java.io.Serializable;
import java.util.List;
import org.r1zero.grpo.faults.Faults;
import org.r1zero.grpo.model.Quantization;
import org.r1zero.grpo.model.SamplingParameters;

/**
 * Options of sampling, under the names of transformers and vLLM.
 *
 * @param temperature logits are divided by it; 0 is greedy
 * @param topK keep the k likeliest tokens; 0 keeps all
 * @param topP keep the likeliest tokens that together reach this probability, after {@code top_k};
 *     1 keeps all
 * @param minP keep tokens at least this share as likely as the likeliest, after {@code top_p}; 0
 *     keeps all
 * @param maxNewTokens a completion is cut off after so many tokens
 * @param stop texts that end a completion; they stay part of it
 * @param maxBatch most sequences decoded at once; 0 takes 64 on a CPU, 256 on a GPU
 * @param kvCacheMb most memory for keys and values, in units of 2^20 bytes; sequences that would
 *     need more wait for others to end. 0 takes 4096 on a CPU, on a GPU a share of what is free
 * @param quantization what sampling keeps the weights in; other than {@code none}, it samples from
 *     another policy than the one that is trained, whose log-probs it records
 * @param prefillChunk prompts of so many tokens, with their padding, are read at once, and a longer
 *     one in parts of as many: bounds memory (vLLM's {@code max_num_batched_tokens})
 * @param draftTokens where few sequences run, so many tokens of each are guessed from its own text
 *     and those of its group, and checked in one step; a guess counts only where it is what would
 *     have been drawn, so results don't change. 0 guesses none. Only native kernels do it, and only
 *     without {@code top_k}, {@code top_p} and {@code min_p} (vLLM's {@code num_speculative_tokens}
 *     of the n-gram method)
 */
public record SamplingConfig(
    double temperature,
    int topK,
    double topP,
    double minP,
    int maxNewTokens,
    List<String> stop,
    int maxBatch,
    int kvCacheMb,
    Quantization quantization,
    int prefillChunk,
    int draftTokens)
    implements Serializable {
  /** Tokens of prompts that are read at once, where nothing else is asked for. */
  public static final int DEFAULT_PREFILL_CHUNK = 4096;

  /** Checks the ranges; all faults are named at once. */
  public SamplingConfig {
    Faults faults = new Faults();
    faults.require(
        temperature == 0 || (temperature >= 0.01 && temperature <= 100),
        "temperature",
        "must be 0 (greedy) or in [0.01, 100], was " + temperature + " (1 is usual in RL)");
    faults.atLeast(0, "top_k", topK, "0 keeps all tokens");
    faults.require(
        topP > 0 && topP <= 1, "top_p", "must be in (0, 1], was " + topP + " (1 keeps all tokens)");
    faults.require(
        minP >= 0 && minP < 1, "min_p", "must be in [0, 1), was " + minP + " (0 keeps all tokens)");
    faults.atLeast(1, "max_new_tokens", maxNewTokens);
    faults.atLeast(0, "max_batch", maxBatch, "0 leaves it to the device");
    faults.atLeast(0, "kv_cache_mb", kvCacheMb, "0 leaves it to the device");
    faults.atLeast(1, "prefill_chunk", prefillChunk, "4096 is usual");
    faults.require(
        draftTokens >= 0 && draftTokens < Drafts.MOST_ROWS,
        "draft_tokens",
        "must be from 0 to 7, was " + draftTokens + " (0 guesses none)");
    faults.require(stop.stream().noneMatch(String::isEmpty), "stop", "must not have an empty text");
    faults.check();
    stop = List.copyOf(stop);
  }

  /** With as much memory for keys and values as the device takes. */
  public SamplingConfig(
      double temperature,
      int topK,
      double topP,
      double minP,
      int maxNewTokens,
      List<String> stop,
      int maxBatch) {
    this(temperature, topK, topP, minP, maxNewTokens, stop, maxBatch, 0);
  }

  /** With weights as they are computed with, and prompts read as usual. */
  public SamplingConfig(
      double temperature,
      int topK,
      double topP,
      double minP,
      int maxNewTokens,
      List<String> stop,
      int maxBatch,
      int kvCacheMb) {
    this(
        temperature,
        topK,
        topP,
        minP,
        maxNewTokens,
        stop,
        maxBatch,
        kvCacheMb,
        Quantization.NONE,
        DEFAULT_PREFILL_CHUNK,
        0);
  }

  /** Temperature 1 and no filters, as in training; as much at once as the device takes. */
  public static SamplingConfig defaults() {
    return new SamplingConfig(1, 0, 1, 0, 128, List.of(), 0);
  }

  /** These options with another temperature; 0 is greedy. */
  public SamplingConfig withTemperature(double other) {
    return with(other, maxBatch, kvCacheMb, quantization, prefillChunk, draftTokens);
  }

  /** These options with another {@link Quantization}. */
  public SamplingConfig withQuantization(Quantization other) {
    return with(temperature, maxBatch, kvCacheMb, other, prefillChunk, draftTokens);
  }

  /** These options with prompts read so many tokens at a time. */
  public SamplingConfig withPrefillChunk(int other) {
    return with(temperature, maxBatch, kvCacheMb, quantization, other, draftTokens);
  }

  /** These options with so many tokens guessed. */
  public SamplingConfig withDraftTokens(int other) {
    return with(temperature, maxBatch, kvCacheMb, quantization, prefillChunk, other);
  }

  /** These options with another batch and other memory for keys and values. */
  SamplingConfig withMemory(int batch, int cacheMb) {
    return with(temperature, batch, cacheMb, quantization, prefillChunk, draftTokens);
  }

  private SamplingConfig with(
      double otherTemperature, int batch, int cacheMb, Quantization other, int chunk, int drafts) {
    return new SamplingConfig(
        otherTemperature,
        topK,
        topP,
        minP,
        maxNewTokens,
        stop,
        batch,
        cacheMb,
        other,
        chunk,
        drafts);
  }

  SamplingParameters parameters() {
    return new SamplingParameters(temperature, topK, topP, minP);
  }
}
