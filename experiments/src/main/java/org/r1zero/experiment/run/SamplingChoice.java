package org.r1zero.experiment.run;

import ai.djl.Device;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.r1zero.experiment.config.ConfigException;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.grpo.model.ModelMemory;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.torch.Torch;
import org.r1zero.rollout.generation.SamplingConfig;
import org.r1zero.rollout.generation.SamplingMemory;

/**
 * How many sequences are decoded at once and what memory their keys and values may take, where a
 * recipe leaves these to the run: on GPUs by what they have free when the weights are loaded.
 *
 * @param recipe with the numbers in it
 * @param said what was chosen and why; empty where there was nothing to choose by
 */
record SamplingChoice(Recipe recipe, String said) {

  /**
   * One device that samples.
   *
   * @param free bytes, found when the policy's weights were loaded
   * @param later bytes that will be taken there beside keys, values and activations
   * @param workers that sample there
   * @param trained whether the policy is trained there too: then half of the rest is left to it
   */
  record Room(long free, long later, int workers, boolean trained) {
    /** What each worker's keys and values may take. */
    long perWorker() {
      return SamplingMemory.share(free - later, workers, trained);
    }
  }

  /** Chooses for a recipe whose model is loaded, and not trained yet. */
  static SamplingChoice of(Recipe recipe, PolicyModel policy, int longestPrompt) {
    SamplingConfig sampling = recipe.sampling();
    List<Device> devices = devices(recipe, policy);
    if (devices.stream().noneMatch(Device::isGpu)) {
      return new SamplingChoice(with(recipe, SamplingMemory.onCpu(sampling)), "");
    }
    List<Room> rooms = new ArrayList<>();
    for (Device device : new HashSet<>(devices)) {
      if (device.isGpu()) {
        rooms.add(room(recipe, policy, device, devices));
      }
    }
    long tokens = (long) longestPrompt + sampling.maxNewTokens();
    long perToken = new ModelMemory(policy.config(), policy.computeType()).cachePerToken();
    SamplingConfig chosen = choose(sampling, rooms, tokens * perToken);
    String said =
        chosen.equals(sampling)
            ? ""
            : String.format(
                "sampling.max_batch: %d, sampling.kv_cache_mb: %d (%d MB free)",
                chosen.maxBatch(),
                chosen.kvCacheMb(),
                rooms.stream().mapToLong(Room::free).min().orElse(0) / 1_000_000);
    return new SamplingChoice(with(recipe, chosen), said);
  }

  /**
   * The smallest share of all, and no more than the sequences that are decoded at once can fill.
   *
   * @param perSequence bytes of the longest sequence's keys and values
   * @throws ConfigException where these have no room
   */
  static SamplingConfig choose(SamplingConfig sampling, List<Room> rooms, long perSequence) {
    boolean known = rooms.stream().allMatch(room -> room.free() > 0);
    long share = rooms.stream().mapToLong(Room::perWorker).min().orElse(0);
    long rows = SamplingMemory.onGpu(sampling, 0).maxBatch();
    long most = Math.max(1L << 20, Math.min(share, rows * perSequence));
    SamplingConfig chosen = SamplingMemory.onGpu(sampling, known ? most : 0);
    long needed = (perSequence >> 20) + 1;
    if (sampling.kvCacheMb() == 0 && chosen.kvCacheMb() < needed) {
      throw new ConfigException(
          "the GPU",
          List.of(
              String.format(
                  "keys and values can have %d MB of its memory, one sequence takes %d MB; lower"
                      + " sampling.max_new_tokens, or what else lies there (docs/gpu.md, Memory)",
                  chosen.kvCacheMb(), needed)));
    }
    return chosen;
  }

  private static List<Device> devices(Recipe recipe, PolicyModel policy) {
    List<String> names = recipe.rollouts().devices();
    return names.isEmpty() ? List.of(policy.device()) : names.stream().map(Torch::device).toList();
  }

  private static Room room(Recipe recipe, PolicyModel policy, Device device, List<Device> devices) {
    int workers = 0;
    for (int i = 0; i < recipe.rollouts().workers(); i++) {
      workers += devices.get(i % devices.size()).equals(device) ? 1 : 0;
    }
    boolean trained = device.equals(policy.device());
    long copy = policy.computeType().bytes() * policy.parameterCount();
    // elsewhere: two versions of the weights, and each worker's copy of one
    long later = trained ? MicroBatchChoice.later(recipe, policy, true) : (2 + workers) * copy;
    return new Room(Torch.freeBytes(device), later, Math.max(1, workers), trained);
  }

  /** The recipe with other options of sampling. */
  private static Recipe with(Recipe recipe, SamplingConfig sampling) {
    return sampling.equals(recipe.sampling())
        ? recipe
        : recipe.with(
            tree ->
                tree.withObject("/sampling")
                    .put("max_batch", sampling.maxBatch())
                    .put("kv_cache_mb", sampling.kvCacheMb()));
  }

  /**
   * The recipe with what was chosen when its run began.
   *
   * @param before the run's own
   */
  static Recipe kept(Recipe recipe, Recipe before) {
    return recipe.with(
        tree -> {
          if (recipe.sampling().maxBatch() == 0) {
            tree.withObject("/sampling").put("max_batch", before.sampling().maxBatch());
          }
          if (recipe.sampling().kvCacheMb() == 0) {
            tree.withObject("/sampling").put("kv_cache_mb", before.sampling().kvCacheMb());
          }
        });
  }
}
