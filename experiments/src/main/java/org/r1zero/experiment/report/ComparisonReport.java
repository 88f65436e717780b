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
    RunCurves curves = new RunCurves();
    for (int i = 0; i < arms.size(); i++) {
      ObjectNode arm = (ObjectNode) data.path("arms").path(i);
      List<List<CurveStep>> seeds = new ArrayList<>();
      for (ArmResult.SeedResult seed : arms.get(i).seeds()) {
        List<Path> runs = seed.run().runs().stream().map(Path::of).toList();
        seeds.add(curves.read(runs));
        arm.withArray("/supervised").add(curves.supervised(runs));
      }
      arm.set("bands", CurveBands.of(seeds));
    }
    Files.writeString(folder.resolve("report.html"), html(data, arms));
    Files.writeString(folder.resolve("report.md"), ComparisonMarkdown.write(numbers));
    return numbers;
  }

  private static String html(ObjectNode data, List<ArmResult> arms) throws IOException {
    HtmlPage page = new HtmlPage("Comparison: " + data.path("name").asText(), setting(data));
    findings(page, data);
    results(page, data);
    page.heading("learning", "Learning curves");
    page.text(
        "Means over seeds, over the steps of reinforcement learning; bands from the lowest"
            + " to the highest seed. Supervised stages and stages of a teacher have no steps here.");
    page.raw("<div class=\"grid\">");
    RunCurves.charts(page, "arms");
    page.raw("</div>").heading("scaling", "Test-time scaling");
    page.text(
        "Against tokens: the same samples, cut off; right counts only what came to its end."
            + " Against k: pass@k is the chance that one of k samples is right, cons@k the accuracy of"
            + " the majority vote; ties are broken by lot. Bands from the lowest to the highest seed.");
    page.raw("<div class=\"grid\">");
    page.chart(
        "chart-budget",
        "Tokens allowed",
        "Accuracy where only answers within so many tokens count.");
    page.chart("chart-pass", "pass@k", "Unbiased estimate.");
    page.chart("chart-cons", "cons@k", "Majority vote of k samples.");
    page.raw("</div>");
    cost(page, data);
    SideBySide.write(page, List.of(arms), SIDE_BY_SIDE);
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
            + " seeds of training %s. Intervals are 95 %%, by bootstrap over problems and seeds.",
        data.path("problems").asInt(),
        data.path("evaluation_seed").asLong(),
        data.path("samples").asInt(),
        data.path("seeds"));
  }

  private static void findings(HtmlPage page, JsonNode data) {
    page.heading("findings", "Findings");
    page.raw("<ul class=\"findings\">");
    for (JsonNode difference : data.path("differences")) {
      if (difference.path("finding").asBoolean()) {
        String kind = difference.path("within_noise").asBoolean() ? "within noise" : "differs";
        page.raw(
            "<li><span class=\"tag "
                + (difference.path("within_noise").asBoolean() ? "noise" : "good")
                + "\">"
                + kind
                + "</span> "
                + TraceMarkup.escape(difference.path("text").asText())
                + "</li>");
      }
    }
    page.raw("</ul><div class=\"grid\">");
    page.chart(
        "chart-overview",
        "Accuracy and readability",
        "Readable: in one language, not repetitive, not cut off. Hover for intervals; the table has them too.");
    page.chart("chart-faults", "What is wrong with the answers", "Lower is better.");
    page.raw("</div>");
  }

  /** An arm's name; where the arms do not all start from one model, with that of the arm. */
  static String name(JsonNode data, JsonNode arm) {
    Set<String> models = new HashSet<>();
    data.path("arms").forEach(one -> models.add(one.path("model").asText()));
    String name = arm.path("name").asText();
    return models.size() == 1 || arm.path("base").asBoolean()
        ? name
        : name + ", from " + arm.path("model").asText();
  }

  private static void results(HtmlPage page, JsonNode data) {
    page.heading("results", "Results");
    List<String> head = new ArrayList<>(List.of("arm"));
    data.path("measures").forEach(measure -> head.add(measure.path("label").asText()));
    List<List<String>> rows = new ArrayList<>();
    for (JsonNode arm : data.path("arms")) {
      List<String> row = new ArrayList<>(List.of(TraceMarkup.escape(name(data, arm))));
      for (JsonNode measure : data.path("measures")) {
        row.add(cell(arm.path(measure.path("id").asText()), measure.path("share").asBoolean()));
      }
      rows.add(row);
    }
    page.table("Mean over seeds, with 95 % intervals over problems and seeds", head, rows);
    List<List<String>> pairs = new ArrayList<>();
    for (JsonNode d : data.path("differences")) {
      boolean noise = d.path("within_noise").asBoolean();
      pairs.add(
          List.of(
              TraceMarkup.escape(d.path("first").asText() + " − " + d.path("second").asText()),
              TraceMarkup.escape(d.path("measure").asText()),
              String.format(Locale.ROOT, "%+.3f", d.path("mean").asDouble()),
              pair(d.path("ci_problems")),
              pair(d.path("ci_problems_and_seeds")),
              noise
                  ? "<span class=\"tag noise\">within noise</span>"
                  : "<span class=\"tag good\">differs</span>"));
    }
    page.raw("<details><summary>All differences, pair by pair</summary>");
    page.table(
        "Differences by paired bootstrap; within noise where the wider interval holds zero",
        List.of("arms", "measure", "difference", "over problems", "over problems and seeds", ""),
        pairs);
    page.raw("</details>");
  }

  private static String pair(JsonNode ends) {
    return String.format(
        Locale.ROOT, "[%+.3f, %+.3f]", ends.path(0).asDouble(), ends.path(1).asDouble());
  }

  private static String cell(JsonNode value, boolean share) {
    if (value.isMissingNode()) {
      return "failed";
    }
    return HtmlPage.number(value.path("mean"), share)
        + "<small>"
        + HtmlPage.interval(value.path("ci_problems_and_seeds"), share)
        + "</small>";
  }

  private static void cost(HtmlPage page, JsonNode data) {
    page.heading("cost", "Cost");
    page.text(
        String.format(
            Locale.ROOT,
            "Every stage counts, failed tries too. FLOPs: 6 a parameter and trained token, 2 a"
                + " parameter and sampled token, attention left out. Energy: wall time at %s W, an"
                + " estimate, nothing was measured. Price: %s %s an hour.",
            data.at("/price/watts").asText(),
            data.at("/price/per_hour").asText(),
            data.at("/price/currency").asText()));
    List<List<String>> rows = new ArrayList<>();
    List<List<String>> stages = new ArrayList<>();
    for (JsonNode arm : data.path("arms")) {
      JsonNode cost = arm.at("/cost/per_seed");
      String name = TraceMarkup.escape(arm.path("name").asText());
      rows.add(
          List.of(
              name,
              String.format(Locale.ROOT, "%.0f s", cost.path("seconds").asDouble()),
              String.format(Locale.ROOT, "%,d", cost.path("sampled_tokens").asLong()),
              String.format(Locale.ROOT, "%,d", cost.path("trained_tokens").asLong()),
              String.format(Locale.ROOT, "%.2e", cost.path("flops").asDouble()),
              String.format(Locale.ROOT, "%.1f Wh", 1000 * cost.path("kwh").asDouble()),
              String.format(Locale.ROOT, "%.4f", cost.path("price").asDouble()),
              String.format(Locale.ROOT, "%.0f s", arm.at("/cost/failed_seconds").asDouble())));
      for (JsonNode stage : arm.at("/cost/stages")) {
        stages.add(
            List.of(
                name + ", seed " + TraceMarkup.escape(stage.path("seed").asText()),
                TraceMarkup.escape(stage.path("name").asText()),
                TraceMarkup.escape(stage.path("kind").asText()),
                TraceMarkup.escape(stage.path("status").asText()),
                String.format(Locale.ROOT, "%.0f s", stage.path("seconds").asDouble()),
                String.format(Locale.ROOT, "%,d", stage.path("sampled_tokens").asLong()),
                String.format(Locale.ROOT, "%,d", stage.path("trained_tokens").asLong()),
                String.format(Locale.ROOT, "%.2e", stage.path("flops").asDouble())));
      }
    }
    page.table(
        "One training, mean over seeds",
        List.of(
            "arm",
            "wall time",
            "sampled tokens",
            "trained tokens",
            "FLOPs",
            "energy",
            "price (" + data.at("/price/currency").asText() + ")",
            "of it failed, all seeds"),
        rows);
    page.raw("<div class=\"grid\" style=\"margin-top:1.1rem\">");
    page.chart(
        "chart-cost",
        "Accuracy for its price",
        "One point an arm: mean accuracy, mean price of one training.");
    page.raw("</div><details><summary>All stages</summary>");
    page.table(
        "Stages of all seeds",
        List.of(
            "arm",
            "stage",
            "kind",
            "status",
            "wall time",
            "sampled tokens",
            "trained tokens",
            "FLOPs"),
        stages);
    page.raw("</details>");
  }
}
