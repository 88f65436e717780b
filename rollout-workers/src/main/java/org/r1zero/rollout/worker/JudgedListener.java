package org.r1zero.rollout.worker;

import org.r1zero.rollout.generation.Generation;
import org.r1zero.rollout.generation.SamplingListener;
import org.r1zero.verify.reward.Reward;

/** Takes completions that were judged where they were sampled, besides those that were not. */
public interface JudgedListener extends SamplingListener {

  /** Called in place of {@link #finished} for a completion that has its reward already. */
  void judged(int request, int sample, Generation generation, Reward reward);
}
