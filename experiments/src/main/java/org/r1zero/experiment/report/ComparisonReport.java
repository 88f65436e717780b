package org.r1zero.experiment.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.r1zero.experiment.compare.ArmResult;
import org.r1zero.experiment.compare.CompareConfig;
import org.r1zero.experiment.compare.ComparisonJson;
import org.r1zero.experiment.config.RecipeLoader;

/** Writes {@code comparison.json}, {@code report.html} and {@code report.md} of a comparison. */
public final class ComparisonReport {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int SIDE_BY_SIDE = 6;

  private ComparisonReport() {}

  /**
   * Writes all three.
   *
   * @return what {@code comparison.json} holds, with the field {@code report}
   */
  public static ObjectNode write(CompareConfig config, List<ArmResult> arms, Path folder)
      throws IOException {
    ObjectNode numbers = new ComparisonJson(config, arms).write();
    numbers.put("report", folder.resolve("report.html").toString());
    Files.createDirectories(folder);
    JSON.writerWithDefaultPrettyPrinter()
        .writeValue(folder.resolve("comparison.json").toFile(), numbers);
    ObjectNode data = numbers.deepCopy();
    RunCurves curves = new RunCurves(recipe(arms));
    for (int i = 0; i < arms.size(); i++) {
      ObjectNode arm = (ObjectNode) data.path("arms").path(i);
      List<List<CurveStep>> seeds = new ArrayList<>();
      for (ArmResult.SeedResult seed : arms.get(i).seeds()) {
        List<Path> runs = seed.run().runs().stream().map(Path::of).toList();
        RunCurves.Curves read = curves.read(runs);
        seeds.add(read.steps());
        arm.withArray("/supervised").add(read.supervised());
        arm.withArray("/held_out").add(read.heldOut());
      }
      arm.set("bands", CurveBands.of(seeds));
    }
    HtmlPage.save(folder.resolve("report.html"), html(data, arms));
    HtmlPage.save(folder.resolve("report.md"), ComparisonMarkdown.write(numbers));
    return numbers;
  }

  /** The recipe of the first arm that has one: what is measured is the same in all. */
  private static ObjectNode recipe(List<ArmResult> arms) {
    return arms.stream()
        .filter(arm -> !arm.isBase())
        .findFirst()
        .map(arm -> RecipeLoader.parse(arm.recipeYaml()))
        .orElseGet(JSON::createObjectNode);
  }

  private static String html(ObjectNode data, List<ArmResult> arms) throws IOException {
    HtmlPage page = new HtmlPage("Comparison: " + data.path("name").asText(), setting(data));
    ComparisonFindings.write(page, data);
    ComparisonResults.write(page, data);
    page.heading("learning", "Learning curves");
    page.text(
        "Over the steps of reinforcement learning, those of several stages one after another; a"
            + " teacher's stages are its own arm's. "
            + RunCurves.BANDS);
    page.raw("<div class=\"grid\">");
    RunCurves.charts(page, "arms", data);
    page.raw("</div>").heading("scaling", "Test-time scaling");
    page.text(
        "Against tokens: the same samples, cut off; right counts only what came to its end."
            + " Against k: pass@k is the chance that one of k samples is right, cons@k the accuracy of"
            + " the majority vote; ties are broken by lot. Bands are 95 % intervals over problems"
            + " and seeds.");
    page.raw("<div class=\"grid\">");
    page.chart(
        "chart-budget",
        "Tokens allowed",
        "Accuracy where only answers within so many tokens count.");
    page.chart("chart-pass", "pass@k", "Unbiased estimate.");
    page.chart("chart-cons", "cons@k", "Majority vote of k samples.");
    page.raw("</div>");
    ComparisonCost.write(page, data);
    SideBySide.write(page, List.of(arms), SIDE_BY_SIDE, RunCurves.languageOf(recipe(arms)));
    RecipeDifferences.write(
        page,
        arms.stream()
            .filter(arm -> !arm.isBase())
            .map(arm -> new RecipeDifferences.Named(arm.name(), arm.recipe(), arm.recipeYaml()))
            .toList());
    return page.write(
        data,
        "report.js",
        "Written by r1zero; comparison.json beside this page has every number,"
            + " arms/*/evaluation.jsonl the raw verdicts. docs/evaluation.md defines the metrics.");
  }

  /** What was measured on what. */
  static String setting(JsonNode data) {
    return String.format(
        Locale.ROOT,
        "%d problems, the same for all arms (seed %d); one greedy and %d sampled answers to each;"
            + " seeds of training %s. Intervals are 95 %%, over problems and seeds.%s",
        data.path("problems").asInt(),
        data.path("evaluation_seed").asLong(),
        data.path("samples").asInt(),
        data.path("seeds"),
        data.path("seeds").size() > 1
            ? ""
            : " With one training of each arm they say nothing of the noise between trainings: which way"
                + " of training is better is not known.");
  }

  /** An arm's name, with the model that it starts from where that has to be said. */
  static String name(JsonNode data, JsonNode arm) {
    String origin = origin(data, arm);
    return arm.path("name").asText() + (origin.isEmpty() ? "" : ", " + origin);
  }

  /** The model that an arm starts from; empty where all start from one, and of a base. */
  static String origin(JsonNode data, JsonNode arm) {
    Set<String> models = new HashSet<>();
    data.path("arms").forEach(one -> models.add(one.path("model").asText()));
    return models.size() == 1 || arm.path("base").asBoolean()
        ? ""
        : "from " + arm.path("model").asText();
  }
}
