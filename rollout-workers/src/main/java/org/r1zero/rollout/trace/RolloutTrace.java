package org.r1zero.rollout.trace;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.r1zero.verify.Completion;
import org.r1zero.verify.OptionValues;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.reward.Reward;

/**
 * One rollout for a person to read.
 *
 * @param step of training, from 1; 0 of an evaluation
 * @param problem its id
 * @param sample which of its group
 * @param prompt the whole text that the model was given
 * @param completion what it said, in a conversation with what its environment answered
 * @param gold the reference answer
 * @param tokens how many it sampled
 * @param finishReason whether it came to its end or to the limit
 * @param reward what training maximised
 * @param verdicts by verifier
 * @param turns of the model; 1 without an environment
 */
public record RolloutTrace(
    long step,
    String problem,
    int sample,
    String prompt,
    String completion,
    String gold,
    int tokens,
    String finishReason,
    double reward,
    Map<String, VerdictTrace> verdicts,
    int turns) {

  /**
   * A verdict in short.
   *
   * @param score within the verifier's range
   * @param outcome such as {@code correct}
   * @param reason in a sentence
   */
  public record VerdictTrace(double score, String outcome, String reason) {
    /** What an older version did not write is empty. */
    public VerdictTrace {
      outcome = Objects.requireNonNullElse(outcome, "");
      reason = Objects.requireNonNullElse(reason, "");
    }

    /** Whether the answer is right. */
    boolean isCorrect() {
      return outcome.equals("correct");
    }
  }

  /** What an older version did not write is empty. */
  public RolloutTrace {
    problem = Objects.requireNonNullElse(problem, "");
    prompt = Objects.requireNonNullElse(prompt, "");
    completion = Objects.requireNonNullElse(completion, "");
    gold = Objects.requireNonNullElse(gold, "");
    finishReason = Objects.requireNonNullElse(finishReason, "");
    verdicts = Objects.requireNonNullElse(verdicts, Map.of());
  }

  /** Whether a verifier says that it is right. */
  public boolean isCorrect(String verifier) {
    VerdictTrace verdict = verdicts.get(verifier);
    return verdict != null && verdict.isCorrect();
  }

  /** Whether the limit on new tokens cut it off. */
  public boolean truncated() {
    return finishReason.equals("length");
  }

  /** Puts a rollout's parts together. */
  public static RolloutTrace of(
      long step, Problem problem, int sample, String prompt, Completion completion, Reward reward) {
    Map<String, VerdictTrace> verdicts = new LinkedHashMap<>();
    for (Map.Entry<String, Verdict> entry : reward.verdicts().entrySet()) {
      Verdict verdict = entry.getValue();
      verdicts.put(
          entry.getKey(),
          new VerdictTrace(
              verdict.score(), OptionValues.name(verdict.outcome()), verdict.reason()));
    }
    Completion.Transcript transcript = completion.transcript();
    return new RolloutTrace(
        step,
        problem.id(),
        sample,
        prompt,
        transcript == null ? completion.text() : transcript.text(),
        problem.gold(),
        completion.tokenCount(),
        OptionValues.name(completion.finishReason()),
        reward.total(),
        verdicts,
        transcript == null ? 1 : transcript.turns());
  }
}
