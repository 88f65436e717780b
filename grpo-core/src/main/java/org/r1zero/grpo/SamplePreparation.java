package org.r1zero.grpo;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.r1zero.grpo.OffPolicyConfig.OldLogProbs;
import org.r1zero.grpo.advantage.AdvantageEstimator;
import org.r1zero.grpo.advantage.GroupRewards;
import org.r1zero.grpo.data.BatchPacker;
import org.r1zero.grpo.data.MicroBatch;
import org.r1zero.grpo.data.Minibatch;
import org.r1zero.grpo.data.Rollout;
import org.r1zero.grpo.data.RolloutGroup;
import org.r1zero.grpo.data.Sample;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.Torch;

/**
 * From rollouts to samples: all that is known before the first update, log-probs under the old and
 * the reference policy, then advantages.
 */
final class SamplePreparation {
  private final GrpoConfig config;
  private final RunSettings settings;
  private final BatchPacker packer;
  private final PolicyModel policy;
  private final @Nullable PolicyModel reference;
  private final AdvantageEstimator estimator;
  private final Portions portions = new Portions();

  SamplePreparation(
      GrpoConfig config,
      RunSettings settings,
      BatchPacker packer,
      PolicyModel policy,
      @Nullable PolicyModel reference) {
    this.config = config;
    this.settings = settings;
    this.packer = packer;
    this.policy = policy;
    this.reference = reference;
    this.estimator = config.toEstimator(settings.rewardWeights());
  }

  /**
   * Prepares a batch.
   *
   * @param seed of the packing: with the same one as in training, log-probs of an unchanged policy
   *     come out the same to the bit
   */
  List<List<Sample>> samples(List<RolloutGroup> groups, long seed, StepMetrics metrics) {
    List<List<Sample>> samples = groups.stream().map(this::withoutAdvantages).toList();
    if (needsOld() || config.usesReference()) {
      samples = withLogProbs(samples, seed);
    }
    if (config.usesReference() && config.advantage().useKlInReward()) {
      List<Sample> all = samples.stream().flatMap(List::stream).toList();
      metrics.addKlInReward(
          all.stream().mapToDouble(SamplePreparation::kl).sum(),
          all.stream().mapToLong(Sample::countedTokens).sum());
    }
    return withAdvantages(groups, samples);
  }

  private List<Sample> withoutAdvantages(RolloutGroup group) {
    List<Sample> samples = new ArrayList<>();
    for (Rollout rollout : group.rollouts()) {
      boolean counts = !(config.maskTruncatedCompletions() && rollout.truncated());
      boolean fromSampler = config.offPolicy().oldLogProbs() == OldLogProbs.SAMPLER;
      float[] old = fromSampler ? rollout.policyLogProbs() : null;
      boolean[] mask = counts ? rollout.sampled() : new boolean[rollout.tokens().length];
      samples.add(Sample.of(group.prompt(), rollout, 0).withMask(mask).withLogProbs(old, null));
    }
    return samples;
  }

  /** With a single update the old policy is the one at hand. */
  private boolean needsOld() {
    boolean used = config.updatesPerStep() > 1 || config.advantage().useKlInReward();
    return used && config.offPolicy().oldLogProbs() == OldLogProbs.TRAINER;
  }

  private List<List<Sample>> withLogProbs(List<List<Sample>> groups, long seed) {
    IdentityHashMap<Sample, Sample> completed = new IdentityHashMap<>();
    for (Minibatch minibatch : packer.pack(groups, seed)) {
      portions.compute(minibatch.micros(), this::withLogProbs, () -> {}).forEach(completed::putAll);
    }
    return groups.stream().map(g -> g.stream().map(completed::get).toList()).toList();
  }

  private IdentityHashMap<Sample, Sample> withLogProbs(MicroBatch micro) {
    float[] old = needsOld() ? logProbs(policy, micro) : null;
    float[] other = reference == null ? null : logProbs(reference, micro);
    IdentityHashMap<Sample, Sample> completed = new IdentityHashMap<>();
    int from = 0;
    for (Sample s : micro.samples()) {
      int to = from + s.tokens().length;
      completed.put(
          s,
          s.withLogProbs(
              old == null ? s.old() : Arrays.copyOfRange(old, from, to),
              other == null ? null : Arrays.copyOfRange(other, from, to)));
      from = to;
    }
    return completed;
  }

  private float[] logProbs(PolicyModel model, MicroBatch micro) {
    try (Scope scope = Torch.openScope(model.device())) {
      return model.logProbs(micro.tokens(), settings.temperature(), scope).values();
    }
  }

  private List<List<Sample>> withAdvantages(List<RolloutGroup> groups, List<List<Sample>> samples) {
    double klCoef = config.advantage().useKlInReward() ? config.loss().beta() : 0;
    if (config.advantage().credit() == AdvantageConfig.Credit.TURN) {
      return new TurnCredit(estimator, config.advantage().gamma(), klCoef)
          .withAdvantages(groups, samples);
    }
    List<GroupRewards> rewards = new ArrayList<>();
    for (int g = 0; g < groups.size(); g++) {
      rewards.add(rewards(groups.get(g).rollouts(), samples.get(g), klCoef));
    }
    List<double[]> advantages = estimator.estimate(rewards);
    List<List<Sample>> result = new ArrayList<>();
    for (int g = 0; g < groups.size(); g++) {
      List<Sample> group = new ArrayList<>();
      for (int i = 0; i < samples.get(g).size(); i++) {
        group.add(samples.get(g).get(i).withAdvantages(advantages.get(g)[i]));
      }
      result.add(group);
    }
    return result;
  }

  /**
   * A group's rewards, less the KL divergence where it is part of them.
   *
   * @param samples of the rollouts, in their order
   * @param klCoef what the divergence is multiplied by; 0 where it is not
   */
  static GroupRewards rewards(List<Rollout> rollouts, List<Sample> samples, double klCoef) {
    double[] rewards = new double[rollouts.size()];
    double[][] scores = new double[rewards.length][];
    for (int i = 0; i < rewards.length; i++) {
      scores[i] = rollouts.get(i).scores();
      double penalty = klCoef == 0 ? 0 : klCoef * kl(samples.get(i));
      rewards[i] = rollouts.get(i).hasReward() ? rollouts.get(i).reward() - penalty : Double.NaN;
    }
    int[] tokens = samples.stream().mapToInt(Sample::countedTokens).toArray();
    return new GroupRewards(rewards, scores, tokens);
  }

  /** {@code old - reference}, summed over the completion: the k1 estimate, as in RLOO. */
  static double kl(Sample sample) {
    return kl(sample, 0, sample.tokens().length);
  }

  /** The same over the tokens from one place to before another. */
  static double kl(Sample sample, int from, int to) {
    float[] old = sample.old();
    float[] reference = sample.reference();
    double sum = 0;
    if (old != null && reference != null) {
      for (int t = from; t < to; t++) {
        sum += sample.counts(t) ? (double) old[t] - reference[t] : 0;
      }
    }
    return sum;
  }
}
