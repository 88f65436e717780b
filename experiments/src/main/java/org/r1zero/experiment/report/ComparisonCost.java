package org.r1zero.experiment.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What arms cost, in all and stage by stage. */
final class ComparisonCost {
  private ComparisonCost() {}

  static void write(HtmlPage page, JsonNode data) {
    page.heading("cost", "Cost");
    page.text(
        String.format(
            Locale.ROOT,
            "Every stage counts, and every try of it, those that failed or were killed too; a stage that"
                + " arms share counts for each, though it was made once. FLOPs: 6 per parameter and trained token, 2 per"
                + " parameter and sampled token, attention left out. Energy: wall time at %.0f W, an"
                + " estimate, nothing was measured. Price: %.2f %s an hour. Wall time, and with it"
                + " energy and price, depends on what else the machine did; FLOPs do not.",
            data.at("/price/watts").asDouble(),
            data.at("/price/per_hour").asDouble(),
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
                stage.path("tries").asText(),
                String.format(Locale.ROOT, "%.0f s", stage.path("seconds").asDouble()),
                String.format(Locale.ROOT, "%.0f s", stage.path("broken_seconds").asDouble()),
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
            "in failed attempts, all seeds"),
        rows);
    page.raw("<div class=\"grid\" style=\"margin-top:1.1rem\">");
    page.chart(
        "chart-cost",
        "Accuracy for its FLOPs",
        "One point per arm: mean accuracy with its 95 % interval, mean FLOPs of one training.");
    page.raw("</div><details><summary>All stages</summary>");
    page.table(
        "Stages of all seeds",
        List.of(
            "arm",
            "stage",
            "kind",
            "status",
            "tries",
            "wall time",
            "in failed attempts",
            "sampled tokens",
            "trained tokens",
            "FLOPs"),
        stages);
    page.raw("</details>");
  }
}
