package org.r1zero.experiment.evaluate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import java.io.IOException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.r1zero.experiment.metrics.JsonLinesReader;
import org.r1zero.rollout.trace.RolloutTrace;

/** Reads evaluations back from their completions. */
public final class EvaluationFiles {
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  private EvaluationFiles() {}

  /**
   * The completions of an {@code evaluation-*.jsonl}; none where there is no file.
   *
   * @param options how it is opened, such as {@code NOFOLLOW_LINKS}
   */
  public static List<EvaluatedSample> read(Path file, OpenOption... options) throws IOException {
    List<EvaluatedSample> samples = new ArrayList<>();
    for (JsonNode node : JsonLinesReader.read(file, options)) {
      samples.add(sample(node));
    }
    return samples;
  }

  private static EvaluatedSample sample(JsonNode node) throws JsonProcessingException {
    return new EvaluatedSample(
        JSON.treeToValue(node, RolloutTrace.class),
        node.path("right").asBoolean(),
        node.path("difficulty").asText(""),
        node.path("answer").textValue(),
        node.path("vote").asInt(-1));
  }
}
