package org.r1zero.experiment.run;

import java.util.List;
import org.r1zero.experiment.config.ConfigException;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.grpo.health.FreeMemory;
import org.r1zero.grpo.model.ModelMemory;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.torch.Torch;

/**
 * How many tokens a micro-batch has where a recipe leaves it to the run: half of the memory that is
 * free, less what training will still allocate, over what a token takes.
 *
 * @param recipe with the number in it
 * @param freeBytes found free when the run began, its weights loaded
 * @param bytesPerToken of a forward and backward pass
 */
record MicroBatchChoice(Recipe recipe, long freeBytes, long bytesPerToken) {
  /** Below, computing is slow; if it does not fit, the memory is too small for the model. */
  private static final long LEAST = 256;

  /** Above, nothing is won. */
  private static final long MOST = 65_536;

  /** Chooses for a recipe whose model is loaded, and not trained yet. */
  static MicroBatchChoice of(Recipe recipe, PolicyModel policy) {
    boolean onGpu = policy.device().isGpu();
    long free = onGpu ? Torch.freeBytes(policy.device()) : FreeMemory.bytes();
    if (free <= 0) {
      throw new ConfigException(
          "recipe " + recipe.name(),
          List.of(
              "grpo.micro_batch_tokens must be > 0 here, was 0 (the free memory of this device is"
                  + " not known)"));
    }
    long perToken =
        new ModelMemory(policy.config(), policy.computeType())
            .perToken(recipe.grpo().gradientCheckpointing());
    List<String> devices = recipe.rollouts().devices();
    boolean sampled =
        devices.isEmpty()
            || devices.stream().anyMatch(name -> Torch.device(name).equals(policy.device()));
    long cache = sampled ? (long) recipe.sampling().kvCacheMb() << 20 : 0;
    long tokens = (free - later(recipe, policy, sampled) - cache) / 2 / perToken;
    int chosen = (int) Math.max(LEAST, Math.min(MOST, tokens));
    return new MicroBatchChoice(with(recipe, chosen), free, perToken);
  }

  /**
   * Bytes that training a loaded policy will still take, but for activations and for keys and
   * values.
   *
   * @param sampled whether its rollouts are sampled on the same device
   */
  static long later(Recipe recipe, PolicyModel policy, boolean sampled) {
    boolean copied = recipe.grpo().usesReference() && policy.adapters().isEmpty();
    boolean offloaded = recipe.grpo().optimizer().offload() && policy.device().isGpu();
    long width = recipe.grpo().reference().syncRefModel() ? 4 : policy.computeType().bytes();
    return ModelMemory.toAllocate(policy, sampled, offloaded)
        + (copied ? width * policy.parameterCount() : 0);
  }

  /** The recipe with another number of tokens. */
  static Recipe with(Recipe recipe, int microBatchTokens) {
    return recipe.with(
        tree -> tree.withObject("/grpo").put("micro_batch_tokens", microBatchTokens));
  }

  @Override
  public String toString() {
    return String.format(
        "grpo.micro_batch_tokens: %d (%d MB free, %d kB per token)",
        recipe.grpo().microBatchTokens(), freeBytes / 1_000_000, bytesPerToken / 1000);
  }
}
