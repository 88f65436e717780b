package org.r1zero.experiment.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.r1zero.experiment.compare.ArmRun;
import org.r1zero.experiment.compare.Compared;
import org.r1zero.experiment.pipeline.StageCost;

/** What arms cost, in all and stage by stage. */
final class ComparisonCost {
  private ComparisonCost() {}

  static void write(HtmlPage page, Compared data) {
    page.heading("cost", "Cost");
    page.text(
        String.format(
            Locale.ROOT,
            "Every stage counts, and every try of it, those that failed or were killed too; a stage that"
                + " arms share counts for each, though it was made once. FLOPs: 6 per parameter and trained token, 2 per"
                + " parameter and sampled token, attention left out. Energy: wall time at %.0f W, an"
                + " estimate, nothing was measured. Price: %.2f %s an hour. Wall time, and with it"
                + " energy and price, depends on what else the machine did; FLOPs do not.",
            data.price().watts(),
            data.price().perHour(),
            data.price().currency()));
    List<List<Object>> rows = new ArrayList<>();
    List<List<Object>> stages = new ArrayList<>();
    for (Compared.Arm arm : data.arms()) {
      Compared.Cost cost = arm.cost();
      if (cost == null) {
        continue;
      }
      String name = arm.name();
      StageCost mean = cost.perSeed().cost();
      rows.add(
          List.of(
              name,
              Html.format("%.0f s", mean.seconds()),
              Html.format("%,d", mean.sampledTokens()),
              Html.format("%,d", mean.trainedTokens()),
              Html.format("%.2e", mean.flops()),
              Html.format("%.1f Wh", 1000 * cost.perSeed().kwh()),
              Html.format("%.4f", cost.perSeed().price()),
              Html.format("%.0f s", cost.failedSeconds())));
      for (Compared.SeedStage of : cost.stages()) {
        ArmRun.Stage stage = of.stage();
        stages.add(
            List.of(
                name + ", seed " + of.seed(),
                stage.name(),
                stage.kind(),
                stage.status().word(),
                stage.tries(),
                Html.format("%.0f s", stage.cost().seconds()),
                Html.format("%.0f s", stage.brokenSeconds()),
                Html.format("%,d", stage.cost().sampledTokens()),
                Html.format("%,d", stage.cost().trainedTokens()),
                Html.format("%.2e", stage.cost().flops())));
      }
    }
    page.add(
        HtmlPage.table(
            "One training, mean over seeds",
            List.of(
                "arm",
                "wall time",
                "sampled tokens",
                "trained tokens",
                "FLOPs",
                "energy",
                "price (" + data.price().currency() + ")",
                "in failed attempts, all seeds"),
            rows));
    page.add(
        Html.of(
                "div.grid",
                page.chart(
                    "chart-cost",
                    "Accuracy for its FLOPs",
                    "One point per arm: mean accuracy with its 95 % interval, mean FLOPs of one"
                        + " training."))
            .with("style", "margin-top:1.1rem"));
    page.add(
        HtmlPage.details(
            "All stages",
            HtmlPage.table(
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
                stages)));
  }
}
