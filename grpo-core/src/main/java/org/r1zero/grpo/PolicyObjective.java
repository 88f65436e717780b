package org.r1zero.grpo;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.r1zero.grpo.loss.PolicyLoss;
import org.r1zero.grpo.loss.UpdateSize;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.optim.ReferenceMix;

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
  public PartWork work(UpdateSize update) {
    return new PolicyWork(
        loss, settings.temperature(), settings.maxCompletionTokens(), entropy.applied(), update);
  }

  @Override
  public void updated(
      long updates, PolicyModel policy, List<PartReport> parts, StepMetrics metrics) {
    parts.forEach(part -> entropy.add(part.entropySum(), part.entropyTokens()));
    entropy.endUpdate();
    if (config.entropy().isOn()) {
      metrics.put("entropy_coef", entropy.state().coef());
    }
    if (reference != null && config.reference().isDue(updates)) {
      ReferenceMix.mix(reference, policy, config.reference().refModelMixupAlpha());
    }
  }
}
