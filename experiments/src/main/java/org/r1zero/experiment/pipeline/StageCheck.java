package org.r1zero.experiment.pipeline;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.r1zero.coldstart.curate.Example;
import org.r1zero.coldstart.curate.ExampleFiles;
import org.r1zero.coldstart.dataset.Dataset;
import org.r1zero.coldstart.records.BadRecord;
import org.r1zero.experiment.config.ConfigException;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.experiment.config.RecipeLoader;
import org.r1zero.experiment.run.MemoryEstimate;
import org.r1zero.experiment.run.ModelFolder;
import org.r1zero.experiment.run.ModelSession;
import org.r1zero.experiment.run.Preflight;
import org.r1zero.grpo.torch.Torch;
import org.r1zero.verify.ProgramHome;
import org.r1zero.verify.Verifiers;
import org.r1zero.verify.reward.WeightedReward;

/**
 * The check of one stage before any is run, given which of those before it make what.
 *
 * @param recipe of the pipeline
 * @param stage to check
 * @param withModel earlier stages that make a model
 * @param withData earlier stages that make examples
 * @param unpacked where embedded models are unpacked
 */
record StageCheck(
    PipelineRecipe recipe,
    StageConfig stage,
    Set<String> withModel,
    Set<String> withData,
    Path unpacked) {

  private static final PrintStream NOWHERE =
      new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);

  /** Finds what the stage will work on: counts, lengths, memory, in words. */
  String run() throws IOException {
    ObjectNode options = stage.optionsOrEmpty();
    String start = stage.model() == null ? recipe.model() : stage.model();
    String model = usable("model", start);
    return switch (stage.kind()) {
      case RL ->
          Preflight.of(
                  recipe.toRecipe(source(), stage.name(), model, options),
                  Preflight.Purpose.TRAINING)
              .toString();
      case CURATE, REJECTION_SAMPLING -> curate(bind(CurateOptions.class, options), model);
      case SFT -> sft(bind(SftOptions.class, options), model);
      case DISTILL -> {
        DistillOptions distill = bind(DistillOptions.class, options);
        yield curate(distill.curate(), usable("teacher", distill.teacher()))
            + "\n    then trains on what is kept: "
            + training(distill.sft(), model);
      }
      case ON_POLICY_DISTILL -> onPolicy(bind(OnPolicyOptions.class, options), model);
    };
  }

  private String source() {
    return "stage " + stage.name();
  }

  private <R extends Record> R bind(Class<R> type, ObjectNode options) {
    return RecipeLoader.bind(type, source(), options, List.of());
  }

  /** A model that is there already: that of an earlier stage will have the base's form. */
  private String usable(String what, String name) throws IOException {
    if (name.equals(Stages.BASE) || withModel.contains(name)) {
      return recipe.model();
    }
    Path path = name.isEmpty() ? Path.of("") : ModelSession.locate(name, unpacked);
    if (!Files.isRegularFile(path.resolve("config.json"))) {
      throw new ConfigException(
          source(),
          List.of(
              what
                  + " must be base, an earlier stage that makes a model, an embedded model or a"
                  + " model's folder, was '"
                  + name
                  + "'"));
    }
    return name;
  }

  private String curate(CurateOptions options, String model) throws IOException {
    List<String> files = new ArrayList<>(options.files());
    files.addAll(options.evaluationFiles());
    if (options.fewShot() != null) {
      files.add(options.fewShot());
    }
    List<String> missing =
        files.stream()
            .filter(file -> !Files.isRegularFile(ProgramHome.find(Path.of(file))))
            .map(file -> file + ": there is no such file")
            .toList();
    if (!missing.isEmpty()) {
      throw new ConfigException(source(), missing);
    }
    CurateStage curation = new CurateStage(recipe, stage.name(), options, Path.of(model), NOWHERE);
    if (!options.files().isEmpty()) {
      return given(curation, options);
    }
    List<BadRecord> bad = new ArrayList<>();
    List<Example> shots = curation.shots(bad);
    Preflight found =
        Preflight.ofSampling(
            sampling(model, options),
            curation::chosen,
            renderer -> new FewShotPrompt(renderer, shots));
    return String.format(Locale.ROOT, "%s%n    %d samples of each", found, options.samples())
        + said(bad);
  }

  private String given(CurateStage curation, CurateOptions options) throws IOException {
    WeightedReward.of(
        curation.filters(), Verifiers.discover(recipe.scoring().pluginFolders()), recipe.scoring());
    Dataset dataset = recipe.task().load(recipe.seed(), recipe.scoring());
    List<BadRecord> bad = new ArrayList<>();
    int count = curation.given(dataset, bad).size();
    return String.format(
            Locale.ROOT,
            "%,d given traces in %s",
            count,
            options.files().size() == 1
                ? options.files().get(0)
                : options.files().size() + " files")
        + said(bad);
  }

  /** The sections for a model that is only sampled: what training would demand of them is met. */
  private Recipe sampling(String model, CurateOptions options) {
    ObjectNode changes = JsonNodeFactory.instance.objectNode();
    changes.withObject("/grpo/off_policy").put("importance_sampling_correction", true);
    changes.withObject("/sampling").put("temperature", options.temperature());
    var rewards = changes.putArray("rewards");
    rewards.add(RecipeLoader.toTree(recipe.rewards().get(0)));
    options.verifiers().forEach(filter -> rewards.add(RecipeLoader.toTree(filter)));
    return recipe.toRecipe(source(), stage.name(), model, changes);
  }

  private String sft(SftOptions options, String model) throws IOException {
    String name = options.data();
    boolean later = name == null ? !withData.isEmpty() : withData.contains(name);
    if (!later && (name == null || !Files.isRegularFile(ProgramHome.find(Path.of(name))))) {
      throw new ConfigException(source(), List.of(Stages.noData(name)));
    }
    if (later || name == null) {
      return "trains on what "
          + (name == null ? "an earlier stage" : "stage " + name)
          + " makes; "
          + training(options, model);
    }
    Torch.device(recipe.device());
    ExampleFiles.Contents contents =
        SftTexts.read(ProgramHome.find(Path.of(name)), options, recipe.prompt());
    try (ModelFolder folder = ModelFolder.open(model)) {
      Path path = folder.directory().path();
      SftTexts texts =
          new SftTexts(recipe.prompt(), folder.renderer(recipe.prompt()), path, folder.tokenizer());
      int context = folder.directory().config().maxPositionEmbeddings();
      SftTexts.Encoded encoded = texts.encode(contents.examples(), context);
      if (encoded.examples().isEmpty()) {
        throw new ConfigException(
            source(),
            List.of(
                String.format(
                    Locale.ROOT,
                    "%s has no example that can be trained on: %d of %d are longer than the context"
                        + " of %d tokens",
                    name,
                    encoded.tooLong(),
                    contents.examples().size(),
                    context)));
      }
      return String.format(
              Locale.ROOT,
              "%,d examples of up to %,d tokens, context %,d%s%n    %s",
              encoded.examples().size(),
              encoded.longest(),
              context,
              encoded.tooLong() == 0
                  ? ""
                  : String.format(Locale.ROOT, "; %,d left out as too long", encoded.tooLong()),
              training(options, model))
          + said(contents.bad());
    }
  }

  private static String said(List<BadRecord> bad) {
    StringBuilder said = new StringBuilder();
    bad.forEach(fault -> said.append("\n    bad record ").append(fault));
    return said.toString();
  }

  private String training(SftOptions options, String model) throws IOException {
    try (ModelFolder folder = ModelFolder.open(model)) {
      MemoryEstimate memory = new MemoryEstimate(folder.directory().config(), recipe.dtype());
      return MemoryEstimate.said(
          memory.parameters(),
          MemoryEstimate.PROCESS
              + memory.weights()
              + memory.optimizer()
              + memory.activations(options.microBatchTokens(), false),
          "micro_batch_tokens");
    }
  }

  private String onPolicy(OnPolicyOptions options, String model) throws IOException {
    String teacher = usable("teacher", options.teacher());
    Preflight found =
        Preflight.ofSampling(
            sampling(model, CurateOptions.defaults()), data -> data, renderer -> renderer);
    try (ModelFolder taught = ModelFolder.open(model);
        ModelFolder teaching = ModelFolder.open(teacher)) {
      MemoryEstimate student = new MemoryEstimate(taught.directory().config(), recipe.dtype());
      MemoryEstimate other = new MemoryEstimate(teaching.directory().config(), recipe.dtype());
      return found
          .withMore(
              student.optimizer()
                  + student.activations(options.microBatchTokens(), false)
                  + other.weights())
          .toString();
    }
  }
}
