package org.r1zero.grpo;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.r1zero.grpo.checkpoint.Checkpoint;
import org.r1zero.grpo.checkpoint.TrainingState;
import org.r1zero.grpo.data.BatchPacker;
import org.r1zero.grpo.data.Minibatch;
import org.r1zero.grpo.data.RolloutGroup;
import org.r1zero.grpo.model.PolicyModel;

/**
 * Group relative policy optimization: DeepSeekMath (arXiv:2402.03300), algorithm 1, with outcome
 * rewards, as DeepSeek-R1-Zero used it. {@link #train} is the algorithm; its departures from the
 * paper:
 *
 * <ol>
 *   <li>The KL term is off unless {@code beta} is set, and then the reference stays the initial
 *       policy unless {@code sync_ref_model} is on.
 *   <li>With one update per step the old policy is the current one: its log-probs are not computed
 *       twice.
 *   <li>1e-4 is added to the standard deviation of rewards, as in TRL.
 * </ol>
 *
 * <p>What later papers change is in the options: docs/algorithms.md has them by paper.
 */
public final class GrpoTrainer {
  private final GrpoConfig config;
  private final RunSettings settings;
  private final PolicyModel policy;
  private final @Nullable PolicyModel reference;
  private final RolloutSource rollouts;
  private final PolicyObjective objective;
  private final BatchPacker packer;
  private final SamplePreparation preparation;
  private final ReplayBuffer replay;
  private final UpdateLoop loop;

  /**
   * Puts the parts together.
   *
   * @param reference what the KL term compares with; {@code null} where {@code beta} is 0
   */
  public GrpoTrainer(
      GrpoConfig config,
      RunSettings settings,
      Surroundings around,
      @Nullable PolicyModel reference,
      RolloutSource rollouts) {
    if (config.microBatchTokens() == 0) {
      throw new IllegalArgumentException(
          "micro_batch_tokens must be > 0 in a trainer, was 0 (ModelMemory finds how many)");
    }
    if (config.usesReference() && reference == null) {
      throw new IllegalArgumentException("beta > 0 needs a reference policy");
    }
    this.config = config;
    this.settings = settings;
    this.policy = around.policy();
    this.reference = reference;
    this.rollouts = rollouts;
    this.objective = new PolicyObjective(config, settings, reference);
    this.packer = new BatchPacker(config.numMinibatches(), config.microBatchTokens());
    this.preparation = new SamplePreparation(config, settings, packer, policy, reference);
    this.replay = new ReplayBuffer(config.offPolicy().replayBufferSize(), settings.seed());
    this.loop = new UpdateLoop(around, objective, config.steps(), config.totalUpdates());
    policy.setGradientCheckpointing(config.gradientCheckpointing());
  }

  /**
   * Trains from where it is until the configured number of steps, or until the boundary ends it.
   */
  public void train() {
    loop.run(
        metrics -> {
          RolloutBatch batch = rollouts.collect(loop.step(), loop.updates()); // G per problem
          metrics.addRollouts(batch);
          List<RolloutGroup> groups = replay.fill(batch.groups(), loop.step(), metrics);
          long seed = settings.seed() + loop.step();
          List<Minibatch> minibatches =
              packer.pack(preparation.samples(groups, seed, metrics), seed);
          for (int iteration = 0; iteration < config.numIterations(); iteration++) {
            for (Minibatch minibatch : minibatches) {
              loop.update(minibatch, minibatches, metrics); // gradient, health, clip, AdamW
            }
          }
          rollouts.policyUpdated(loop.updates(), policy); // the next rollouts use these weights
        },
        this::state);
  }

  /** Finished steps. */
  public long step() {
    return loop.step();
  }

  /**
   * All that the next step depends on besides the configuration. Draws are functions of the step.
   */
  public TrainingState state() {
    TrainingState state = loop.state();
    state.tensors().putAll(followingReference());
    EntropyControl.State bonus = objective.entropy().state();
    ObjectNode control = state.values().putObject("entropy");
    control.put("coef", bonus.coef());
    control.put("last", Double.toString(bonus.lastEntropy())); // may be infinite
    state.values().set("replay", replay.state());
    state.values().set("rollouts", rollouts.state());
    return state;
  }

  /** Goes back, or on, to where {@link #state} was taken. */
  public void restore(Checkpoint checkpoint) {
    loop.restore(checkpoint, followingReference());
    ObjectNode values = checkpoint.values();
    objective
        .entropy()
        .restore(
            new EntropyControl.State(
                values.at("/entropy/coef").asDouble(),
                Double.parseDouble(values.at("/entropy/last").asText())));
    replay.restore(values.withObject("/replay"));
    rollouts.restore(values.withObject("/rollouts"));
    rollouts.policyUpdated(loop.updates(), policy);
  }

  /** A reference that follows the policy is state; one that does not is the base model. */
  private Map<String, NDArray> followingReference() {
    return reference != null && config.reference().syncRefModel()
        ? TrainingState.weights("reference/", reference)
        : Map.of();
  }
}
