package org.r1zero.experiment.evaluate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.r1zero.experiment.metrics.JsonFiles;
import org.r1zero.experiment.metrics.JsonLines;
import org.r1zero.rollout.trace.RolloutTrace;
import org.r1zero.verify.records.Records;
import org.slf4j.LoggerFactory;

/** Evaluations as files of their completions: a file that is there is a whole evaluation. */
public final class EvaluationFiles {
  private EvaluationFiles() {}

  /** Writes an evaluation's completions, in the place of another one's. */
  public static void write(Path file, Evaluation evaluation) throws IOException {
    JsonLines.write(file, evaluation.completions());
  }

  /**
   * The completions of an {@code evaluation-*.jsonl}; none where there is no file, or only a link
   * to one.
   *
   * @throws IOException if a line can't be read: of a part of its completions an evaluation would
   *     be another one
   */
  public static List<EvaluatedSample> read(Path file) throws IOException {
    List<EvaluatedSample> samples = new ArrayList<>();
    if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      for (String line : Files.readAllLines(file)) {
        try {
          samples.add(sample(Records.parse(line)));
        } catch (JsonProcessingException e) {
          throw new IOException(
              file + ", line " + (samples.size() + 1) + ", can't be read: " + Records.why(e), e);
        }
      }
    }
    return samples;
  }

  /**
   * An evaluation that was made before; empty where there is none, or it is to be made again since
   * its file is damaged.
   *
   * @param maxTokens what its completions were allowed
   */
  public static Optional<Evaluation> find(Path file, int maxTokens) {
    try {
      List<EvaluatedSample> samples = read(file);
      return samples.isEmpty() ? Optional.empty() : Optional.of(Evaluation.of(samples, maxTokens));
    } catch (IOException e) {
      LoggerFactory.getLogger(EvaluationFiles.class)
          .warn("an evaluation is made again: {}", e.getMessage());
      return Optional.empty();
    }
  }

  private static EvaluatedSample sample(JsonNode node) throws JsonProcessingException {
    return new EvaluatedSample(
        JsonFiles.of(node, RolloutTrace.class),
        node.path("right").asBoolean(),
        node.path("difficulty").asText(""),
        node.path("answer").textValue(),
        node.path("vote").asInt(-1));
  }
}
