package org.r1zero.experiment.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.r1zero.coldstart.dataset.Dataset;
import org.r1zero.experiment.config.ConfigException;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.experiment.config.RecipeLoader;
import org.r1zero.experiment.rundir.FileFaults;
import org.r1zero.grpo.health.FreeMemory;
import org.r1zero.grpo.model.DecoderConfig;
import org.r1zero.grpo.model.ModelMemory;
import org.r1zero.grpo.torch.Torch;
import org.r1zero.rollout.PromptRenderer;
import org.r1zero.rollout.generation.SamplingConfig;
import org.r1zero.rollout.generation.SamplingMemory;
import org.r1zero.verify.Problem;

/**
 * What is known of a run before its weights are read: the same for {@code --dry-run} and for the
 * run itself.
 *
 * @param purpose what the problems are for
 * @param training problems to train on or to sample
 * @param heldOut problems to evaluate on
 * @param evaluated how many of these are
 * @param dropped problems that were left out
 * @param longest prompt, in tokens
 * @param newTokens most new tokens
 * @param context of the model
 * @param parameters of the model
 * @param bytes that the run will take, about
 * @param notes what a user should know of the data
 */
public record Preflight(
    Purpose purpose,
    int training,
    int heldOut,
    int evaluated,
    int dropped,
    int longest,
    int newTokens,
    int context,
    long parameters,
    long bytes,
    List<String> notes) {
  private static final int NAMED = 3;

  /** What Java, libtorch and the tokenizer take beside the model, in bytes. */
  public static final long PROCESS = 600_000_000;

  /** Sections that name files, devices and verifiers, and what these need to be found. */
  private static final List<String> NAMING =
      List.of("seed", "model", "device", "output", "task", "rewards", "scoring", "rollouts");

  /** What a recipe's parts are wanted for. */
  public enum Purpose {
    /** Problems to train on, and all that a run opens. */
    TRAINING,
    /** Problems to train on are sampled, nothing is trained or evaluated. */
    SAMPLING,
    /** Held-out problems alone. */
    EVALUATION;

    /** Whether problems to train on are wanted. */
    boolean trains() {
      return this != EVALUATION;
    }

    /** Whether held-out problems are wanted. */
    boolean evaluates(Recipe recipe) {
      return this != SAMPLING && recipe.evaluation().problems() > 0;
    }
  }

  /**
   * Checks all that a run checks before it reads weights: data, prompts, verifiers, model's files,
   * device, output, port.
   *
   * @throws org.r1zero.experiment.config.ConfigException with every fault of recipe, verifiers,
   *     data and model
   * @throws org.r1zero.grpo.model.weights.ModelFileException if only the model's files are at fault
   */
  public static Preflight of(Recipe recipe, Purpose purpose) throws IOException {
    return Assembly.verify(recipe, purpose, data -> data, renderer -> renderer);
  }

  /**
   * A recipe; where it has faults, those of the data, verifiers, model, device and output that its
   * sound sections name are said with them.
   *
   * @throws ConfigException with every fault, if there is any
   */
  public static Recipe load(List<Path> files, List<String> settings) throws IOException {
    try {
      return RecipeLoader.load(files, settings);
    } catch (ConfigException e) {
      ObjectNode sound = RecipeLoader.sound(files, settings, NAMING);
      Set<String> sections = new HashSet<>();
      sound.fieldNames().forEachRemaining(sections::add);
      Recipe rest = RecipeLoader.bind(Recipe.class, files.toString(), sound, List.of());
      throw e.with(Assembly.faults(rest, sections));
    }
  }

  /**
   * The same of a model that is only sampled.
   *
   * @param choose which of the problems are
   * @param put how they are put, given how the recipe puts them
   * @throws org.r1zero.experiment.config.ConfigException with every fault
   */
  public static Preflight ofSampling(
      Recipe recipe, UnaryOperator<Dataset> choose, UnaryOperator<PromptRenderer> put)
      throws IOException {
    return Assembly.verify(recipe, Purpose.SAMPLING, choose, put);
  }

  static Preflight of(Recipe recipe, Purpose purpose, Fit fit, DecoderConfig config) {
    int heldOut = fit.dataset().heldOut().size();
    return new Preflight(
        purpose,
        fit.dataset().train().size(),
        heldOut,
        Math.min(recipe.evaluation().problems(), heldOut),
        fit.dropped(),
        fit.longest(),
        Fit.newTokens(recipe, purpose),
        fit.context(),
        new ModelMemory(config, recipe.dtype()).parameters(),
        bytes(
            recipe, purpose, fit, new ModelMemory(config, recipe.dtype()), isGpu(recipe.device())),
        fit.dataset().notes());
  }

  /**
   * What a run takes, about.
   *
   * @param gpu whether on a GPU: with {@code optimizer.offload} moments then lie elsewhere
   */
  static long bytes(Recipe recipe, Purpose purpose, Fit fit, ModelMemory memory, boolean gpu) {
    long sequences = (long) recipe.grpo().problemsPerStep() * recipe.grpo().numGenerations();
    SamplingConfig sampled = sampling(recipe, gpu);
    long rows =
        purpose == Purpose.TRAINING ? Math.min(sampled.maxBatch(), sequences) : sampled.maxBatch();
    long positions = rows * (fit.longest() + Fit.newTokens(recipe, purpose));
    long cache = Math.min(positions * memory.cachePerToken(), (long) sampled.kvCacheMb() << 20);
    long sampling = PROCESS + cache;
    if (purpose != Purpose.TRAINING) {
      return sampling + memory.weights();
    }
    long adapters = recipe.lora().enabled() ? recipe.lora().parameters(memory.config()) : 0;
    long held =
        memory.training(
            adapters,
            recipe.grpo().usesReference() && adapters == 0,
            recipe.grpo().reference().syncRefModel());
    long elsewhere = gpu && recipe.grpo().optimizer().offload() ? memory.offloaded(adapters) : 0;
    long activations =
        recipe.grpo().microBatchTokens() * memory.perToken(recipe.grpo().gradientCheckpointing());
    return sampling + held - elsewhere + activations;
  }

  /** Whether one sequence has room among the keys and values; a fault where it has not. */
  static void checkCache(Recipe recipe, Fit fit, DecoderConfig config, List<String> faults) {
    long tokens = (long) fit.longest() + recipe.sampling().maxNewTokens();
    long perToken = new ModelMemory(config, recipe.dtype()).cachePerToken();
    long megabytes = ((tokens * perToken) >> 20) + 1;
    int most = sampling(recipe, isGpu(recipe.device())).kvCacheMb();
    if (megabytes > most) {
      faults.add(
          "sampling.kv_cache_mb must be >= "
              + megabytes
              + " for one sequence of "
              + tokens
              + " tokens, was "
              + most);
    }
  }

  /** Options of sampling; of a GPU, whose free memory is asked for later, nothing is held back. */
  private static SamplingConfig sampling(Recipe recipe, boolean gpu) {
    return gpu
        ? SamplingMemory.onGpu(recipe.sampling(), Long.MAX_VALUE)
        : SamplingMemory.onCpu(recipe.sampling());
  }

  private static boolean isGpu(String device) {
    try {
      return Torch.device(device).isGpu();
    } catch (IllegalArgumentException e) {
      return false; // the recipe's device is a fault that is named elsewhere
    }
  }

  /**
   * Checks every problem. As many as the data set can spare are left out and noted; if there are
   * more, the first few are named as faults.
   *
   * @param check throws an {@link IllegalArgumentException} about a problem that lacks something
   * @return the data set without problems that can't be judged
   */
  static Dataset judgeable(
      Consumer<Problem> check,
      Dataset dataset,
      boolean training,
      boolean evaluating,
      List<String> faults) {
    Map<String, String> train = training ? unjudged(check, dataset.train()) : Map.of();
    Map<String, String> heldOut = evaluating ? unjudged(check, dataset.heldOut()) : Map.of();
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
            String.format(
                "%s problems can't be judged by these verifiers and are left out:\n  %s%s",
                count,
                all.values().stream().limit(NAMED).collect(Collectors.joining("\n  ")),
                count > NAMED ? "\n  …" : ""));
  }

  /** What is wrong with each problem that can't be judged, by its id. */
  private static Map<String, String> unjudged(Consumer<Problem> check, List<Problem> problems) {
    Map<String, String> unjudged = new LinkedHashMap<>();
    for (Problem problem : problems) {
      try {
        check.accept(problem);
      } catch (IllegalArgumentException e) {
        unjudged.put(problem.id(), String.valueOf(e.getMessage()));
      }
    }
    return unjudged;
  }

  private static void name(
      Map<String, String> unjudged, int problems, String which, List<String> faults) {
    unjudged.values().stream()
        .distinct()
        .filter(fault -> !faults.contains(fault))
        .limit(NAMED)
        .toList()
        .forEach(faults::add);
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
    String fault = FileFaults.unwritable(Path.of(output));
    return fault == null
        ? null
        : "output " + output + ": can't be used: " + fault + " (--set output=DIR)";
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

  private String problems() {
    return switch (purpose) {
      case TRAINING ->
          String.format(
              Locale.ROOT,
              "%,d problems to train on, %,d held out (%,d evaluated)",
              training,
              heldOut,
              evaluated);
      case SAMPLING -> String.format(Locale.ROOT, "%,d problems to sample", training);
      case EVALUATION ->
          String.format(Locale.ROOT, "%,d of %,d held-out problems", evaluated, heldOut);
    };
  }

  /** Counts, lengths and memory, a line each, and what is to be said of the data. */
  @Override
  public String toString() {
    return said(0);
  }

  /**
   * The same where more memory is needed.
   *
   * @param more bytes
   */
  public String said(long more) {
    List<String> lines = new ArrayList<>();
    lines.add(
        problems()
            + (dropped == 0
                ? ""
                : String.format(Locale.ROOT, "; %,d left out as too long", dropped)));
    lines.add(
        String.format(
            Locale.ROOT,
            "prompts of up to %,d tokens and %,d new ones, context %,d",
            longest,
            newTokens,
            context));
    lines.add(
        memory(
            parameters,
            bytes + more,
            purpose == Purpose.TRAINING ? "grpo.micro_batch_tokens" : "sampling.max_batch"));
    lines.addAll(notes);
    return String.join("\n    ", lines);
  }

  /**
   * What is needed beside what there is, in words.
   *
   * @param lower what to lower where there is less
   */
  public static String memory(long parameters, long bytes, String lower) {
    long free = FreeMemory.bytes();
    return String.format(
        Locale.ROOT,
        "%,.1f million parameters, about %.1f GB of memory%s",
        parameters / 1e6,
        bytes / 1e9,
        free <= 0
            ? ""
            : String.format(
                Locale.ROOT,
                " of %.1f GB free%s",
                free / 1e9,
                bytes > free ? " — MORE THAN THERE IS; lower " + lower : ""));
  }
}
