package org.r1zero.grpo.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Samples whose tokens do not matter, for tests of what is computed from their sizes. */
public final class Samples {
  private Samples() {}

  /** A rollout of {@code length} tokens, all 1. */
  public static Rollout rollout(int length, double reward) {
    int[] tokens = new int[length];
    Arrays.fill(tokens, 1);
    return new Rollout(tokens, new float[length], reward, false, 0);
  }

  /** One sample with a prompt of its own. */
  public static Sample sample(int length, double advantage) {
    return Sample.of(new int[] {1}, rollout(length, 0), advantage);
  }

  /** A group that shares a prompt. */
  public static List<Sample> group(int promptLength, int... lengths) {
    int[] prompt = new int[promptLength];
    Arrays.fill(prompt, 1);
    List<Sample> samples = new ArrayList<>();
    for (int length : lengths) {
      samples.add(Sample.of(prompt, rollout(length, 0), 0));
    }
    return samples;
  }

  /** A part of an update: a sample for each length, with its advantage. */
  public static MicroBatch part(int[] lengths, double... advantages) {
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < lengths.length; i++) {
      samples.add(sample(lengths[i], advantages[i]));
    }
    return MicroBatch.of(samples);
  }
}
