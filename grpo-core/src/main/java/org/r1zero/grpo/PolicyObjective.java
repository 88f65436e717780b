package org.r1zero.grpo;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.r1zero.grpo.data.MicroBatch;
import org.r1zero.grpo.loss.LossInputs;
import org.r1zero.grpo.loss.LossOutput;
import org.r1zero.grpo.loss.PolicyLoss;
import org.r1zero.grpo.loss.UpdateSize;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.TokenLogProbs;
import org.r1zero.grpo.optim.ReferenceMix;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.Torch;

/** A {@link PolicyLoss} with the entropy bonus, and with a reference that may follow the policy. */
final class PolicyObjective implements Objective {
  private final GrpoConfig config;
  private final RunSettings settings;
  private final @Nullable PolicyModel reference;
  private final PolicyLoss loss;
  private final EntropyControl entropy;

  PolicyObjective(GrpoConfig config, RunSettings settings, @Nullable PolicyModel reference) {
    this.config = config;
    this.settings = settings;
    this.reference = reference;
    this.loss = config.toLoss();
    this.entropy = new EntropyControl(config.entropy());
  }

  EntropyControl entropy() {
    return entropy;
  }

  @Override
  public Consumer<StepMetrics> accumulate(PolicyModel policy, MicroBatch part, UpdateSize update) {
    try (Scope scope = Torch.openScope(policy.device())) {
      TokenLogProbs current =
          policy.logProbsForTraining(part.tokens(), settings.temperature(), scope);
      LossOutput output =
          loss.compute(
              new LossInputs(
                  update,
                  part.samples(),
                  current.values(),
                  current.entropies(),
                  settings.maxCompletionTokens(),
                  entropy.applied()));
      current.backward(output.gradient(), output.entropyGradient());
      float[] trained = current.values();
      return metrics -> {
        entropy.add(output);
        metrics.addSamplingGap(part.samplingLogProbs(), trained);
        metrics.addPolicyLoss(output.policyLoss());
        metrics.addLoss(output.loss(), output.metrics());
      };
    }
  }

  @Override
  public void updated(long updates, PolicyModel policy, StepMetrics metrics) {
    entropy.endUpdate();
    if (config.entropy().isOn()) {
      metrics.put("entropy_coef", entropy.state().coef());
    }
    if (reference != null && config.reference().isDue(updates)) {
      ReferenceMix.mix(reference, policy, config.reference().refModelMixupAlpha());
    }
  }
}
