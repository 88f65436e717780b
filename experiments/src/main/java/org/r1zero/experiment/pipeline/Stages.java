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
import org.r1zero.experiment.run.R1ZeroRun;
import org.r1zero.grpo.files.Folders;
import org.r1zero.verify.ProgramHome;
import org.r1zero.verify.Verifiers;
import org.r1zero.verify.reward.RewardEntry;
import org.r1zero.verify.reward.WeightedReward;

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

  private static String noData(@Nullable String name) {
    return name == null
        ? "data is missing: no earlier stage makes examples, so name a file"
        : "data must be an earlier stage that makes examples, or a file, was " + name;
  }

  private static <R extends Record> R bind(Class<R> type, String source, ObjectNode options) {
    return RecipeLoader.bind(type, source, options, List.of());
  }

  /** Checks all stages without running any: every fault is named at once. */
  static void verify(PipelineRecipe recipe) throws IOException {
    List<String> faults = new ArrayList<>();
    Set<String> withModel = new HashSet<>();
    Set<String> withData = new HashSet<>();
    Path unpacked = Files.createTempDirectory("r1zero-pipeline");
    try {
      for (StageConfig stage : recipe.stages()) {
        try {
          new Check(recipe, stage, withModel, withData, unpacked).run();
        } catch (IllegalArgumentException | ConfigException e) {
          faults.add(String.valueOf(e.getMessage()));
        }
        if (stage.kind().makesModel()) {
          withModel.add(stage.name());
        }
        if (stage.kind().makesData()) {
          withData.add(stage.name());
        }
      }
    } finally {
      Folders.delete(unpacked);
    }
    if (!faults.isEmpty()) {
      throw new ConfigException("pipeline " + recipe.name(), faults);
    }
  }

  /** The check of one stage, given which of those before it make what. */
  private record Check(
      PipelineRecipe recipe,
      StageConfig stage,
      Set<String> withModel,
      Set<String> withData,
      Path unpacked) {

    void run() throws IOException {
      String source = "stage " + stage.name();
      ObjectNode options = stage.optionsOrEmpty();
      String start = stage.model() == null ? recipe.model() : stage.model();
      String model = usable("model", start);
      switch (stage.kind()) {
        case RL -> R1ZeroRun.verify(recipe.toRecipe(source, stage.name(), model, options));
        case CURATE, REJECTION_SAMPLING -> verify(bind(CurateOptions.class, source, options));
        case SFT -> verify(bind(SftOptions.class, source, options));
        case DISTILL -> {
          DistillOptions distill = bind(DistillOptions.class, source, options);
          usable("teacher", distill.teacher());
          verify(distill.curate());
        }
        case ON_POLICY_DISTILL ->
            usable("teacher", bind(OnPolicyOptions.class, source, options).teacher());
      }
    }

    /** A model that is there already: that of an earlier stage will have the base's form. */
    private String usable(String what, String name) throws IOException {
      if (name.equals(BASE) || withModel.contains(name)) {
        return recipe.model();
      }
      Path path = name.isEmpty() ? Path.of("") : ModelSession.locate(name, unpacked);
      if (!Files.isRegularFile(path.resolve("config.json"))) {
        throw new ConfigException(
            "stage " + stage.name(),
            List.of(
                what
                    + " must be base, an earlier stage that makes a model, an embedded model or a"
                    + " model's folder, was '"
                    + name
                    + "'"));
      }
      return name;
    }

    private void verify(CurateOptions options) {
      List<RewardEntry> all = new ArrayList<>(recipe.rewards());
      all.addAll(options.verifiers());
      WeightedReward.of(
          all, Verifiers.discover(recipe.scoring().pluginFolders()), recipe.scoring());
      recipe.task().load(recipe.seed(), recipe.scoring());
      List<String> files = new ArrayList<>(options.files());
      files.addAll(options.evaluationFiles());
      if (options.fewShot() != null) {
        files.add(options.fewShot());
      }
      for (String file : files) {
        if (!Files.isRegularFile(ProgramHome.find(Path.of(file)))) {
          throw new ConfigException(
              "stage " + stage.name(), List.of(file + ": there is no such file"));
        }
      }
    }

    private void verify(SftOptions options) {
      String name = options.data();
      boolean found =
          name == null
              ? !withData.isEmpty()
              : withData.contains(name) || Files.isRegularFile(ProgramHome.find(Path.of(name)));
      if (!found) {
        throw new ConfigException("stage " + stage.name(), List.of(noData(name)));
      }
    }
  }
}
