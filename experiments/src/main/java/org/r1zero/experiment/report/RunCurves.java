package org.r1zero.experiment.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.r1zero.experiment.evaluate.Judges;
import org.r1zero.experiment.metrics.JsonLinesReader;
import org.r1zero.verify.Completion;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verifier;

/** What a run's files say over its steps: the steps of several RL stages one after another. */
final class RunCurves {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int ROLLOUTS_A_STEP = 32;
  private final Verifier language = Judges.languageOf("en");

  /**
   * The charts that report.js draws the curves in.
   *
   * @param who what the curves are of, such as runs
   */
  static void charts(HtmlPage page, String who) {
    page.chart(
        "chart-accuracy", "Accuracy of rollouts", "Share of each step's rollouts that are right.");
    page.chart(
        "chart-reward", "Reward", "What training maximises; " + who + " may have other rewards.");
    page.chart("chart-length", "Length", "Mean tokens of a rollout.");
    page.chart(
        "chart-mixing",
        "Language mixing",
        "Share of rollouts with fewer than 97 % of their words in English; "
            + ROLLOUTS_A_STEP
            + " rollouts a step.");
  }

  /**
   * Reads the curves.
   *
   * @param runs folders with {@code metrics.jsonl}; one without rewards, such as of supervised
   *     training, has no steps here
   * @return points with step, reward, accuracy, length and mixing
   */
  ArrayNode read(List<Path> runs) throws IOException {
    ArrayNode points = JSON.createArrayNode();
    long offset = 0;
    for (Path run : runs) {
      long last = -1;
      for (JsonNode step : JsonLinesReader.read(run.resolve("metrics.jsonl"))) {
        if (step.has("reward")) {
          last = step.path("step").asLong();
          points.add(point(run, step, offset + last));
        }
      }
      offset += last + 1;
    }
    return points;
  }

  /** The loss over the steps of stages without rewards: SFT and on-policy distillation. */
  ArrayNode supervised(List<Path> runs) throws IOException {
    ArrayNode points = JSON.createArrayNode();
    long offset = 0;
    for (Path run : runs) {
      long last = 0;
      for (JsonNode step : JsonLinesReader.read(run.resolve("metrics.jsonl"))) {
        if (!step.has("reward") && step.path("loss").isNumber()) {
          last = step.path("step").asLong();
          ObjectNode point = points.addObject().put("step", offset + last);
          point.set("loss", step.path("loss"));
        }
      }
      offset += last;
    }
    return points;
  }

  private ObjectNode point(Path run, JsonNode step, long number) throws IOException {
    ObjectNode point = JSON.createObjectNode();
    point.put("step", number);
    point.set("reward", step.path("reward"));
    point.set("length", step.path("completions/mean_length"));
    for (var field : step.properties()) {
      if (field.getKey().matches("rewards/[^/]+/correct") && !point.has("accuracy")) {
        if (!field.getKey().matches("rewards/(format|language|length|repetition)/correct")) {
          point.set("accuracy", field.getValue());
        }
      }
    }
    double mixing = mixing(run, step.path("step").asLong());
    if (!Double.isNaN(mixing)) {
      point.put("mixing", mixing);
    }
    return point;
  }

  /** Share of a step's rollouts that mix languages; NaN where they were not kept. */
  private double mixing(Path run, long step) throws IOException {
    Path file =
        run.resolve("rollouts").resolve(String.format(Locale.ROOT, "step-%06d.jsonl", step));
    if (!Files.isRegularFile(file)) {
      return Double.NaN;
    }
    List<JsonNode> rollouts = JsonLinesReader.read(file);
    List<JsonNode> some = rollouts.subList(0, Math.min(ROLLOUTS_A_STEP, rollouts.size()));
    return some.stream()
        .parallel()
        .mapToInt(rollout -> mixes(rollout.path("completion").asText()) ? 1 : 0)
        .average()
        .orElse(Double.NaN);
  }

  private boolean mixes(String completion) {
    Problem problem = new Problem("rollout", "", "");
    return language.verify(problem, Completion.of(completion)).outcome() != Outcome.CORRECT;
  }

  /** The folders below one that hold metrics, in the order of their names. */
  static List<Path> below(Path folder) throws IOException {
    List<Path> found = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (Stream<Path> all = Files.walk(folder, 4)) {
        all.filter(p -> p.getFileName().toString().equals("metrics.jsonl"))
            .map(Path::getParent)
            .sorted()
            .forEach(found::add);
      }
    }
    return found;
  }
}
