package org.r1zero.grpo;

import org.r1zero.grpo.data.MicroBatch;
import org.r1zero.grpo.loss.LossInputs;
import org.r1zero.grpo.loss.LossOutput;
import org.r1zero.grpo.loss.PolicyLoss;
import org.r1zero.grpo.loss.UpdateSize;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.TokenLogProbs;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.Torch;

/**
 * A policy loss with the entropy bonus.
 *
 * @param temperature of sampling
 * @param maxCompletionTokens the limit on new tokens
 * @param entropyCoef what the entropy is multiplied by
 * @param update its size, by which a part's share is weighed
 */
record PolicyWork(
    PolicyLoss loss,
    double temperature,
    int maxCompletionTokens,
    double entropyCoef,
    UpdateSize update)
    implements PartWork {

  @Override
  public PartReport compute(PolicyModel policy, MicroBatch part) {
    try (Scope scope = Torch.openScope(policy.device())) {
      TokenLogProbs current = policy.logProbsForTraining(part.tokens(), temperature, scope);
      LossOutput output =
          loss.compute(
              new LossInputs(
                  update,
                  part.samples(),
                  current.values(),
                  current.entropies(),
                  maxCompletionTokens,
                  entropyCoef));
      current.backward(output.gradient(), output.entropyGradient());
      return PartReport.of(part, output, current.values());
    }
  }
}
