package org.r1zero.grpo;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.r1zero.grpo.advantage.GroupRelative;
import org.r1zero.grpo.data.Rollout;
import org.r1zero.grpo.data.RolloutGroup;
import org.r1zero.grpo.health.HealthConfig;
import org.r1zero.grpo.health.HealthMonitor;
import org.r1zero.grpo.loss.LossType;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.optim.AdamW;
import org.r1zero.grpo.optim.LearningRateSchedule;
import org.r1zero.grpo.optim.OptimizerConfig;

/** Trainers of tiny models, with rollouts that are handed to them. */
public final class TestTraining {
  /** The prompt that {@link #COMPLETIONS} follow. */
  static final int[] PROMPT = {5, 6, 7};

  /** Eight tokens in four completions. */
  static final int[][] COMPLETIONS = {{20, 21}, {30, 31, 32}, {40}, {50, 51}};

  private TestTraining() {}

  /** A group of {@link #COMPLETIONS}, one for each reward, whose sampler says log-probs of 0. */
  public static RolloutGroup group(int[] prompt, double... rewards) {
    List<Rollout> rollouts = new ArrayList<>();
    for (int i = 0; i < rewards.length; i++) {
      int length = COMPLETIONS[i].length;
      rollouts.add(new Rollout(COMPLETIONS[i], new float[length], rewards[i], false, 0));
    }
    return new RolloutGroup("p", prompt, rollouts);
  }

  /** The same after {@link #PROMPT}. */
  public static RolloutGroup group(double... rewards) {
    return group(PROMPT, rewards);
  }

  /** A step of these groups. */
  public static RolloutBatch batch(RolloutGroup... groups) {
    return new RolloutBatch(List.of(groups), Map.of());
  }

  /** The same groups in every step. */
  public static RolloutSource fixed(RolloutGroup... groups) {
    return (step, version) -> batch(groups);
  }

  /** A rate that is high for its model; an epsilon that keeps Adam from amplifying rounding. */
  public static Options steps(int steps) {
    return new Options(
        steps,
        1,
        1,
        10_000,
        false,
        LossType.GRPO,
        0,
        new OptimizerConfig(2e-3, LearningRateSchedule.CONSTANT, 0, 0, 0.9, 0.999, 1e-4, 1));
  }

  /** The same, with something to be told the version of new weights. */
  static RolloutSource telling(RolloutSource source, LongConsumer updated) {
    return new RolloutSource() {
      @Override
      public RolloutBatch collect(long step, long version) {
        return source.collect(step, version);
      }

      @Override
      public void policyUpdated(long version, PolicyModel policy) {
        updated.accept(version);
      }
    };
  }

  /** The usual checks, whose findings nobody reads. */
  static HealthMonitor usual() {
    return new HealthMonitor(HealthConfig.defaults(), said -> {});
  }

  /**
   * Trains a model to the end.
   *
   * @param temperature of sampling, on which training's log-probs depend
   * @param reference what the KL term compares with
   */
  public static void train(
      GrpoConfig config,
      double temperature,
      PolicyModel model,
      @Nullable PolicyModel reference,
      RolloutSource source,
      HealthMonitor health,
      Consumer<StepReport> heard) {
    try (AdamW optimizer = new AdamW(config.optimizer(), model.parameters())) {
      Surroundings around =
          new Surroundings(
              model,
              optimizer,
              health,
              (report, state) -> {
                heard.accept(report);
                return true;
              });
      RunSettings settings = new RunSettings(7, temperature, 8);
      new GrpoTrainer(config, settings, around, reference, source).train();
    }
  }

  /** A configuration in the making: two problems, four completions each. */
  public record Options(
      int steps,
      int iterations,
      int minibatches,
      int microBatchTokens,
      boolean gradientCheckpointing,
      LossType lossType,
      double beta,
      OptimizerConfig optimizer) {

    /** The same with another number of passes. */
    public Options iterations(int other) {
      return new Options(
          steps,
          other,
          minibatches,
          microBatchTokens,
          gradientCheckpointing,
          lossType,
          beta,
          optimizer);
    }

    /** The same with another number of updates a pass. */
    public Options minibatches(int other) {
      return new Options(
          steps,
          iterations,
          other,
          microBatchTokens,
          gradientCheckpointing,
          lossType,
          beta,
          optimizer);
    }

    /** The same with another size of micro-batches. */
    public Options microBatchTokens(int other) {
      return new Options(
          steps, iterations, minibatches, other, gradientCheckpointing, lossType, beta, optimizer);
    }

    /** The same with another choice. */
    public Options gradientCheckpointing(boolean other) {
      return new Options(
          steps, iterations, minibatches, microBatchTokens, other, lossType, beta, optimizer);
    }

    /** The same with another loss. */
    public Options lossType(LossType other) {
      return new Options(
          steps,
          iterations,
          minibatches,
          microBatchTokens,
          gradientCheckpointing,
          other,
          beta,
          optimizer);
    }

    /** The same with another coefficient of the KL term. */
    public Options beta(double other) {
      return new Options(
          steps,
          iterations,
          minibatches,
          microBatchTokens,
          gradientCheckpointing,
          lossType,
          other,
          optimizer);
    }

    /** The same with another update rule. */
    public Options optimizer(OptimizerConfig other) {
      return new Options(
          steps,
          iterations,
          minibatches,
          microBatchTokens,
          gradientCheckpointing,
          lossType,
          beta,
          other);
    }

    /** The configuration. */
    public GrpoConfig toConfig() {
      return new GrpoConfig(
          steps,
          2,
          4,
          iterations,
          minibatches,
          microBatchTokens,
          gradientCheckpointing,
          GroupRelative.Scale.GROUP,
          false,
          AdvantageConfig.defaults(),
          new LossConfig(lossType, 0.2, 0.2, beta),
          EntropyConfig.defaults(),
          OffPolicyConfig.defaults(),
          ReferenceConfig.defaults(),
          optimizer);
    }
  }
}
