package org.r1zero.grpo;

import java.util.List;
import org.r1zero.grpo.data.MicroBatch;
import org.r1zero.grpo.data.Sample;
import org.r1zero.grpo.loss.LossMetrics;
import org.r1zero.grpo.loss.UpdateSize;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.TokenLogProbs;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.Torch;

/**
 * Supervised training: the mean negative log-likelihood of the update's counted tokens, in nats.
 */
public final class CrossEntropy implements Objective {

  @Override
  public PartWork work(UpdateSize update) {
    return (policy, part) -> compute(policy, part, update);
  }

  private static PartReport compute(PolicyModel policy, MicroBatch part, UpdateSize update) {
    try (Scope scope = Torch.openScope(policy.device())) {
      TokenLogProbs logProbs = policy.logProbsForTraining(part.tokens(), 1, scope);
      LossMetrics numbers = new LossMetrics();
      double lossSum = measure(part, logProbs, numbers);
      float[] gradient = new float[part.tokenCount()];
      int from = 0;
      for (Sample sample : part.samples()) {
        for (int t : sample.counted()) {
          gradient[from + t] = -1f / update.tokens();
        }
        from += sample.tokens().length;
      }
      logProbs.backward(gradient, null);
      return PartReport.of(part, lossSum / update.tokens(), numbers);
    }
  }

  /**
   * Measures examples without training on them.
   *
   * @return means per counted token: {@code loss}, {@code mean_token_accuracy} (the share that
   *     greedy decoding would have picked), {@code entropy}
   */
  public static LossMetrics measure(PolicyModel policy, List<MicroBatch> parts) {
    LossMetrics numbers = new LossMetrics();
    for (MicroBatch part : parts) {
      try (Scope scope = Torch.openScope(policy.device())) {
        double sum = measure(part, policy.logProbs(part.tokens(), 1, scope), numbers);
        numbers.mean("loss", sum, part.samples().stream().mapToInt(Sample::countedTokens).sum());
      }
    }
    return numbers;
  }

  /** Adds to the numbers; returns the sum of the loss. */
  private static double measure(MicroBatch part, TokenLogProbs logProbs, LossMetrics numbers) {
    float[] matches = logProbs.greedyMatches();
    double loss = 0;
    int from = 0;
    for (Sample sample : part.samples()) {
      for (int t : sample.counted()) {
        loss -= logProbs.values()[from + t];
        numbers.mean("mean_token_accuracy", matches[from + t], 1);
        numbers.mean("entropy", logProbs.entropies()[from + t], 1);
      }
      from += sample.tokens().length;
    }
    return loss;
  }
}
