package org.r1zero.experiment.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.r1zero.experiment.compare.ArmResult;
import org.r1zero.experiment.compare.CompareConfig;
import org.r1zero.experiment.compare.Compared;
import org.r1zero.experiment.compare.Comparison;
import org.r1zero.experiment.config.ConfigException;
import org.r1zero.experiment.config.RecipeLoader;
import org.r1zero.experiment.metrics.JsonFiles;
import org.r1zero.experiment.pipeline.StageCost;
import org.r1zero.experiment.report.ComparisonReport;
import org.r1zero.verify.ProgramHome;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Compares ways of training. */
@Command(
    name = "compare",
    description = {
      "Trains each recipe with several seeds and measures the models on the same problems: accuracy,"
          + " readability, cost; paired differences with intervals; a report to read.",
      "Takes training or pipeline recipes, or one file that names arms (recipes/compare.yaml). What"
          + " was trained or measured before is taken as it is: a comparison that was killed goes"
          + " on. docs/comparing.md has the details.",
      "Exit code: 0 done, 1 an arm failed (the others are reported), 2 wrong use."
    },
    mixinStandardHelpOptions = true)
final class CompareCommand implements Callable<Integer> {
  @Parameters(
      arity = "1..*",
      paramLabel = "RECIPE.yaml",
      description = "Recipes, or one list of arms.")
  private List<Path> recipes = List.of();

  @Option(names = "--seeds", paramLabel = "N", description = "How many trainings of each arm.")
  private @Nullable Integer count;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "The first seed; the others follow it (default: 1, or as the file says).")
  private @Nullable Long first;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where everything goes; made if missing.")
  private @Nullable Path folder;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Changes a key of the comparison, such as shared.grpo.steps=20.")
  private List<String> settings = new ArrayList<>();

  @Mixin private DryRun dry = new DryRun();

  @Mixin private CommonOptions common = new CommonOptions();

  @Override
  public Integer call() throws Exception {
    if (count != null && count < 1) {
      throw new ConfigException("--seeds", List.of("must be >= 1, was " + count));
    }
    ObjectNode tree = tree();
    seeds(tree);
    String source = recipes.get(0).toString();
    CompareConfig config = RecipeLoader.bind(CompareConfig.class, source, tree, settings);
    Path parent = ProgramHome.find(recipes.get(0)).toAbsolutePath().getParent();
    Path base = isList() && parent != null ? parent : Path.of("");
    Path out = folder == null ? Path.of(config.output(), "compare-" + config.name()) : folder;
    Places.requireFolder(folder == null ? "output" : "--out", out);
    Comparison comparison = new Comparison(config, base, out, System.err);
    if (dry.wanted) {
      return DryRun.say(config, comparison.verify());
    }
    List<ArmResult> arms = comparison.run();
    if (arms.stream().noneMatch(ArmResult::isMeasured)) {
      throw new IllegalStateException("all arms failed: " + arms.get(0).failed().get(0).fault());
    }
    Compared numbers = ComparisonReport.write(config, arms, out);
    print(numbers);
    if (common.json) {
      ObjectNode printed = JsonFiles.tree(numbers);
      printed.path("arms").forEach(arm -> ((ObjectNode) arm).remove("yaml"));
      System.out.println(printed);
    }
    return arms.stream().allMatch(arm -> arm.failed().isEmpty()) ? 0 : 1;
  }

  private boolean isList() {
    return recipes.size() == 1 && RecipeLoader.tree(recipes).has("arms");
  }

  private ObjectNode tree() {
    ObjectNode tree = RecipeLoader.tree(isList() ? recipes : List.of());
    if (!isList()) {
      for (Path recipe : recipes) {
        ObjectNode arm = tree.withArray("/arms").addObject();
        String name = RecipeLoader.tree(List.of(recipe)).path("name").asText("");
        arm.put("name", name.isEmpty() ? recipe.getFileName().toString() : name);
        arm.put("recipe", recipe.toString());
      }
    }
    return tree;
  }

  private void seeds(ObjectNode tree) {
    if (count == null && first == null) {
      return;
    }
    int listed = tree.has("seeds") ? tree.path("seeds").size() : 1;
    long start = first != null ? first : tree.at("/seeds/0").asLong(1);
    ArrayNode seeds = tree.putArray("seeds");
    for (int i = 0; i < (count != null ? count : listed); i++) {
      seeds.add(start + i);
    }
  }

  private static void print(Compared numbers) {
    System.err.printf(
        "%n%-24s %-22s %-22s %9s %8s%n", "arm", "accuracy", "readable", "FLOPs", "seconds");
    for (Compared.Arm arm : numbers.arms()) {
      Compared.Cost cost = arm.cost();
      StageCost mean = cost == null ? StageCost.NONE : cost.perSeed().cost();
      System.err.printf(
          Locale.ROOT,
          "%-24s %-22s %-22s %9.1e %8.0f%n",
          arm.name(),
          said(arm.values().get("pass1")),
          said(arm.values().get("readable")),
          mean.flops(),
          mean.seconds());
    }
    System.err.printf("%n%s%n%n", numbers.headline());
    numbers.findings().forEach(difference -> System.err.println(difference.text()));
    System.err.printf("%nreport %s%n", numbers.report());
  }

  private static String said(Compared.@Nullable Value value) {
    return value == null ? "failed" : value.interval().toString();
  }
}
