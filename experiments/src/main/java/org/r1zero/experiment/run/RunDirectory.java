package org.r1zero.experiment.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.r1zero.experiment.evaluate.EvaluatedSample;
import org.r1zero.experiment.metrics.JsonLines;
import org.r1zero.experiment.metrics.TensorBoardFile;
import org.r1zero.grpo.StepReport;
import org.r1zero.rollout.trace.RolloutTrace;

/**
 * What a run leaves behind: {@code recipe.yaml} with every key, {@code manifest.json}, {@code
 * metrics.jsonl}, {@code rollouts/step-NNNNNN.jsonl}, {@code evaluation-*.jsonl} and {@code
 * model/}.
 */
public final class RunDirectory {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT);
  private final Path path;
  private @Nullable TensorBoardFile tensorBoard;

  private RunDirectory(Path path) {
    this.path = path;
  }

  /** Makes a new one below {@code parent}, named after the time (UTC) and the recipe. */
  public static RunDirectory create(Path parent, String name) throws IOException {
    try {
      Files.createDirectories(parent);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "output " + parent + " can't be made: " + e + "; set output to a folder that can", e);
    }
    String base = LocalDateTime.now(ZoneOffset.UTC).format(TIME) + "-" + name;
    for (int i = 1; ; i++) {
      Path path = parent.resolve(i == 1 ? base : base + "-" + i);
      try {
        Files.createDirectory(path);
        Files.createDirectory(path.resolve("rollouts"));
        return new RunDirectory(path);
      } catch (FileAlreadyExistsException e) {
        // another run of the same second: take the next number
      }
    }
  }

  /** Where it is. */
  public Path path() {
    return path;
  }

  /** Where the trained model goes. */
  public Path model() {
    return path.resolve("model");
  }

  void writeText(String file, String text) throws IOException {
    Files.writeString(path.resolve(file), text);
  }

  void appendMetrics(StepReport report) {
    Map<String, Object> line = new TreeMap<>(report.metrics());
    line.put("step", report.step());
    JsonLines.append(path.resolve("metrics.jsonl"), List.of(line));
    if (tensorBoard == null) {
      tensorBoard = TensorBoardFile.create(path);
    }
    tensorBoard.scalars(report.step(), report.metrics());
  }

  void writeRollouts(long step, List<RolloutTrace> traces) {
    String file = String.format(Locale.ROOT, "step-%06d.jsonl", step);
    JsonLines.append(path.resolve("rollouts").resolve(file), traces);
  }

  void writeEvaluation(String when, List<EvaluatedSample> traces) {
    JsonLines.append(path.resolve("evaluation-" + when + ".jsonl"), traces);
  }
}
