package org.r1zero.experiment.pipeline;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.r1zero.experiment.config.ConfigException;
import org.r1zero.experiment.config.RecipeLoader;
import org.r1zero.experiment.run.ModelSession;
import org.r1zero.grpo.model.weights.ModelFileException;
import org.r1zero.verify.ProgramHome;
import org.r1zero.verify.sandbox.ScratchFolder;

/** Makes stages of their configuration, and knows what earlier ones made. */
final class Stages {
  /** What a stage calls the recipe's model. */
  static final String BASE = "base";

  private final PipelineRecipe recipe;
  private final PrintStream out;
  private final Path unpacked;
  private final Map<String, Path> models = new HashMap<>();
  private final Map<String, Path> data = new HashMap<>();
  private @Nullable Path newestData;
  private Path model;

  Stages(PipelineRecipe recipe, PrintStream out) throws IOException {
    this.recipe = recipe;
    this.out = out;
    this.unpacked = Path.of(recipe.output()).toAbsolutePath().resolve("base-models");
    this.model = ModelSession.locate(recipe.model(), unpacked);
  }

  /** The kind's name in recipes. */
  static String kind(StageConfig stage) {
    return stage.kind().name().toLowerCase(Locale.ROOT);
  }

  /** The model that the newest stage made; before any did, the recipe's. */
  Path model() {
    return model;
  }

  /** Notes what a stage made. */
  void made(StageConfig config, StageFolder folder) throws IOException {
    Path madeModel = folder.model();
    Path madeData = folder.data();
    if (madeModel != null) {
      models.put(config.name(), madeModel);
      model = madeModel;
    }
    if (madeData != null) {
      data.put(config.name(), madeData);
      newestData = madeData;
    }
  }

  /** A stage with its inputs, which must have been made. */
  Stage ready(StageConfig config) throws IOException {
    String source = "stage " + config.name();
    ObjectNode options = config.optionsOrEmpty();
    Path start = config.model() == null ? model : locate(config.model());
    return switch (config.kind()) {
      case RL ->
          new RlStage(
              recipe.toRecipe(source, config.name(), start.toString(), options), start, out);
      case CURATE, REJECTION_SAMPLING ->
          new CurateStage(
              recipe, config.name(), bind(CurateOptions.class, source, options), start, out);
      case SFT -> {
        SftOptions sft = bind(SftOptions.class, source, options);
        yield new SftStage(recipe, sft, start, data(source, sft), out);
      }
      case DISTILL -> {
        DistillOptions distill = bind(DistillOptions.class, source, options);
        yield new DistillStage(
            recipe, config.name(), distill, locate(distill.teacher()), start, out);
      }
      case ON_POLICY_DISTILL -> {
        OnPolicyOptions distill = bind(OnPolicyOptions.class, source, options);
        yield new OnPolicyStage(recipe, distill, locate(distill.teacher()), start, out);
      }
    };
  }

  private Path locate(String name) throws IOException {
    if (name.equals(BASE)) {
      return ModelSession.locate(recipe.model(), unpacked);
    }
    Path made = models.get(name);
    return made == null ? ModelSession.locate(name, unpacked) : made;
  }

  private Path data(String source, SftOptions options) {
    String name = options.data();
    Path found =
        name == null ? newestData : data.getOrDefault(name, ProgramHome.find(Path.of(name)));
    if (found == null || !Files.isRegularFile(found)) {
      throw new ConfigException(source, List.of(noData(name)));
    }
    return found.toAbsolutePath();
  }

  static String noData(@Nullable String name) {
    return name == null
        ? "data is missing: no earlier stage makes examples, so name a file"
        : "data must be an earlier stage that makes examples, or a file, was " + name;
  }

  private static <R extends Record> R bind(Class<R> type, String source, ObjectNode options) {
    return RecipeLoader.bind(type, source, options, List.of());
  }

  /**
   * Checks all stages without running any.
   *
   * @return what each stage will work on, in words
   * @throws ConfigException with every fault of every stage
   */
  static List<String> verify(PipelineRecipe recipe) throws IOException {
    List<String> faults = new ArrayList<>();
    List<String> found = new ArrayList<>();
    Set<String> withModel = new HashSet<>();
    Set<String> withData = new HashSet<>();
    try (ScratchFolder unpacked = ScratchFolder.create()) {
      for (StageConfig stage : recipe.stages()) {
        try {
          String said = new StageCheck(recipe, stage, withModel, withData, unpacked.path()).run();
          found.add("stage " + stage.name() + " (" + kind(stage) + "): " + said);
        } catch (IllegalArgumentException | ConfigException | ModelFileException e) {
          faults.add(String.valueOf(e.getMessage()));
        }
        if (stage.kind().makesModel()) {
          withModel.add(stage.name());
        }
        if (stage.kind().makesData()) {
          withData.add(stage.name());
        }
      }
    }
    if (!faults.isEmpty()) {
      throw new ConfigException("pipeline " + recipe.name(), faults.stream().distinct().toList());
    }
    return found;
  }
}
