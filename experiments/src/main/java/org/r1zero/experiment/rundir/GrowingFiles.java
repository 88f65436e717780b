package org.r1zero.experiment.rundir;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.r1zero.experiment.metrics.JsonLines;
import org.r1zero.experiment.metrics.RunSteps;

/**
 * The files of a run that grow with its steps: {@code *.jsonl} line by line, {@code rollouts/} file
 * by file. A run that goes on cuts them back to where its checkpoint was, so that nothing is in
 * them twice.
 */
public final class GrowingFiles {
  private static final String BEFORE = "evaluation-before.jsonl"; // is whole before any step
  private final Path run;
  private final Predicate<String> grows;

  GrowingFiles(Path run) {
    this(run, name -> name.endsWith(".jsonl") && !name.equals(BEFORE));
  }

  /**
   * Takes those of a folder in which there are other files, too.
   *
   * @param grows tells by the name
   */
  GrowingFiles(Path run, Predicate<String> grows) {
    this.run = run;
    this.grows = grows;
  }

  /** Forces them to the disk and notes their lengths, in bytes by name. */
  public ObjectNode positions() throws IOException {
    ObjectNode positions = JsonNodeFactory.instance.objectNode();
    for (Path file : lines()) {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.force(true);
        positions.put(file.getFileName().toString(), channel.size());
      }
    }
    return positions;
  }

  /**
   * Cuts them back.
   *
   * @param positions as noted, or empty for the start
   * @param steps finished steps
   * @return what is missing that was noted, in words
   */
  public List<String> cutBack(ObjectNode positions, long steps) throws IOException {
    List<String> missing = new ArrayList<>();
    for (Path file : lines()) {
      JsonNode position = positions.path(file.getFileName().toString());
      if (position.isMissingNode()) {
        Files.delete(file);
      } else {
        cut(file, position.asLong(), missing);
      }
    }
    for (String name : (Iterable<String>) positions::fieldNames) {
      if (!Files.exists(run.resolve(name))) {
        missing.add(run.resolve(name) + " is missing");
      }
    }
    cutBackRollouts(steps, missing);
    return missing;
  }

  private void cutBackRollouts(long steps, List<String> missing) throws IOException {
    if (!Files.isDirectory(run.resolve("rollouts"))) {
      return;
    }
    long firstLost = steps + RunSteps.first(run);
    try (Stream<Path> rollouts = Files.list(run.resolve("rollouts"))) {
      for (Path file : rollouts.toList()) {
        OptionalLong step = RunSteps.number(file);
        if (step.isPresent() && step.getAsLong() >= firstLost) {
          Files.delete(file);
        } else if (step.isPresent()) {
          mend(file, missing);
        }
      }
    }
  }

  private static void cut(Path file, long position, List<String> missing) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      if (channel.size() < position) {
        missing.add(file + " has " + channel.size() + " bytes, had " + position);
      } else {
        channel.truncate(position);
      }
    }
    mend(file, missing);
  }

  /** A last line that was cut off would swallow the next one. */
  private static void mend(Path file, List<String> missing) throws IOException {
    long lost = JsonLines.mend(file);
    if (lost > 0) {
      missing.add(file + " ended in half a line of " + lost + " bytes, which was cut off");
    }
  }

  private List<Path> lines() throws IOException {
    try (Stream<Path> files = Files.list(run)) {
      return files.filter(file -> grows.test(file.getFileName().toString())).sorted().toList();
    }
  }
}
