package org.r1zero.experiment.compare;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Closeable;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.r1zero.experiment.config.ConfigException;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.experiment.config.RecipeLoader;
import org.r1zero.experiment.evaluate.Evaluation;
import org.r1zero.experiment.evaluate.EvaluationFiles;
import org.r1zero.experiment.evaluate.ModelHash;
import org.r1zero.experiment.metrics.Console;
import org.r1zero.experiment.metrics.JsonFiles;
import org.r1zero.experiment.metrics.Progress;
import org.r1zero.experiment.pipeline.Lineage;
import org.r1zero.experiment.pipeline.StageStatus;
import org.r1zero.experiment.run.EvaluationRun;
import org.r1zero.experiment.run.Preflight;
import org.r1zero.grpo.files.Hashes;
import org.r1zero.grpo.model.weights.ModelFileException;

/**
 * Trains arms with seeds, or reads what is trained already, and measures each model on the same
 * problems.
 *
 * <p>In its folder each arm and seed has one: {@code arm.json}, {@code evaluation.jsonl} with the
 * raw verdicts, and the training's own folders. What is there is taken where its recipe, seed and
 * base did not change: so a comparison that was killed goes on.
 */
public final class Comparison {
  /** What a measured model does not depend on any more. */
  private static final Set<String> NO_EVALUATION_KEYS = Set.of("stages", "grpo");

  private final CompareConfig config;
  private final Path folder;
  private final PrintStream out;
  private final List<Arm> arms;
  private final PipelineArms trainer;

  /**
   * Reads the arms' recipes.
   *
   * @param config what to compare
   * @param base the folder that arms' recipes are relative to
   * @param folder for the comparison's files
   * @param out for progress
   * @throws ConfigException if a recipe can't be used, or arms would not be measured alike
   */
  public Comparison(CompareConfig config, Path base, Path folder, PrintStream out) {
    this.config = config;
    this.folder = folder;
    this.out = Console.of(out);
    this.trainer = new PipelineArms(folder.resolve("pipelines"), this.out);
    this.arms = config.arms().stream().map(arm -> read(arm, base)).toList();
    requireAlike();
  }

  private Arm read(CompareConfig.ArmConfig arm, Path base) {
    ObjectNode tree = RecipeLoader.tree(List.of(base.resolve(arm.recipe())));
    RecipeLoader.merge(tree, config.shared().deepCopy(), arm.recipe());
    RecipeLoader.apply(tree, arm.settings(), arm.recipe());
    Recipe recipe = RecipeLoader.bind(Recipe.class, arm.recipe(), tree.deepCopy(), List.of());
    Recipe evaluation =
        recipe.with(
            arm.recipe(),
            measured -> {
              measured.remove(NO_EVALUATION_KEYS);
              measured.put("seed", config.evaluationSeed()).put("output", folder.toString());
            });
    if (evaluation.evaluation().problems() == 0) {
      throw new ConfigException(
          arm.recipe(),
          List.of("evaluation.problems is 0: arms can't be compared; set it under shared"));
    }
    return new Arm(arm.name(), arm.recipe(), tree, Lineage.of(recipe).base(), evaluation);
  }

  private void requireAlike() {
    Recipe first = arms.get(0).evaluation();
    List<String> faults = new ArrayList<>();
    for (Arm arm : arms) {
      Recipe other = arm.evaluation();
      different(faults, arm, "task", first.task(), other.task());
      different(faults, arm, "evaluation", first.evaluation(), other.evaluation());
      different(faults, arm, "rewards[0]", first.rewards().get(0), other.rewards().get(0));
    }
    if (!faults.isEmpty()) {
      throw new ConfigException(config.name(), faults);
    }
  }

  private void different(List<String> faults, Arm arm, String key, Object first, Object other) {
    if (!first.equals(other)) {
      faults.add(
          String.format(
              "%s must be the same in all arms, was %s in %s and %s in %s; set it under shared",
              key, first, arms.get(0).name(), other, arm.name()));
    }
  }

  /**
   * Checks all arms before any is trained.
   *
   * @return what each arm's stages will work on, in words
   * @throws ConfigException with every fault of every arm
   */
  public List<String> verify() throws IOException {
    List<String> found = new ArrayList<>();
    List<String> faults = new ArrayList<>();
    for (Arm arm : arms) {
      try {
        found.add("arm " + arm.name());
        for (String stage : trainer.verify(arm, config.seedNumbers().get(0))) {
          found.add("  " + stage.replace("\n", "\n  "));
        }
        Preflight measured = Preflight.of(arm.evaluation(), Preflight.Purpose.EVALUATION);
        found.add(
            String.format(
                "  measured on %s problems, %s samples of each",
                measured.evaluated(), arm.evaluation().evaluation().samples()));
      } catch (ConfigException | ModelFileException e) {
        faults.add("arm " + arm.name() + ": " + e.getMessage());
      }
    }
    if (!faults.isEmpty()) {
      throw new ConfigException("comparison " + config.name(), faults);
    }
    return found;
  }

  /** Runs to the end; arms that fail are noted and the others go on. */
  @SuppressWarnings("try") // the log is open as long as the comparison runs
  public List<ArmResult> run() throws IOException {
    Files.createDirectories(folder);
    try (Closeable log = Console.of(out).copyTo(folder.resolve("run.log"))) {
      return runArms();
    }
  }

  private List<ArmResult> runArms() throws IOException {
    verify();
    List<ArmResult> results = new ArrayList<>();
    int total = arms.size() * config.seeds().size();
    if (config.base()) {
      results.addAll(bases());
    }
    int done = 0;
    for (Arm arm : arms) {
      List<ArmResult.SeedResult> seeds = new ArrayList<>();
      List<ArmRun> failed = new ArrayList<>();
      for (long seed : config.seedNumbers()) {
        say("arm %s, seed %d (%d of %d)", arm.name(), seed, ++done, total);
        Path place = folder.resolve("arms").resolve(CompareConfig.folder(arm.name()));
        place = place.resolve("seed-" + seed);
        ArmRun run = train(arm, seed, place);
        if (run.isDone()) {
          seeds.add(
              new ArmResult.SeedResult(seed, run, measure(arm, run.model(), run.key(), place)));
        } else {
          failed.add(run);
          say("arm %s, seed %d failed: %s", arm.name(), seed, run.fault());
        }
      }
      results.add(
          new ArmResult(
              arm.name(), arm.file(), yaml(arm.tree()), arm.base(), seeds, List.copyOf(failed)));
    }
    return results;
  }

  /** Every model that an arm's result descends from, named where they are several. */
  private List<ArmResult> bases() throws IOException {
    Map<String, Arm> different = new LinkedHashMap<>();
    arms.forEach(arm -> different.putIfAbsent(arm.base(), arm));
    List<ArmResult> results = new ArrayList<>();
    for (Arm arm : different.values()) {
      results.add(base(arm, different.size() == 1 ? "base" : "base (" + arm.base() + ")"));
    }
    return results;
  }

  private ArmResult base(Arm arm, String name) throws IOException {
    String model = arm.base();
    say("base model %s", model);
    Path place = folder.resolve("arms").resolve(CompareConfig.folder(name));
    ArmRun run = new ArmRun(modelKey(model), "done", "", List.of(), model, List.of());
    return new ArmResult(
        name,
        "",
        "",
        model,
        List.of(new ArmResult.SeedResult(0, run, measure(arm, model, run.key(), place))),
        List.of());
  }

  private ArmRun train(Arm arm, long seed, Path place) throws IOException {
    String key =
        Hashes.sha256(
            yaml(arm.tree()) + seed + modelKey(arm.evaluation().model()) + modelKey(arm.base()));
    Path file = place.resolve("arm.json");
    List<ArmRun.Stage> earlier = new ArrayList<>();
    if (Files.exists(file)) {
      ArmRun before = JsonFiles.read(file, ArmRun.class);
      if (before.key().equals(key) && before.isDone()) {
        return before;
      }
      before.stages().stream().filter(s -> s.status() == StageStatus.FAILED).forEach(earlier::add);
    }
    Files.createDirectories(place);
    ArmRun run = trainer.train(arm, seed, key, earlier);
    JsonFiles.write(file, run);
    return run;
  }

  private Evaluation measure(Arm arm, String model, String key, Path place) throws IOException {
    Recipe recipe = arm.evaluation().with(arm.file(), tree -> tree.put("model", model));
    String hash = Hashes.sha256(key + RecipeLoader.toYaml(recipe));
    Path mark = place.resolve("evaluation.key");
    Path file = place.resolve("evaluation.jsonl");
    if (Files.exists(mark) && Files.readString(mark).equals(hash)) {
      int most = recipe.evaluation().sampling(recipe.sampling()).maxNewTokens();
      Optional<Evaluation> earlier = EvaluationFiles.find(file, most);
      if (earlier.isPresent()) {
        return earlier.get();
      }
    }
    Evaluation evaluation =
        new EvaluationRun(recipe, new Progress(out, 0, recipe.accuracyColumn())).run();
    Files.createDirectories(place);
    Files.deleteIfExists(mark);
    EvaluationFiles.write(file, evaluation);
    Files.writeString(mark, hash);
    return evaluation;
  }

  /** A folder's files decide what a model is; an embedded one is the program's own. */
  private static String modelKey(String model) throws IOException {
    Path path = Path.of(model);
    return model.isEmpty() || !Files.isDirectory(path) ? model : ModelHash.of(path);
  }

  private static String yaml(ObjectNode tree) {
    return RecipeLoader.toYaml(tree);
  }

  private void say(String text, Object... values) {
    out.printf(Locale.ROOT, "compare: " + text + "%n", values);
  }
}
