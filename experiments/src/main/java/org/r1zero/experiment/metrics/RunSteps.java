package org.r1zero.experiment.metrics;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.NavigableSet;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.r1zero.rollout.trace.RolloutTrace;
import org.slf4j.LoggerFactory;

/**
 * The steps that a run's folder keeps. Steps count from 1, in files as for people; older runs,
 * which counted from 0, are read as if they did, and go on with their own numbers.
 */
public final class RunSteps {
  private static final Pattern ROLLOUTS = Pattern.compile("step-(\\d{1,18})\\.jsonl");
  private final Path run;
  private final OpenOption[] options;

  /**
   * Takes a run's folder, or a stage's.
   *
   * @param options how files are opened, such as {@code NOFOLLOW_LINKS}
   */
  public RunSteps(Path run, OpenOption... options) {
    this.run = run;
    this.options = options;
  }

  /** The number in this folder's files of the first step: 1, or 0 where an older version began. */
  public static int first(Path run) {
    return Files.exists(run.resolve("rollouts").resolve(file(0))) ? 0 : 1;
  }

  /** The folders below one that hold metrics, in the order of their names. */
  public static List<Path> below(Path folder) throws IOException {
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

  /** The name of the file with a step's rollouts. */
  public static String file(long number) {
    return String.format(Locale.ROOT, "step-%06d.jsonl", number);
  }

  /** The number in such a name; empty where the file is another. */
  public static OptionalLong number(Path file) {
    Matcher step = ROLLOUTS.matcher(String.valueOf(file.getFileName()));
    return step.matches() ? OptionalLong.of(Long.parseLong(step.group(1))) : OptionalLong.empty();
  }

  /** Each finished step's numbers; {@code step} counts from 1. */
  public List<JsonNode> metrics() throws IOException {
    List<JsonNode> steps = JsonLinesReader.read(run.resolve("metrics.jsonl"), options);
    if (!steps.isEmpty() && steps.get(0).path("step").asLong(1) == 0) {
      steps.forEach(step -> ((ObjectNode) step).put("step", step.path("step").asLong() + 1));
    }
    return steps;
  }

  /** The steps whose rollouts were kept, from 1. */
  public NavigableSet<Long> withRollouts() throws IOException {
    NavigableSet<Long> steps = new TreeSet<>();
    int first = first(run);
    Path folder = run.resolve("rollouts");
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.list(folder)) {
        files.forEach(file -> number(file).ifPresent(step -> steps.add(step + 1 - first)));
      }
    }
    return steps;
  }

  /**
   * The rollouts of a step, none where none were kept.
   *
   * @param step from 1
   */
  public List<RolloutTrace> rollouts(long step) throws IOException {
    Path file = run.resolve("rollouts").resolve(file(step - 1 + first(run)));
    List<RolloutTrace> rollouts = new ArrayList<>();
    for (JsonNode node : JsonLinesReader.read(file, options)) {
      try {
        rollouts.add(JsonFiles.of(((ObjectNode) node).put("step", step), RolloutTrace.class));
      } catch (JsonProcessingException e) {
        LoggerFactory.getLogger(RunSteps.class).debug("{} has a line of another form", file, e);
      }
    }
    return rollouts;
  }
}
