package org.r1zero.grpo;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.r1zero.grpo.advantage.AdvantageEstimator;
import org.r1zero.grpo.checkpoint.Checkpoint;
import org.r1zero.grpo.checkpoint.TrainingState;
import org.r1zero.grpo.data.BatchPacker;
import org.r1zero.grpo.data.MicroBatch;
import org.r1zero.grpo.data.Minibatch;
import org.r1zero.grpo.data.RolloutGroup;
import org.r1zero.grpo.data.Sample;
import org.r1zero.grpo.loss.LossInputs;
import org.r1zero.grpo.loss.LossOutput;
import org.r1zero.grpo.loss.PolicyLoss;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.TokenLogProbs;
import org.r1zero.grpo.optim.AdamW;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.Torch;

/**
 * Group relative policy optimization: DeepSeekMath (arXiv:2402.03300), algorithm 1, with outcome
 * rewards, as DeepSeek-R1-Zero used it. {@link #train} is the algorithm; its departures from the
 * paper:
 *
 * <ol>
 *   <li>The KL term is off unless {@code beta} is set, and then the reference stays the initial
 *       policy.
 *   <li>With one update a step the old policy is the current one: its log-probs are not computed
 *       twice.
 *   <li>1e-4 is added to the standard deviation of rewards, as in TRL.
 * </ol>
 */
public final class GrpoTrainer {
  private final GrpoConfig config;
  private final RunSettings settings;
  private final PolicyModel policy;
  private final @Nullable PolicyModel reference;
  private final RolloutSource rollouts;
  private final PolicyListener policyListener;
  private final StepListener stepListener;
  private final AdamW optimizer;
  private final PolicyLoss objective;
  private final AdvantageEstimator estimator;
  private final BatchPacker packer;
  private long step;
  private long updates;
  private long tokensSeen;

  /**
   * Settings that the trainer shares with sampling.
   *
   * @param seed decides which groups share an update
   * @param temperature of sampling; log-probs in training use the same
   * @param maxCompletionTokens the limit on new tokens
   */
  public record RunSettings(long seed, double temperature, int maxCompletionTokens) {}

  /**
   * Puts the parts together.
   *
   * @param policy is trained in place
   * @param reference what the KL term compares with; {@code null} where {@code beta} is 0
   */
  public GrpoTrainer(
      GrpoConfig config,
      RunSettings settings,
      PolicyModel policy,
      @Nullable PolicyModel reference,
      AdamW optimizer,
      RolloutSource rollouts,
      PolicyListener policyListener,
      StepListener stepListener) {
    this.config = config;
    this.settings = settings;
    this.policy = policy;
    this.reference = reference;
    this.optimizer = optimizer;
    this.rollouts = rollouts;
    this.policyListener = policyListener;
    this.stepListener = stepListener;
    this.objective = config.loss().toLoss();
    this.estimator = config.scaleRewards().estimator();
    this.packer = new BatchPacker(config.numMinibatches(), config.microBatchTokens());
    if (objective.usesReference() && reference == null) {
      throw new IllegalArgumentException("beta > 0 needs a reference policy");
    }
  }

  /** Trains for the configured number of steps. */
  public void train() {
    train((report, state) -> true);
  }

  /**
   * Trains from where it is until the configured number of steps, or until {@code boundary} ends
   * it.
   */
  public void train(StepBoundary boundary) {
    while (step < config.steps()) {
      StepMetrics metrics = new StepMetrics();
      RolloutBatch batch = rollouts.collect(step, updates); // G scored completions a problem
      tokensSeen += batch.tokenCount();
      metrics.addRollouts(batch, tokensSeen);
      List<List<Sample>> groups = withAdvantages(batch.groups());
      long started = System.nanoTime();
      List<Minibatch> minibatches = packer.pack(groups, settings.seed() + step);
      IdentityHashMap<MicroBatch, float[]> oldLogProbs = oldLogProbs(minibatches);
      for (int iteration = 0; iteration < config.numIterations(); iteration++) {
        for (Minibatch minibatch : minibatches) {
          for (MicroBatch micro : minibatch.micros()) {
            accumulateGradient(minibatch, micro, oldLogProbs.get(micro), metrics);
          }
          double rate = learningRate();
          double gradNorm = optimizer.step(rate); // clips, updates, zeroes the gradients
          updates++;
          metrics.addUpdate(gradNorm, rate);
        }
      }
      policyListener.policyUpdated(updates, policy); // the next rollouts use these weights
      metrics.addTrainSeconds((System.nanoTime() - started) / 1e9);
      StepReport report = metrics.finish(step, objective.usesReference());
      step++;
      stepListener.stepFinished(report);
      if (!boundary.passed(report, this::state)) {
        return;
      }
    }
  }

  /** Finished steps. */
  public long step() {
    return step;
  }

  /**
   * All that the next step depends on besides the configuration. Draws are functions of the step.
   */
  public TrainingState state() {
    ObjectNode values = JsonNodeFactory.instance.objectNode();
    values.put("step", step);
    values.put("updates", updates);
    values.put("num_tokens", tokensSeen);
    values.set("rollouts", rollouts.state());
    return TrainingState.of(step, policy, optimizer, values);
  }

  /** Goes back, or on, to where {@link #state} was taken. */
  public void restore(Checkpoint checkpoint) {
    checkpoint.restore(TrainingState.tensors(policy, optimizer));
    ObjectNode values = checkpoint.values();
    step = values.path("step").asLong();
    updates = values.path("updates").asLong();
    tokensSeen = values.path("num_tokens").asLong();
    rollouts.restore(values.withObject("/rollouts"));
    policyListener.policyUpdated(updates, policy);
  }

  /** Rewards compared within each group. */
  private List<List<Sample>> withAdvantages(List<RolloutGroup> groups) {
    List<List<Sample>> all = new ArrayList<>();
    for (RolloutGroup group : groups) {
      double[] advantages = estimator.estimate(group.rewards());
      List<Sample> samples = new ArrayList<>();
      for (int i = 0; i < advantages.length; i++) {
        samples.add(new Sample(group.prompt(), group.rollouts().get(i), advantages[i]));
      }
      all.add(samples);
    }
    return all;
  }

  private void accumulateGradient(
      Minibatch minibatch, MicroBatch micro, float @Nullable [] old, StepMetrics metrics) {
    try (Scope scope = Torch.openScope(policy.device())) {
      float[] fromReference = referenceLogProbs(micro, scope);
      TokenLogProbs current =
          policy.logProbsForTraining(micro.tokens(), settings.temperature(), scope);
      LossOutput loss =
          objective.compute(
              new LossInputs(
                  minibatch,
                  micro,
                  current.values(),
                  old,
                  fromReference,
                  settings.maxCompletionTokens()));
      current.backward(loss.gradient(), null);
      metrics.add(micro, current, loss);
    }
  }

  /** Log-probs before the first of several updates; with a single update they are the current. */
  private IdentityHashMap<MicroBatch, float[]> oldLogProbs(List<Minibatch> minibatches) {
    IdentityHashMap<MicroBatch, float[]> old = new IdentityHashMap<>();
    if (config.updatesPerStep() > 1) {
      for (Minibatch minibatch : minibatches) {
        for (MicroBatch micro : minibatch.micros()) {
          try (Scope scope = Torch.openScope(policy.device())) {
            old.put(micro, policy.logProbs(micro.tokens(), settings.temperature(), scope).values());
          }
        }
      }
    }
    return old;
  }

  private float @Nullable [] referenceLogProbs(MicroBatch micro, Scope scope) {
    if (reference == null || !objective.usesReference()) {
      return null;
    }
    return reference.logProbs(micro.tokens(), settings.temperature(), scope).values();
  }

  private double learningRate() {
    return config.optimizer().learningRate()
        * config
            .optimizer()
            .lrSchedulerType()
            .factor(updates, config.optimizer().warmupSteps(), config.totalUpdates());
  }
}
