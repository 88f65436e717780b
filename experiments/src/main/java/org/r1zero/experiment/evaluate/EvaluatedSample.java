package org.r1zero.experiment.evaluate;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import org.jspecify.annotations.Nullable;
import org.r1zero.rollout.trace.RolloutTrace;

/**
 * One completion of an evaluation, with all that its metrics are computed from: a line of {@code
 * evaluation-*.jsonl}.
 *
 * @param trace what was asked, said and judged; sample -1 is the greedy completion
 * @param right what the verifier that accuracy means says
 * @param difficulty of its problem as the data set names it; empty where it does not
 * @param answer what it votes for; {@code null} where it has no answer that can be read
 * @param vote the number of its answer among the different answers to its problem, from 0; -1
 *     without an answer
 */
public record EvaluatedSample(
    @JsonUnwrapped RolloutTrace trace,
    boolean right,
    String difficulty,
    @Nullable String answer,
    int vote) {

  /** Whether it is the greedy completion. */
  @JsonIgnore
  public boolean isGreedy() {
    return trace.sample() < 0;
  }

  /** Whether the limit on tokens cut it off. */
  @JsonIgnore
  public boolean isTruncated() {
    return trace.finishReason().equals("length");
  }

  /** Whether it is in one language, not repetitive and not cut off. */
  @JsonIgnore
  public boolean isReadable() {
    return passes("language") && passes("repetition") && !isTruncated();
  }

  /** Whether a verifier of readability found it correct; not where it was not asked. */
  public boolean passes(String verifier) {
    return trace.isCorrect(Judges.PREFIX + verifier);
  }
}
