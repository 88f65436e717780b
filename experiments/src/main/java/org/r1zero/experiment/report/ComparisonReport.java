package org.r1zero.experiment.report;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.r1zero.experiment.compare.ArmResult;
import org.r1zero.experiment.compare.CompareConfig;
import org.r1zero.experiment.compare.Compared;
import org.r1zero.experiment.compare.Comparing;
import org.r1zero.experiment.config.RecipeLoader;
import org.r1zero.experiment.metrics.JsonFiles;

/** Writes {@code comparison.json}, {@code report.html} and {@code report.md} of a comparison. */
public final class ComparisonReport {
  private static final int SIDE_BY_SIDE = 6;

  private ComparisonReport() {}

  /**
   * Writes all three.
   *
   * @return what {@code comparison.json} holds
   */
  public static Compared write(CompareConfig config, List<ArmResult> arms, Path folder)
      throws IOException {
    Path page = folder.resolve("report.html");
    Compared numbers =
        new Comparing(config.price(), config.evaluationSeed(), arms)
            .compare(config.name(), config.seedNumbers(), page.toString());
    Files.createDirectories(folder);
    JsonFiles.write(folder.resolve(Compared.FILE), numbers);
    ObjectNode curves = JsonFiles.tree(numbers);
    RunCurves reader = new RunCurves(recipe(arms));
    for (int i = 0; i < arms.size(); i++) {
      ObjectNode arm = (ObjectNode) curves.path("arms").path(i);
      List<List<CurveStep>> seeds = new ArrayList<>();
      for (ArmResult.SeedResult seed : arms.get(i).seeds()) {
        List<Path> runs = seed.run().runs().stream().map(Path::of).toList();
        RunCurves.Curves read = reader.read(runs);
        seeds.add(read.steps());
        arm.withArray("/supervised").add(read.supervised());
        arm.withArray("/held_out").add(read.heldOut());
      }
      arm.set("bands", CurveBands.of(seeds));
    }
    HtmlPage.save(page, html(numbers, curves, arms));
    HtmlPage.save(folder.resolve("report.md"), ComparisonMarkdown.write(numbers));
    return numbers;
  }

  /** The recipe of the first arm that has one: what is measured is the same in all. */
  private static ObjectNode recipe(List<ArmResult> arms) {
    return arms.stream()
        .filter(arm -> !arm.isBase())
        .findFirst()
        .map(arm -> RecipeLoader.parse(arm.recipeYaml()))
        .orElseGet(JsonNodeFactory.instance::objectNode);
  }

  private static String html(Compared data, ObjectNode curves, List<ArmResult> arms)
      throws IOException {
    HtmlPage page = new HtmlPage("Comparison: " + data.name(), setting(data));
    ComparisonFindings.write(page, data);
    ComparisonResults.write(page, data);
    page.heading("learning", "Learning curves");
    page.text(
        "Over the steps of reinforcement learning, those of several stages one after another; a"
            + " teacher's stages are its own arm's. "
            + RunCurves.BANDS);
    RunCurves.charts(page, "arms", curves);
    page.heading("scaling", "Test-time scaling");
    page.text(
        "Against tokens: the same samples, cut off; right counts only what came to its end."
            + " Against k: pass@k is the chance that one of k samples is right, cons@k the accuracy of"
            + " the majority vote; ties are broken by lot. Bands are 95 % intervals over problems"
            + " and seeds.");
    page.grid(
        page.chart(
            "chart-budget",
            "Tokens allowed",
            "Accuracy where only answers within so many tokens count."),
        page.chart("chart-pass", "pass@k", "Unbiased estimate."),
        page.chart("chart-cons", "cons@k", "Majority vote of k samples."));
    ComparisonCost.write(page, data);
    SideBySide.write(page, List.of(arms), SIDE_BY_SIDE, RunCurves.languageOf(recipe(arms)));
    RecipeDifferences.write(
        page,
        arms.stream()
            .filter(arm -> !arm.isBase())
            .map(arm -> new RecipeDifferences.Named(arm.name(), arm.recipe(), arm.recipeYaml()))
            .toList());
    return page.write(
        curves,
        "report.js",
        "Written by r1zero; comparison.json beside this page has every number,"
            + " arms/*/evaluation.jsonl the raw verdicts. docs/evaluation.md defines the metrics.");
  }

  /** What was measured on what. */
  static String setting(Compared data) {
    return String.format(
        Locale.ROOT,
        "%d problems, the same for all arms (seed %d); one greedy and %d sampled answers to each;"
            + " seeds of training %s. Intervals are 95 %%, over problems and seeds.%s",
        data.problems(),
        data.evaluationSeed(),
        data.samples(),
        data.seeds(),
        data.seeds().size() > 1
            ? ""
            : " With one training of each arm they say nothing of the noise between trainings: which way"
                + " of training is better is not known.");
  }

  /** An arm's name, with the model that it starts from where that has to be said. */
  static String name(Compared data, Compared.Arm arm) {
    String origin = origin(data, arm);
    return arm.name() + (origin.isEmpty() ? "" : ", " + origin);
  }

  /** The model that an arm starts from; empty where all start from one, and of a base. */
  static String origin(Compared data, Compared.Arm arm) {
    long models = data.arms().stream().map(Compared.Arm::model).distinct().count();
    return models == 1 || arm.isBase() ? "" : "from " + arm.model();
  }
}
