package org.r1zero.grpo;

import org.r1zero.grpo.data.MicroBatch;
import org.r1zero.grpo.loss.LossMetrics;
import org.r1zero.grpo.loss.UpdateSize;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.Torch;

/**
 * On-policy distillation: the reverse Kullback-Leibler divergence {@code KL(policy || teacher)} of
 * next-token distributions, exact over the vocabulary, as a mean over the update's tokens (MiniLLM,
 * arXiv:2306.08543; GKD, arXiv:2306.13649, with lambda 1 and beta 1). As in GKD, the samples are
 * taken as given: no gradient flows through how they were drawn.
 *
 * @param teacher has the policy's vocabulary
 * @param temperature both models' logits are divided by it
 */
public record ReverseKl(PolicyModel teacher, double temperature) implements Objective {

  @Override
  public PartWork work(UpdateSize update) {
    return (policy, part) -> compute(policy, part, update);
  }

  private PartReport compute(PolicyModel policy, MicroBatch part, UpdateSize update) {
    double weight = 1.0 / update.tokens();
    try (Scope scope = Torch.openScope(policy.device())) {
      double sum = 0;
      for (float kl : policy.reverseKl(teacher, part.tokens(), temperature, weight, scope)) {
        sum += kl;
      }
      double loss = weight * sum;
      return PartReport.of(part, loss, new LossMetrics());
    }
  }
}
