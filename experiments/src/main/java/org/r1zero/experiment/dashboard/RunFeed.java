package org.r1zero.experiment.dashboard;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Locale;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.r1zero.experiment.metrics.JsonLinesReader;

/**
 * What run directories say, read as they are written. A run is asked for by the name under which it
 * was found, never by a path, so nothing outside the folder can be reached.
 */
final class RunFeed {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int DEPTH = 6;
  private static final int MOST_ROLLOUTS = 200;
  private final Path root;

  RunFeed(Path root) {
    this.root = root;
  }

  /**
   * What rollouts are looked for.
   *
   * @param step of training
   * @param verdict {@code right}, {@code wrong} or empty for all
   * @param minReward at least
   * @param maxReward at most
   * @param text that prompt or completion has, in any case; empty for all
   */
  record Filter(long step, String verdict, double minReward, double maxReward, String text) {}

  /** The runs below the folder by name: folders with {@code metrics.jsonl} or a manifest. */
  NavigableMap<String, Path> runs() throws IOException {
    NavigableMap<String, Path> runs = new TreeMap<>();
    try (Stream<Path> all = Files.walk(root, DEPTH)) {
      all.filter(file -> file.endsWith("metrics.jsonl") || file.endsWith("manifest.json"))
          .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
          .map(Path::getParent)
          .forEach(
              run -> {
                String name = root.relativize(run).toString();
                runs.put(name.isEmpty() ? "." : name, run);
              });
    }
    return runs;
  }

  /** All runs in short, the newest first. */
  ArrayNode list() throws IOException {
    ArrayNode list = JSON.createArrayNode();
    for (var run : runs().descendingMap().entrySet()) {
      ObjectNode node = list.addObject().put("name", run.getKey());
      JsonNode manifest = manifest(run.getValue());
      node.put("status", status(run.getValue(), manifest));
      node.put("started", manifest.path("started").asText(""));
      Path metrics = run.getValue().resolve("metrics.jsonl");
      boolean written = Files.exists(metrics);
      node.put("bytes", written ? Files.size(metrics) : 0);
      // a run that was killed goes on saying that it is running: when it last wrote tells
      node.put("written", written ? Files.getLastModifiedTime(metrics).toString() : "");
    }
    return list;
  }

  /** Supervised stages of pipelines have no manifest, but a file that is written at their end. */
  private static String status(Path run, JsonNode manifest) {
    String stage = Files.exists(run.resolve("done.json")) ? "done" : "unfinished";
    boolean isStage = Files.exists(run.resolve("inputs.json"));
    return manifest.path("status").asText(isStage ? stage : "unknown");
  }

  private static JsonNode manifest(Path run) throws IOException {
    Path file = run.resolve("manifest.json");
    try {
      return Files.exists(file) ? JSON.readTree(file.toFile()) : JSON.createObjectNode();
    } catch (JsonProcessingException e) {
      return JSON.createObjectNode(); // being written
    }
  }

  /** The steps of a run; {@code null} where there is no such run. */
  @Nullable ArrayNode metrics(String name) throws IOException {
    Path run = runs().get(name);
    if (run == null) {
      return null;
    }
    ArrayNode steps = JSON.createArrayNode();
    JsonLinesReader.read(run.resolve("metrics.jsonl")).forEach(steps::add);
    return steps;
  }

  /** The rollouts of a step that a filter takes, at most 200; {@code null} without such a run. */
  @Nullable ObjectNode rollouts(String name, Filter filter) throws IOException {
    Path run = runs().get(name);
    if (run == null) {
      return null;
    }
    String file = String.format(Locale.ROOT, "step-%06d.jsonl", filter.step());
    ObjectNode result = JSON.createObjectNode();
    ArrayNode taken = result.putArray("rollouts");
    int matches = 0;
    for (JsonNode rollout : JsonLinesReader.read(run.resolve("rollouts").resolve(file))) {
      if (takes(filter, rollout)) {
        matches++;
        if (taken.size() < MOST_ROLLOUTS) {
          taken.add(rollout);
        }
      }
    }
    return result.put("matches", matches);
  }

  private static boolean takes(Filter filter, JsonNode rollout) {
    double reward = rollout.path("reward").asDouble();
    if (reward < filter.minReward() || reward > filter.maxReward()) {
      return false;
    }
    boolean right =
        rollout.path("verdicts").properties().stream()
            .findFirst()
            .map(first -> first.getValue().path("outcome").asText().equals("correct"))
            .orElse(false);
    if (!filter.verdict().isEmpty() && right != filter.verdict().equals("right")) {
      return false;
    }
    String text = rollout.path("prompt").asText() + "\n" + rollout.path("completion").asText();
    return text.toLowerCase(Locale.ROOT).contains(filter.text().toLowerCase(Locale.ROOT));
  }
}
