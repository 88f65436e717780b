package org.r1zero.experiment.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.r1zero.experiment.compare.Compared;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.experiment.pipeline.PipelineResult;
import org.r1zero.experiment.pipeline.StageResult;
import org.r1zero.experiment.pipeline.StageStatus;

/**
 * What runs, pipelines and comparisons a folder has: each once at the top, the newest first; the
 * stages of a pipeline below it, the arms of a comparison below that.
 */
final class RunList {
  private static final int DEPTH = 8;
  private static final int MOST_FOLDERS = 20_000;
  private static final int MOST_LISTED = 200;

  /** What a run has inside: none of it is a run. */
  private static final Set<String> INSIDE =
      Set.of("checkpoints", "rollouts", "model", "adapter", "tries", "base-models");

  private static final String METRICS = "metrics.jsonl";
  private static final String RECIPE = "recipe.yaml";
  private static final String INPUTS = "inputs.json";
  private static final List<String> FILES =
      List.of(
          METRICS,
          "manifest.json",
          PipelineResult.FILE,
          Compared.FILE,
          RECIPE,
          INPUTS,
          "done.json");

  private final Path root;
  private final NavigableMap<Path, ObjectNode> entries = new TreeMap<>();
  private final Set<Path> below = new LinkedHashSet<>();

  private final Map<Path, Described> before;

  private RunList(Path root, Map<Path, Described> before) {
    this.root = root;
    this.before = before;
  }

  /**
   * A folder as it was read.
   *
   * @param stamp when its files were written: it is read again when that changes
   * @param entry what it says
   */
  record Described(String stamp, ObjectNode entry) {}

  /** Folders of runs by the names that they are asked for by. */
  static NavigableMap<String, Path> folders(Path root) throws IOException {
    NavigableMap<String, Path> folders = new TreeMap<>();
    for (Path folder : find(root)) {
      folders.put(name(root, folder), folder);
    }
    return folders;
  }

  /**
   * The list as the page shows it.
   *
   * @param before what was read for earlier lists; renewed
   */
  static ObjectNode of(Path root, Map<Path, Described> before) throws IOException {
    return new RunList(root, before).list();
  }

  private ObjectNode list() throws IOException {
    Map<Path, Described> now = new HashMap<>();
    for (Path folder : find(root)) {
      StringBuilder stamp = new StringBuilder();
      for (String file : FILES) {
        stamp.append(RunFiles.written(folder, file)).append(' ');
      }
      Described known = before.get(folder);
      if (known == null || !known.stamp().contentEquals(stamp)) {
        known = new Described(stamp.toString(), describe(folder));
      }
      now.put(folder, known);
      entries.put(folder, known.entry().deepCopy());
    }
    before.clear();
    before.putAll(now);
    // from the inside out: a stage has its run, a pipeline its stages, a comparison its arms
    for (String kind : List.of("stage", "pipeline", "comparison")) {
      for (Map.Entry<Path, ObjectNode> entry : entries.entrySet()) {
        if (isKind(entry.getValue(), kind)) {
          switch (kind) {
            case "stage" -> nestRuns(entry.getKey(), entry.getValue());
            case "pipeline" -> nestStages(entry.getKey(), entry.getValue());
            default -> nestArms(entry.getKey(), entry.getValue());
          }
        }
      }
    }
    List<ObjectNode> top = new ArrayList<>();
    entries.forEach(
        (folder, entry) -> {
          if (!below.contains(folder)) {
            top.add(entry);
          }
        });
    top.sort(Comparator.comparing((ObjectNode entry) -> entry.path("started").asText()).reversed());
    ObjectNode list = JsonNodeFactory.instance.objectNode();
    list.put("count", top.size());
    list.put("running", top.stream().filter(entry -> isStatus(entry, "running")).count());
    ArrayNode listed = list.putArray("runs");
    top.stream().limit(MOST_LISTED).forEach(listed::add);
    return list;
  }

  private static boolean isKind(ObjectNode entry, String kind) {
    return entry.path("kind").asText().equals(kind);
  }

  private static boolean isStatus(JsonNode entry, String status) {
    return entry.path("status").asText().equals(status);
  }

  private static List<Path> find(Path root) throws IOException {
    List<Path> found = new ArrayList<>();
    int[] visited = {0};
    Files.walkFileTree(
        root,
        EnumSet.noneOf(FileVisitOption.class),
        DEPTH,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            String name = String.valueOf(folder.getFileName());
            boolean hidden = name.startsWith(".") || INSIDE.contains(name);
            if (!folder.equals(root) && (hidden || ++visited[0] > MOST_FOLDERS)) {
              return FileVisitResult.SKIP_SUBTREE;
            }
            if (isRun(folder)) {
              found.add(folder);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException fault) {
            return FileVisitResult.CONTINUE; // it was deleted, or is not ours to read
          }
        });
    return found;
  }

  private static boolean isRun(Path folder) {
    return RunFiles.has(folder, METRICS)
        || RunFiles.has(folder, RECIPE)
        || RunFiles.has(folder, INPUTS)
        || isComparison(folder);
  }

  private static boolean isComparison(Path folder) {
    return RunFiles.has(folder, Compared.FILE)
        || (Files.isDirectory(folder.resolve("pipelines"))
            && Files.isDirectory(folder.resolve("arms")));
  }

  private static String name(Path root, Path folder) {
    String name = root.relativize(folder).toString();
    return name.isEmpty() ? "." : name;
  }

  private ObjectNode describe(Path folder) throws IOException {
    ObjectNode entry = JsonNodeFactory.instance.objectNode();
    entry.put("name", name(root, folder));
    entry.put("title", String.valueOf(folder.getFileName()));
    JsonNode recipe = RunFiles.recipe(folder);
    JsonNode manifest = RunFiles.json(folder, "manifest.json");
    if (isComparison(folder)) {
      entry.put("kind", "comparison");
      entry.put("status", RunFiles.has(folder, Compared.FILE) ? "done" : "unfinished");
      Compared found = RunFiles.read(folder, Compared.FILE, Compared.class);
      entry.put("headline", found == null ? "" : found.headline());
    } else if (recipe.has("stages")) {
      entry.put("kind", "pipeline");
      entry.put("status", "unfinished");
    } else if (RunFiles.has(folder, INPUTS)) {
      entry.put("kind", "stage");
      entry.put("status", RunFiles.has(folder, "done.json") ? "done" : "unfinished");
      entry.put("recipe", RunFiles.json(folder, INPUTS).path("kind").asText(""));
    } else {
      entry.put("kind", "run");
      entry.put("status", manifest.path("status").asText("unknown"));
    }
    if (recipe.has("name")) {
      entry.put("recipe", recipe.path("name").asText());
      entry.put("model", recipe.path("model").asText(""));
      entry.put("steps", recipe.at("/grpo/steps").asLong());
    }
    JsonNode last = RunFiles.lastLine(folder, METRICS);
    if (last.has("step")) {
      boolean fromZero =
          RunFiles.has(folder, "rollouts/" + org.r1zero.experiment.metrics.RunSteps.file(0));
      entry.put("step", last.path("step").asLong() + (fromZero ? 1 : 0));
      JsonNode accuracy = last.path("rewards/" + Recipe.accuracyColumn(recipe) + "/correct");
      if (accuracy.isNumber()) {
        entry.put("accuracy", accuracy.asDouble());
      }
    }
    entry.put("metrics", RunFiles.has(folder, METRICS));
    long written = 0;
    for (String file : FILES) {
      written = Math.max(written, RunFiles.written(folder, file));
    }
    entry.put("written", Instant.ofEpochMilli(written).toString());
    String begun = RunFiles.has(folder, RECIPE) ? RECIPE : INPUTS;
    long started = RunFiles.written(folder, begun);
    entry.put(
        "started",
        manifest
            .path("started")
            .asText(Instant.ofEpochMilli(started == 0 ? written : started).toString()));
    return entry;
  }

  /** A stage of reinforcement learning is shown as its run, under the stage's name. */
  private void nestRuns(Path folder, ObjectNode stage) {
    Path newest = null;
    for (Path run : entries.keySet()) {
      if (!run.equals(folder) && run.startsWith(folder)) {
        below.add(run);
        newest = run;
      }
    }
    if (newest != null) {
      String title = stage.path("title").asText();
      String status = stage.path("status").asText();
      stage.setAll(entries.getOrDefault(newest, stage));
      stage.put("title", title).put("kind", "stage");
      if (status.equals("done")) {
        stage.put("status", status);
      }
    }
  }

  private void nestStages(Path folder, ObjectNode pipeline) throws IOException {
    PipelineResult account = RunFiles.read(folder, PipelineResult.FILE, PipelineResult.class);
    Map<Path, StageResult> stages = new LinkedHashMap<>();
    List<StageStatus> states = new ArrayList<>();
    for (StageResult stage : account == null ? List.<StageResult>of() : account.stages()) {
      // by its own name beside the pipeline: a folder of runs may have been moved
      Path given = stage.directory().getFileName();
      Path parent = folder.getParent();
      if (given != null && parent != null) {
        stages.put(parent.resolve("stages").resolve(given.toString()), stage);
      }
      states.add(stage.status());
    }
    boolean all = states.size() == RunFiles.recipe(folder).path("stages").size();
    boolean failed = states.contains(StageStatus.FAILED);
    pipeline.put("status", failed ? "failed" : "unfinished");
    if (all && !failed && !states.contains(StageStatus.RUNNING)) {
      pipeline.put("status", "done");
    }
    ArrayNode children = pipeline.putArray("children");
    stages.forEach(
        (place, stage) -> {
          ObjectNode entry = entries.get(place);
          if (entry != null) {
            below.add(place);
            ObjectNode child = entry.deepCopy().put("title", stage.name());
            if (isStatus(child, "unfinished") && stage.status() == StageStatus.RUNNING) {
              child.put("status", "running");
            }
            children.add(child);
          }
        });
    takeOver(pipeline);
  }

  private void nestArms(Path folder, ObjectNode comparison) {
    ArrayNode children = comparison.putArray("children");
    entries.forEach(
        (inside, entry) -> {
          if (!inside.equals(folder) && inside.startsWith(folder)) {
            if (isKind(entry, "pipeline") || !below.contains(inside)) {
              children.add(entry);
            }
            below.add(inside);
          }
        });
    takeOver(comparison);
  }

  /** What a person wants to know of the whole: whether a part runs, what the last one came to. */
  private static void takeOver(ObjectNode whole) {
    String earliest = Instant.now().toString();
    for (JsonNode child : whole.path("children")) {
      if (isStatus(child, "running")) {
        whole.put("status", "running");
      }
      String started = child.path("started").asText();
      if (isKind(whole, "comparison") && started.compareTo(earliest) < 0) {
        earliest = started;
        whole.put("started", started); // its own file is written at its end
      }
      if (child.path("written").asText().compareTo(whole.path("written").asText()) > 0) {
        whole.set("written", child.path("written"));
      }
      if (child.has("accuracy") && isKind(whole, "pipeline")) {
        whole.set("accuracy", child.path("accuracy"));
      }
      if (!whole.has("model") && child.has("model")) {
        whole.set("model", child.path("model"));
      }
    }
  }
}
