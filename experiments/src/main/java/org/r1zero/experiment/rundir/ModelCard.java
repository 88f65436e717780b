package org.r1zero.experiment.rundir;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.experiment.model.ModelFolder;

/**
 * The README.md of an exported model: Hugging Face's front matter, how the model came to be, what
 * it achieves.
 *
 * @param base the model that was trained
 * @param license of the base as its own card says, otherwise {@code unknown}
 * @param body what follows the title
 */
record ModelCard(String base, String license, String body) {
  private static final Pattern LICENSE = Pattern.compile("(?m)^license:\\s*(\\S+)");

  /** Of a model that no run is known of. */
  static ModelCard of(String model) throws IOException {
    return new ModelCard(model, license(model), "Written again by r1zero from `" + model + "`.\n");
  }

  /** Of a run. */
  static ModelCard of(Recipe recipe, String yaml, JsonNode manifest) throws IOException {
    StringBuilder body = new StringBuilder();
    body.append("Trained from `").append(recipe.model());
    body.append("` by R1-Zero GRPO with r1zero, commit `");
    body.append(manifest.path("git_commit").asText("unknown")).append("`.\n\n## Data\n\n");
    JsonNode data = manifest.path("data");
    body.append("`")
        .append(recipe.task().name())
        .append(
            "` (sources and licences of r1zero's data"
                + " sets: data/README.md of its repository); ");
    body.append(data.path("train_problems").asText("?")).append(" problems, SHA-256 `");
    body.append(data.path("train_sha256").asText("?")).append("`; held out ");
    body.append(data.path("held_out_problems").asText("?")).append(", SHA-256 `");
    body.append(data.path("held_out_sha256").asText("?")).append("`.\n\n");
    body.append(metrics(manifest.path("result")));
    body.append("## Recipe\n\n```yaml\n")
        .append(yaml.strip())
        .append("\n```\n\n## Base weights\n\n");
    for (Map.Entry<String, JsonNode> file : manifest.at("/model/sha256").properties()) {
      body.append("- `").append(file.getKey()).append("` SHA-256 `");
      body.append(file.getValue().asText()).append("`\n");
    }
    return new ModelCard(recipe.model(), license(recipe.model()), body.toString());
  }

  private static String metrics(JsonNode result) {
    if (!result.has("pass1_sampled_after")) {
      return "";
    }
    return "## Held-out accuracy, with 95 % intervals\n\n| | before | after |\n| --- | --- | --- |\n"
        + row("pass@1 greedy", result, "pass1_greedy_")
        + row("pass@1 sampled", result, "pass1_sampled_")
        + "\n";
  }

  private static String row(String name, JsonNode result, String key) {
    return "| "
        + name
        + " | "
        + interval(result.path(key + "before"))
        + " | "
        + interval(result.path(key + "after"))
        + " |\n";
  }

  private static String interval(JsonNode node) {
    return String.format(
        Locale.ROOT,
        "%.1f %% [%.1f, %.1f]",
        100 * node.path("mean").asDouble(),
        100 * node.path("low").asDouble(),
        100 * node.path("high").asDouble());
  }

  private static String license(String model) throws IOException {
    if (ModelFolder.isEmbedded(model)) {
      return "apache-2.0";
    }
    Path card = Path.of(model, "README.md");
    if (Files.isRegularFile(card)) {
      Matcher found = LICENSE.matcher(Files.readString(card));
      if (found.find()) {
        return found.group(1);
      }
    }
    return "unknown";
  }

  /** The whole file; {@code of} says which checkpoint, empty for the result of the run. */
  String text(String of) {
    return "---\nlibrary_name: transformers\npipeline_tag: text-generation\nlicense: "
        + license
        + "\nbase_model: "
        + base
        + "\ntags:\n- r1zero\n- grpo\n- reinforcement-learning\n---\n\n# "
        + Path.of(base).getFileName()
        + " trained by reinforcement learning\n\n"
        + (of.isEmpty() ? "" : "This is " + of + ", not the end of the run.\n\n")
        + body;
  }
}
