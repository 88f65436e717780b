package org.r1zero.experiment.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.r1zero.coldstart.dataset.DataRows;
import org.r1zero.experiment.config.ConfigException;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.experiment.config.RecipeLoader;
import org.r1zero.experiment.metrics.ShownText;
import org.r1zero.experiment.run.DataSummary;
import org.r1zero.verify.records.Records;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what would be read. */
@Command(
    name = "data",
    description = {
      "Shows what a recipe, or a file of questions, would be read as: columns, problems, prompt"
          + " lengths, the first prompts, repeated questions, rows of no use.",
      "A file is read as task: {name: file, options: {path: FILE}}; --set changes that, such as"
          + " --set task.options.question=problem or --set model=DIR."
    },
    mixinStandardHelpOptions = true)
final class DataCommand implements Callable<Integer> {
  private static final ObjectMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();
  private static final int MAX_PROMPT = 1500;

  @Parameters(
      paramLabel = "FILE|RECIPE.yaml",
      description = "A file, a folder of files, or a recipe.")
  private Path place = Path.of("");

  @Option(
      names = "--prompts",
      paramLabel = "N",
      description = "How many prompts are shown (default: ${DEFAULT-VALUE}).")
  private int prompts = 2;

  @Mixin private RecipeOptions options = new RecipeOptions();

  @Mixin private CommonOptions common = new CommonOptions();

  @Override
  public Integer call() throws IOException {
    if (prompts < 0) {
      throw new ConfigException("--prompts", List.of("must be >= 0, was " + prompts));
    }
    Recipe recipe = recipe();
    PrintStream out = common.json ? System.err : System.out;
    ObjectNode json = JSON.createObjectNode();
    for (DataRows rows : DataSummary.rows(recipe.task())) {
      List<DataSummary.Column> columns = DataSummary.columns(rows);
      out.printf(
          Locale.ROOT, "%,d rows; lines that hold no row: %,d%n", rows.size(), rows.bad().size());
      for (DataSummary.Column column : columns) {
        out.printf(
            Locale.ROOT,
            "  %-24s %,9d  %s%n",
            ShownText.shown(column.name()),
            column.values(),
            shortened(column.example(), 42));
      }
      out.println();
      ObjectNode file = json.withArray("/files").addObject();
      file.put("rows", rows.size());
      file.put("bad_rows", rows.bad().size());
      file.set("columns", JSON.valueToTree(columns));
    }
    DataSummary summary = DataSummary.of(recipe, prompts);
    print(summary, out);
    if (common.json) {
      json.setAll((ObjectNode) JSON.valueToTree(summary));
      System.out.println(JSON.writeValueAsString(json));
    }
    return 0;
  }

  private Recipe recipe() {
    String name = place.toString();
    if (name.endsWith(".yaml") || name.endsWith(".yml")) {
      RecipeFiles.requireNoArms(List.of(place));
      return RecipeLoader.load(List.of(place), options.settings());
    }
    ObjectNode tree = JsonNodeFactory.instance.objectNode();
    ObjectNode task = tree.putObject("task");
    task.put("name", "file");
    task.putObject("options").put("path", name);
    return RecipeLoader.bind(Recipe.class, name, tree, options.settings());
  }

  private static void print(DataSummary summary, PrintStream out) {
    summary.notes().forEach(note -> out.println(ShownText.shown(note)));
    out.printf("%n%-22s %12s %12s%n", "", "training", "held out");
    DataSummary.Part train = summary.training();
    DataSummary.Part heldOut = summary.heldOut();
    row(out, "problems", train.problems(), heldOut.problems());
    row(out, "repeated questions", train.repeated(), heldOut.repeated());
    row(out, "  with another gold", train.contradicting(), heldOut.contradicting());
    for (DataSummary.Part part : List.of(train, heldOut)) {
      if (part.contradicting() > 0) {
        out.println(
            ShownText.shown("  warning: the golds differ, first of " + part.contradiction()));
      }
    }
    if (2 * train.repeated() > train.problems()) {
      out.println("  warning: most questions repeat another: is this the column of questions?");
    }
    row(out, "prompt tokens, least", train.shortest(), heldOut.shortest());
    row(out, "  median", train.median(), heldOut.median());
    row(out, "  95 % up to", train.most(), heldOut.most());
    row(out, "  most", train.longest(), heldOut.longest());
    row(out, "too long", train.tooLong(), heldOut.tooLong());
    out.printf(
        Locale.ROOT,
        "(too long: over %,d, the context of %,d less %,d new tokens)%n",
        summary.context() - summary.newTokens(),
        summary.context(),
        summary.newTokens());
    out.printf(Locale.ROOT, "%,d questions are in both parts%n", summary.overlap());
    for (Map.Entry<String, Integer> source : summary.sources().entrySet()) {
      out.printf(
          Locale.ROOT,
          "data_source %s: %,d%n",
          ShownText.shown(source.getKey()),
          source.getValue());
    }
    for (DataSummary.Shown shown : summary.first()) {
      out.printf(
          "%n--- %s%n%s%n--- gold: %s%n",
          ShownText.shown(shown.id()),
          shortened(shown.prompt(), MAX_PROMPT),
          shown.gold().isEmpty() ? "none" : shortened(shown.gold(), 200));
    }
  }

  private static void row(PrintStream out, String name, int train, int heldOut) {
    out.printf(Locale.ROOT, "%-22s %,12d %,12d%n", name, train, heldOut);
  }

  private static String shortened(String text, int most) {
    return ShownText.shown(Records.shortened(text, most, "…"));
  }
}
