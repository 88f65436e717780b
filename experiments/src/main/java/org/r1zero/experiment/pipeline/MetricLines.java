package org.r1zero.experiment.pipeline;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A file of metrics that an earlier try of a stage may have begun. */
final class MetricLines {
  private static final ObjectMapper JSON = new ObjectMapper();

  private MetricLines() {}

  /** The steps that the file has; a last line that was cut off is removed. */
  static Set<Long> steps(Path file) throws IOException {
    Set<Long> steps = new HashSet<>();
    if (!Files.exists(file)) {
      return steps;
    }
    List<String> whole = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      try {
        steps.add(JSON.readTree(line).path("step").asLong());
        whole.add(line);
      } catch (JsonProcessingException e) {
        break; // cut off by the end of the process: the rest was never whole
      }
    }
    Files.write(file, whole);
    return steps;
  }
}
