package org.r1zero.grpo.health;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/**
 * Watches a training run by its numbers. Findings are said once when they begin, and counted.
 *
 * <p>For one thread.
 */
public final class HealthMonitor {
  private static final int WARM_UP = 5;

  /** A share of completions that were cut off which explains equal rewards. */
  private static final double MOSTLY = 0.8;

  private final HealthConfig config;
  private final Consumer<String> say;
  private final DoubleSupplier memory;
  private long skippedUpdates;
  private long skippedSteps;
  private long warnings;
  private int skippedInARow;
  private int lowEntropy;
  private int zeroVariance;
  private boolean mismatchSaid;
  private boolean klSaid;
  private boolean stepSkipped;
  private int stepsSeen;
  private double memoryBound = Double.NaN;

  /**
   * Sets what is watched.
   *
   * @param say takes each finding, a sentence or two
   */
  public HealthMonitor(HealthConfig config, Consumer<String> say) {
    this(config, say, ResidentMemory::megabytes);
  }

  HealthMonitor(HealthConfig config, Consumer<String> say, DoubleSupplier memory) {
    this.config = config;
    this.say = say;
    this.memory = memory;
  }

  /**
   * Looks at an update before it is made.
   *
   * @param loss of the update
   * @param mismatch mean gap of log-probs between sampling and training, NaN where it is not
   *     measured
   * @param where finds the place of a NaN; asked only where there is one
   * @return whether to make it
   * @throws HealthException if the run is to stop
   */
  public boolean mayUpdate(long step, double loss, double mismatch, Supplier<String> where) {
    if (!Double.isFinite(loss) && config.nan() != HealthAction.OFF) {
      return answer(
          config.nan(),
          step,
          String.format(
              "the loss is %s (%s); likely causes: a reward or log-prob that is not a number, or"
                  + " weights that have diverged; lower learning_rate, or set dtype: float32",
              loss, where.get()));
    }
    if (mismatch > config.maxMismatch() && config.mismatch() != HealthAction.OFF) {
      boolean first = !mismatchSaid;
      mismatchSaid = true;
      if (first || config.mismatch() != HealthAction.WARN) {
        return answer(
            config.mismatch(),
            step,
            String.format(
                "log-probs of sampling and training differ by %s nats per token, above"
                    + " health.max_mismatch %s; likely causes: rollouts of old weights, or bf16;"
                    + " set dtype: float32, or use grpo.off_policy",
                mismatch, config.maxMismatch()));
      }
    } else if (mismatch <= config.maxMismatch()) {
      mismatchSaid = false;
    }
    skippedInARow = 0;
    return true;
  }

  /** Looks at an update's gradient, which was not applied where its norm is not finite. */
  public void updated(long step, double gradNorm) {
    if (!Double.isFinite(gradNorm)) {
      answer(
          config.nan() == HealthAction.STOP ? HealthAction.STOP : HealthAction.SKIP,
          step,
          "the gradient's norm is "
              + gradNorm
              + ": the update was not applied; likely cause: an overflow in backward; lower"
              + " learning_rate, or set dtype: float32");
    }
  }

  /**
   * Looks at a finished step.
   *
   * @param metrics of the step, by TRL's names
   * @return metrics to add: what was counted so far, and the memory
   */
  public Map<String, Double> endStep(long step, Map<String, Double> metrics) {
    watchKl(step, metrics.getOrDefault("kl", Double.NaN));
    watchEntropy(step, metrics.getOrDefault("entropy", Double.NaN));
    watchVariance(
        step,
        metrics.getOrDefault("frac_reward_zero_std", Double.NaN),
        metrics.getOrDefault("completions/clipped_ratio", 0.0));
    double megabytes = memory.getAsDouble();
    watchMemory(step, megabytes);
    skippedSteps += stepSkipped ? 1 : 0;
    stepSkipped = false;
    Map<String, Double> added = new TreeMap<>();
    added.put("health/skipped_updates", (double) skippedUpdates);
    added.put("health/skipped_steps", (double) skippedSteps);
    added.put("health/warnings", (double) warnings);
    if (!Double.isNaN(megabytes)) {
      added.put("memory/rss_mb", megabytes);
    }
    return added;
  }

  private void watchKl(long step, double kl) {
    boolean high = kl > config.maxKl();
    if (high && !klSaid && config.kl() != HealthAction.OFF) {
      answer(
          config.kl(),
          step,
          String.format(
              "the KL divergence from the reference is %s nats per token, above health.max_kl %s;"
                  + " likely cause: the policy runs away; lower learning_rate or raise loss.beta",
              kl, config.maxKl()));
    }
    klSaid = high;
  }

  private void watchEntropy(long step, double entropy) {
    lowEntropy = entropy < config.minEntropy() ? lowEntropy + 1 : 0;
    if (lowEntropy == config.patience() && config.entropy() != HealthAction.OFF) {
      answer(
          config.entropy(),
          step,
          String.format(
              "entropy was below %s nats for %s steps: the policy has collapsed to one answer;"
                  + " likely cause: too many updates or too high a rate; add entropy.entropy_coef,"
                  + " raise epsilon_high, or stop earlier",
              config.minEntropy(), lowEntropy));
    }
  }

  private void watchVariance(long step, double share, double cutOff) {
    zeroVariance = share >= 1 ? zeroVariance + 1 : 0;
    if (zeroVariance == config.patience() && config.zeroVariance() != HealthAction.OFF) {
      answer(
          config.zeroVariance(),
          step,
          String.format(
              "all groups had equal rewards for %s steps: nothing is learnt; likely cause: %s",
              zeroVariance,
              cutOff >= MOSTLY
                  ? String.format(
                      Locale.ROOT,
                      "%.0f %% of the completions were cut off by the limit on new tokens, so they"
                          + " have no answer; raise sampling.max_new_tokens",
                      100 * cutOff)
                  : "problems too hard or too easy, a prompt or verifier that never fits, or too"
                      + " few num_generations; look into rollouts/"));
    }
  }

  private void watchMemory(long step, double megabytes) {
    stepsSeen++;
    if (stepsSeen == WARM_UP) {
      memoryBound = megabytes * (1 + config.maxMemoryGrowth());
    } else if (megabytes > memoryBound && config.memory() != HealthAction.OFF) {
      double bound = memoryBound;
      memoryBound = megabytes * (1 + config.maxMemoryGrowth()); // said again after as much more
      answer(
          config.memory(),
          step,
          String.format(
              Locale.ROOT,
              "the process takes %.0f MB, above %.0f MB (health.max_memory_growth); likely causes:"
                  + " longer completions, or malloc's arenas (MALLOC_ARENA_MAX=2); lower"
                  + " micro_batch_tokens or sampling.max_batch",
              megabytes,
              bound));
    }
  }

  private boolean answer(HealthAction action, long step, String finding) {
    String message = "health, step " + (step + 1) + ": " + finding;
    if (action == HealthAction.STOP) {
      throw new HealthException(message + " [stopped by policy]");
    }
    if (action == HealthAction.SKIP) {
      skippedUpdates++;
      skippedInARow++;
      stepSkipped = true;
      if (skippedInARow >= config.maxSkipped()) {
        throw new HealthException(
            message + " [stopped: " + skippedInARow + " updates in a row were skipped]");
      }
      say.accept("WARNING: " + message + " [the update is skipped]");
      return false;
    }
    warnings++;
    say.accept("WARNING: " + message);
    return true;
  }

  /** The counts, for a run that goes on. */
  public ObjectNode state() {
    ObjectNode state = JsonNodeFactory.instance.objectNode();
    state.put("skipped_updates", skippedUpdates);
    state.put("skipped_steps", skippedSteps);
    state.put("warnings", warnings);
    state.put("skipped_in_a_row", skippedInARow);
    state.put("low_entropy", lowEntropy);
    state.put("zero_variance", zeroVariance);
    return state;
  }

  /** Goes on from what {@link #state} returned. */
  public void restore(ObjectNode state) {
    skippedUpdates = state.path("skipped_updates").asLong();
    skippedSteps = state.path("skipped_steps").asLong();
    warnings = state.path("warnings").asLong();
    skippedInARow = state.path("skipped_in_a_row").asInt();
    lowEntropy = state.path("low_entropy").asInt();
    zeroVariance = state.path("zero_variance").asInt();
  }
}
