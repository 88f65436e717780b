package org.r1zero.grpo.data;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.r1zero.grpo.model.TokenBatch;

/**
 * The samples of one forward and backward pass. Samples of a group share their prompt's
 * computation.
 *
 * @param samples in the order of {@link #tokens}' completions
 * @param tokens what the policy computes
 */
public record MicroBatch(List<Sample> samples, TokenBatch tokens) implements Serializable {

  /** Lays samples out for the policy. */
  public static MicroBatch of(List<Sample> samples) {
    IdentityHashMap<int[], Integer> promptIndex = new IdentityHashMap<>();
    List<int[]> prompts = new ArrayList<>();
    int[][] completions = new int[samples.size()][];
    int[] owner = new int[samples.size()];
    for (int i = 0; i < samples.size(); i++) {
      Sample sample = samples.get(i);
      Integer index = promptIndex.get(sample.prompt());
      if (index == null) {
        index = prompts.size();
        promptIndex.put(sample.prompt(), index);
        prompts.add(sample.prompt());
      }
      owner[i] = index;
      completions[i] = sample.tokens();
    }
    return new MicroBatch(
        List.copyOf(samples), new TokenBatch(prompts.toArray(int[][]::new), completions, owner));
  }

  /** Completion tokens, {@code N}. */
  public int tokenCount() {
    return tokens.tokenCount();
  }

  /** The sampler's log-probs of all completion tokens, NaN where unknown, {@code [N]}. */
  public float[] samplingLogProbs() {
    float[] all = new float[tokenCount()];
    int n = 0;
    for (Sample sample : samples) {
      float[] own = sample.samplingOrNan();
      System.arraycopy(own, 0, all, n, own.length);
      n += own.length;
    }
    return all;
  }
}
