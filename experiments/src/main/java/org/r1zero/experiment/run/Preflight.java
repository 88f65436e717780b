package org.r1zero.experiment.run;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.r1zero.coldstart.dataset.Dataset;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.grpo.health.FreeMemory;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.DecoderConfig;
import org.r1zero.grpo.model.MicroBatchMemory;
import org.r1zero.grpo.model.WeightNames;
import org.r1zero.verify.Problem;
import org.r1zero.verify.reward.WeightedReward;

/**
 * What is known of a run before its weights are read: the same for {@code --dry-run} and for the
 * run itself.
 *
 * @param training problems to train on
 * @param heldOut problems to evaluate on
 * @param evaluated how many of these are
 * @param dropped problems that were left out
 * @param longest prompt, in tokens
 * @param newTokens most new tokens
 * @param context of the model
 * @param parameters of the model
 * @param bytes that the run will take, about
 * @param freeBytes there are; 0 where that is not known
 */
public record Preflight(
    int training,
    int heldOut,
    int evaluated,
    int dropped,
    int longest,
    int newTokens,
    int context,
    long parameters,
    long bytes,
    long freeBytes) {
  private static final int NAMED = 3;

  /** What Java, libtorch and the tokenizer take beside the model. */
  private static final long PROCESS_BYTES = 600_000_000;

  static Preflight of(Recipe recipe, Fit fit, DecoderConfig config) {
    long parameters =
        WeightNames.shapes(config).values().stream()
            .mapToLong(shape -> Arrays.stream(shape).reduce(1, (a, b) -> a * b))
            .sum();
    return new Preflight(
        fit.dataset().train().size(),
        fit.dataset().heldOut().size(),
        Math.min(recipe.evaluation().problems(), fit.dataset().heldOut().size()),
        fit.dropped(),
        fit.longest(),
        recipe.sampling().maxNewTokens(),
        fit.context(),
        parameters,
        bytes(recipe, fit, config, parameters),
        FreeMemory.bytes());
  }

  private static long bytes(Recipe recipe, Fit fit, DecoderConfig config, long parameters) {
    long width = recipe.dtype() == ComputeType.BFLOAT16 ? 2 : 4;
    boolean adapters = recipe.lora().enabled();
    // base, merged weights and the samplers' copy; or masters and the copy
    long weights = adapters ? 3 * width * parameters : (4 + width) * parameters;
    long referenceWidth = recipe.grpo().reference().syncRefModel() ? 4 : width;
    long reference = recipe.grpo().usesReference() && !adapters ? referenceWidth * parameters : 0;
    long optimizer = adapters ? 0 : 12 * parameters;
    MicroBatchMemory memory =
        new MicroBatchMemory(config, recipe.dtype(), recipe.grpo().gradientCheckpointing());
    long activations = recipe.grpo().microBatchTokens() * memory.bytesPerToken();
    long sequences = (long) recipe.grpo().problemsPerStep() * recipe.grpo().numGenerations();
    long rows = Math.min(recipe.sampling().maxBatch(), sequences);
    long positions = rows * (fit.longest() + recipe.sampling().maxNewTokens());
    long cache =
        Math.min(
            positions * cacheBytes(config, recipe.dtype()),
            (long) recipe.sampling().kvCacheMb() << 20);
    return PROCESS_BYTES + weights + reference + optimizer + activations + cache;
  }

  /** Of the keys and values of one token. */
  private static long cacheBytes(DecoderConfig config, ComputeType type) {
    long numbers = 2L * config.layers() * config.keyValueHeads() * config.headDim();
    return numbers * (type == ComputeType.BFLOAT16 ? 2 : 4);
  }

  /** Whether one sequence has room among the keys and values; a fault where it has not. */
  static void checkCache(Recipe recipe, Fit fit, DecoderConfig config, List<String> faults) {
    long tokens = (long) fit.longest() + recipe.sampling().maxNewTokens();
    long megabytes = ((tokens * cacheBytes(config, recipe.dtype())) >> 20) + 1;
    if (megabytes > recipe.sampling().kvCacheMb()) {
      faults.add(
          "sampling.kv_cache_mb must be >= "
              + megabytes
              + " for one sequence of "
              + tokens
              + " tokens, was "
              + recipe.sampling().kvCacheMb());
    }
  }

  /**
   * Asks the verifiers about every problem. As many as the data set can spare are left out and
   * noted; if there are more, the first few are named as faults.
   *
   * @return the data set without problems that can't be judged
   */
  static Dataset judgeable(
      WeightedReward reward,
      Dataset dataset,
      boolean training,
      boolean evaluating,
      List<String> faults) {
    Map<String, String> train = training ? unjudged(reward, dataset.train()) : Map.of();
    Map<String, String> heldOut = evaluating ? unjudged(reward, dataset.heldOut()) : Map.of();
    int count = train.size() + heldOut.size();
    if (count == 0) {
      return dataset;
    }
    if (count > dataset.spare()) {
      name(train, dataset.train().size(), "training", faults);
      name(heldOut, dataset.heldOut().size(), "held-out", faults);
      return dataset;
    }
    Map<String, String> all = new LinkedHashMap<>(train);
    all.putAll(heldOut);
    return dataset
        .with(problem -> all.containsKey(problem.id()) ? null : problem)
        .noting(
            count
                + " problems can't be judged by these verifiers and are left out:\n  "
                + all.values().stream().limit(NAMED).collect(Collectors.joining("\n  "))
                + (count > NAMED ? "\n  …" : ""));
  }

  /** What is wrong with each problem that can't be judged, by its id. */
  private static Map<String, String> unjudged(WeightedReward reward, List<Problem> problems) {
    Map<String, String> unjudged = new LinkedHashMap<>();
    for (Problem problem : problems) {
      try {
        reward.check(problem);
      } catch (IllegalArgumentException e) {
        unjudged.put(problem.id(), String.valueOf(e.getMessage()));
      }
    }
    return unjudged;
  }

  private static void name(
      Map<String, String> unjudged, int problems, String which, List<String> faults) {
    unjudged.values().stream().limit(NAMED).forEach(faults::add);
    if (unjudged.size() > NAMED) {
      faults.add(
          String.format(
              Locale.ROOT,
              "… in all, %d of %d %s problems can't be judged by these verifiers",
              unjudged.size(),
              problems,
              which));
    }
  }

  /** What stands in the way of writing below a folder, which need not be there yet. */
  static @Nullable String unwritable(String output) {
    Path place = Path.of(output).toAbsolutePath().normalize();
    while (place != null && !Files.exists(place)) {
      place = place.getParent();
    }
    if (place == null || !Files.isDirectory(place)) {
      return "output " + output + ": " + place + " is not a folder";
    }
    return Files.isWritable(place)
        ? null
        : "output "
            + output
            + ": "
            + place
            + " can't be written to; set output to a folder that can";
  }

  /** What stands in the way of listening at a port of this machine; 0 and less are free. */
  static @Nullable String occupied(int port) {
    if (port <= 0) {
      return null;
    }
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound() ? null : "metrics.prometheus_port " + port + " can't be opened";
    } catch (IOException e) {
      return "metrics.prometheus_port " + port + " is taken; 0 takes a free port";
    }
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "OK: %,d problems to train on, %,d held out (%,d evaluated)%s%n"
            + "    prompts of up to %,d tokens and %,d new ones, context %,d%n"
            + "    %,.1f million parameters, about %.1f GB of memory%s",
        training,
        heldOut,
        evaluated,
        dropped == 0 ? "" : String.format(Locale.ROOT, "; %,d left out as too long", dropped),
        longest,
        newTokens,
        context,
        parameters / 1e6,
        bytes / 1e9,
        freeBytes <= 0
            ? ""
            : String.format(
                Locale.ROOT,
                " of %.1f GB free%s",
                freeBytes / 1e9,
                bytes > freeBytes ? " — MORE THAN THERE IS; lower grpo.micro_batch_tokens" : ""));
  }
}
