package org.r1zero.experiment.pipeline;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.r1zero.experiment.metrics.JsonLines;

/** What a model said to problems, kept as it is sampled: a stage that stopped goes on after it. */
final class Traces {
  private static final ObjectMapper JSON = new ObjectMapper();
  private final Path file;
  private final List<Trace> all = new ArrayList<>();

  /**
   * One completion.
   *
   * @param problem the index of its problem among those sampled
   * @param completion what was said
   * @param tokens how many were sampled
   * @param stopped whether it came to its end
   */
  record Trace(int problem, String completion, int tokens, boolean stopped) {}

  /** Opens the file, or starts it; a part that was cut off is dropped. */
  Traces(Path file, int perProblem) throws IOException {
    this.file = file;
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        try {
          JsonNode node = JSON.readTree(line);
          all.add(
              new Trace(
                  node.get("problem").asInt(),
                  node.get("completion").asText(),
                  node.get("tokens").asInt(),
                  node.get("stopped").asBoolean()));
        } catch (JsonProcessingException e) {
          break;
        }
      }
      int whole = all.size() / perProblem * perProblem;
      all.subList(whole, all.size()).clear();
      Files.deleteIfExists(file);
      JsonLines.append(file, all);
    }
  }

  void add(List<Trace> traces) {
    JsonLines.append(file, traces);
    all.addAll(traces);
  }

  List<Trace> all() {
    return all;
  }
}
