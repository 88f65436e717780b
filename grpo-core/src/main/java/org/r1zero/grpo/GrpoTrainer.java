package org.r1zero.grpo;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.r1zero.grpo.checkpoint.Checkpoint;
import org.r1zero.grpo.checkpoint.TrainingState;
import org.r1zero.grpo.data.BatchPacker;
import org.r1zero.grpo.data.MicroBatch;
import org.r1zero.grpo.data.Minibatch;
import org.r1zero.grpo.data.Rollout;
import org.r1zero.grpo.health.HealthConfig;
import org.r1zero.grpo.health.HealthMonitor;
import org.r1zero.grpo.loss.LossInputs;
import org.r1zero.grpo.loss.LossOutput;
import org.r1zero.grpo.loss.PolicyLoss;
import org.r1zero.grpo.loss.UpdateSize;
import org.r1zero.grpo.model.Parameter;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.TokenLogProbs;
import org.r1zero.grpo.optim.AdamW;
import org.r1zero.grpo.optim.ReferenceMix;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.Torch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Group relative policy optimization: DeepSeekMath (arXiv:2402.03300), algorithm 1, with outcome
 * rewards, as DeepSeek-R1-Zero used it. {@link #train} is the algorithm; its departures from the
 * paper:
 *
 * <ol>
 *   <li>The KL term is off unless {@code beta} is set, and then the reference stays the initial
 *       policy unless {@code sync_ref_model} is on.
 *   <li>With one update a step the old policy is the current one: its log-probs are not computed
 *       twice.
 *   <li>1e-4 is added to the standard deviation of rewards, as in TRL.
 * </ol>
 *
 * <p>What later papers change is in the options: docs/algorithms.md has them by paper.
 */
public final class GrpoTrainer {
  private static final Logger LOG = LoggerFactory.getLogger(GrpoTrainer.class);
  private final GrpoConfig config;
  private final RunSettings settings;
  private final PolicyModel policy;
  private final @Nullable PolicyModel reference;
  private final RolloutSource rollouts;
  private final PolicyListener policyListener;
  private final StepListener stepListener;
  private final AdamW optimizer;
  private final PolicyLoss objective;
  private final EntropyControl entropy;
  private final SamplePreparation preparation;
  private final BatchPacker packer;
  private HealthMonitor health = new HealthMonitor(HealthConfig.defaults(), LOG::warn);
  private long step;
  private long updates;
  private long tokensSeen;

  /**
   * Settings that the trainer shares with sampling.
   *
   * @param seed decides which groups share an update
   * @param temperature of sampling; log-probs in training use the same
   * @param maxCompletionTokens the limit on new tokens
   * @param rewardWeights of the verifiers, in the order of {@link Rollout#scores}; needed where
   *     rewards are normalised one by one
   */
  public record RunSettings(
      long seed, double temperature, int maxCompletionTokens, List<Double> rewardWeights) {

    /** Fixes the weights. */
    public RunSettings {
      rewardWeights = List.copyOf(rewardWeights);
    }

    /** Settings where rewards are summed before they are compared. */
    public RunSettings(long seed, double temperature, int maxCompletionTokens) {
      this(seed, temperature, maxCompletionTokens, List.of());
    }
  }

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
    this.objective = config.toLoss();
    this.entropy = new EntropyControl(config.entropy());
    if (config.microBatchTokens() == 0) {
      throw new IllegalArgumentException(
          "micro_batch_tokens must be > 0 in a trainer, was 0 (MicroBatchMemory finds how many)");
    }
    policy.setGradientCheckpointing(config.gradientCheckpointing());
    this.packer = new BatchPacker(config.numMinibatches(), config.microBatchTokens());
    this.preparation = new SamplePreparation(config, settings, packer, policy, reference);
    if (config.usesReference() && reference == null) {
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
      long started = System.nanoTime();
      long seed = settings.seed() + step;
      List<Minibatch> minibatches =
          packer.pack(preparation.samples(batch.groups(), seed, metrics), seed);
      for (int iteration = 0; iteration < config.numIterations(); iteration++) {
        for (Minibatch minibatch : minibatches) {
          UpdateSize size = UpdateSize.of(minibatch, minibatches);
          for (MicroBatch micro : minibatch.micros()) {
            accumulateGradient(size, micro, metrics);
          }
          update(metrics);
        }
      }
      policyListener.policyUpdated(updates, policy); // the next rollouts use these weights
      metrics.addTrainSeconds((System.nanoTime() - started) / 1e9);
      StepReport report = watched(metrics.finish(step));
      step++;
      stepListener.stepFinished(report);
      if (!boundary.passed(report, this::state)) {
        return;
      }
    }
  }

  /** Replaces the default monitor, which has the default checks and logs what it finds. */
  public void watch(HealthMonitor monitor) {
    health = monitor;
  }

  private StepReport watched(StepReport report) {
    Map<String, Double> all = new TreeMap<>(report.metrics());
    all.putAll(health.endStep(report.step(), report.metrics()));
    return new StepReport(report.step(), all);
  }

  /** Which weights are no numbers, in words. */
  private String nanPlace() {
    for (Parameter parameter : policy.parameters()) {
      for (float value : parameter.value().toFloatArray()) {
        if (!Float.isFinite(value)) {
          return "weights " + parameter.name() + " hold " + value;
        }
      }
    }
    return "the weights are finite: it came with this step's rollouts or rewards";
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
    EntropyControl.State bonus = entropy.state();
    ObjectNode control = values.putObject("entropy");
    control.put("coef", bonus.coef());
    control.put("last", Double.toString(bonus.lastEntropy())); // may be infinite
    values.set("health", health.state());
    values.set("rollouts", rollouts.state());
    return new TrainingState(step, tensors(), values);
  }

  /** Goes back, or on, to where {@link #state} was taken. */
  public void restore(Checkpoint checkpoint) {
    checkpoint.restore(tensors());
    policy.parameters().forEach(Parameter::updated);
    ObjectNode values = checkpoint.values();
    step = values.path("step").asLong();
    updates = values.path("updates").asLong();
    tokensSeen = values.path("num_tokens").asLong();
    entropy.restore(
        new EntropyControl.State(
            values.at("/entropy/coef").asDouble(),
            Double.parseDouble(values.at("/entropy/last").asText())));
    health.restore(values.withObject("/health"));
    rollouts.restore(values.withObject("/rollouts"));
    policyListener.policyUpdated(updates, policy);
  }

  /** A reference that follows the policy is state; one that does not is the base model. */
  private Map<String, NDArray> tensors() {
    Map<String, NDArray> tensors = TrainingState.tensors(policy, optimizer);
    if (reference != null && config.reference().syncRefModel()) {
      tensors.putAll(TrainingState.weights("reference/", reference));
    }
    return tensors;
  }

  private void accumulateGradient(UpdateSize size, MicroBatch micro, StepMetrics metrics) {
    try (Scope scope = Torch.openScope(policy.device())) {
      TokenLogProbs current =
          policy.logProbsForTraining(micro.tokens(), settings.temperature(), scope);
      LossOutput loss =
          objective.compute(
              new LossInputs(
                  size,
                  micro.samples(),
                  current.values(),
                  current.entropies(),
                  settings.maxCompletionTokens(),
                  entropy.applied()));
      current.backward(loss.gradient(), loss.entropyGradient());
      entropy.add(loss);
      metrics.add(micro, current, loss);
    }
  }

  /** Ends an update: weights, then what follows them. */
  private void update(StepMetrics metrics) {
    double rate = config.optimizer().rateAt(updates, config.totalUpdates());
    double gradNorm = Double.NaN;
    if (health.mayUpdate(step, metrics.updateLoss(), metrics.samplingGap(), this::nanPlace)) {
      gradNorm = optimizer.step(rate); // clips, updates, zeroes the gradients
      health.updated(step, gradNorm);
    } else {
      optimizer.discardGradients();
    }
    updates++;
    metrics.addUpdate(gradNorm, rate);
    entropy.endUpdate();
    if (config.entropy().isOn()) {
      metrics.addEntropyCoef(entropy.state().coef());
    }
    if (reference != null && config.reference().isDue(updates)) {
      ReferenceMix.mix(reference, policy, config.reference().refModelMixupAlpha());
    }
  }
}
