package org.r1zero.experiment.rundir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.r1zero.experiment.config.ConfigException;
import org.r1zero.experiment.metrics.JsonLines;
import org.r1zero.experiment.metrics.JsonLinesReader;
import org.r1zero.experiment.metrics.RunSteps;
import org.r1zero.experiment.metrics.TensorBoardFile;
import org.r1zero.grpo.StepReport;
import org.r1zero.grpo.checkpoint.Checkpoint;
import org.r1zero.grpo.checkpoint.CheckpointStore;
import org.r1zero.grpo.files.Folders;
import org.r1zero.grpo.files.WholeFiles;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.weights.ModelExport;
import org.r1zero.grpo.model.weights.PeftAdapter;
import org.r1zero.grpo.model.weights.TensorType;
import org.r1zero.rollout.trace.RolloutTrace;

/**
 * What a run leaves behind: {@code recipe.yaml} with every key, {@code manifest.json}, {@code
 * metrics.jsonl}, {@code rollouts/step-NNNNNN.jsonl}, {@code evaluation-*.jsonl}, {@code
 * checkpoints/} and {@code model/}.
 */
public final class RunDirectory {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT);
  private static final long MAX_SHARD_BYTES = 4_000_000_000L;
  private static final String RECIPE = "recipe.yaml";
  private static final String METRICS = "metrics.jsonl";
  private final Path path;
  private final GrowingFiles growing;
  private final int firstStep;
  private @Nullable TensorBoardFile tensorBoard;

  private RunDirectory(Path path) {
    this(path, new GrowingFiles(path));
  }

  private RunDirectory(Path path, GrowingFiles growing) {
    this.path = path;
    this.growing = growing;
    this.firstStep = RunSteps.first(path);
  }

  /** Makes a new one below {@code parent}, named after the time (UTC) and the recipe. */
  public static RunDirectory create(Path parent, String name) throws IOException {
    requireUsable(parent);
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

  /** Makes the folder that runs go to, where it is missing. */
  private static void requireUsable(Path parent) {
    try {
      Files.createDirectories(parent);
      if (!Files.isWritable(parent)) {
        throw new AccessDeniedException(parent.toString());
      }
    } catch (IOException e) {
      throw unusable(parent, e);
    }
  }

  private static ConfigException unusable(Path parent, IOException fault) {
    String why = FileFaults.words(fault);
    return new ConfigException(
        "output " + parent,
        List.of(
            "can't be used: " + (why == null ? fault.getMessage() : why) + " (--set output=DIR)"));
  }

  /**
   * Opens one that a run has left behind.
   *
   * @throws ConfigException if it is none
   */
  public static RunDirectory open(Path path) {
    if (!Files.isRegularFile(path.resolve(RECIPE))) {
      throw new ConfigException(
          path.toString(),
          List.of("is not a run directory: it has no " + RECIPE + "; runs/ holds them"));
    }
    if (Files.isRegularFile(path.resolve("pipeline.json"))) {
      throw new ConfigException(
          path.toString(),
          List.of(
              "is a pipeline's folder, whose stages are runs of their own; pipeline.json names its"
                  + " model: r1zero eval "
                  + path.resolve(RECIPE)
                  + " --model DIR"));
    }
    return new RunDirectory(path);
  }

  /** A stage's folder, in which the files of a training are among others. */
  public static RunDirectory ofStage(Path folder) {
    return new RunDirectory(folder, new GrowingFiles(folder, METRICS::equals));
  }

  /** The newest one of a name below {@code parent} that was begun; empty where there is none. */
  public static Optional<Path> newest(Path parent, String name) throws IOException {
    if (!Files.isDirectory(parent)) {
      return Optional.empty();
    }
    Pattern ours = Pattern.compile("(\\d{8}-\\d{6})-" + Pattern.quote(name) + "(?:-(\\d+))?");
    try (Stream<Path> runs = Files.list(parent)) {
      return runs.filter(run -> ours.matcher(run.getFileName().toString()).matches())
          .filter(run -> Files.isRegularFile(run.resolve(RECIPE)))
          .max(Comparator.comparing(run -> order(ours, run)));
    }
  }

  private static String order(Pattern ours, Path run) {
    Matcher matcher = ours.matcher(run.getFileName().toString());
    String number = matcher.matches() && matcher.group(2) != null ? matcher.group(2) : "1";
    return matcher.group(1) + String.format(Locale.ROOT, "%9s", number);
  }

  /**
   * Takes the run for this process, until it ends.
   *
   * @throws ConfigException if another process has it
   */
  public RunLock lock() throws IOException {
    return RunLock.take(path);
  }

  /** Where it is. */
  public Path path() {
    return path;
  }

  /**
   * Checks that a run with results has a checkpoint: without one it would start again, over them.
   *
   * @param finished whether it came to its end
   * @param saveSteps so many steps at most had no checkpoint
   */
  public void requireCheckpoints(boolean finished, int saveSteps) {
    if (!new CheckpointStore(checkpoints(), 1).steps().isEmpty()) {
      return;
    }
    long steps;
    try {
      steps = JsonLinesReader.read(path.resolve(METRICS)).size();
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + path.resolve(METRICS) + " failed", e);
    }
    if (finished || steps > saveSteps) {
      throw new ConfigException(
          path
              + (finished ? " is finished" : " has done " + steps + " steps")
              + ", but its checkpoints are gone: resuming would train it anew, over its results;"
              + " restore checkpoints/"
              + (Files.isDirectory(model())
                  ? ", or start a new run from its model: --set model=" + model()
                  : ", or start a new run"));
    }
  }

  /**
   * A checkpoint by its name.
   *
   * @param step a number, {@code last} or {@code best}
   * @throws ConfigException if there is none of that name
   */
  public Checkpoint checkpoint(String step) {
    CheckpointStore store = new CheckpointStore(checkpoints(), 1);
    List<Long> steps = store.steps();
    if (steps.isEmpty()) {
      throw new ConfigException(path.toString(), List.of("has no checkpoints"));
    }
    if (step.equals("last")) {
      return store.open(steps.get(steps.size() - 1));
    }
    long number = -1;
    if (step.equals("best")) {
      Checkpoint last = store.open(steps.get(steps.size() - 1));
      number = last.values().at("/run/best_step").asLong(-1);
    } else if (step.matches("\\d{1,9}")) {
      number = Long.parseLong(step);
    } else {
      throw new ConfigException("--step", List.of("must be a number, last or best, was " + step));
    }
    if (!steps.contains(number)) {
      throw new ConfigException(
          path.toString(),
          List.of("has no checkpoint of step " + step + "; it has " + steps + ", last and best"));
    }
    return store.open(number);
  }

  /** Whether nothing was done yet: no evaluation, no rollout, no step. */
  public boolean isUnused() throws IOException {
    try (Stream<Path> files = Files.walk(path)) {
      return files
          .map(file -> path.relativize(file).toString())
          .noneMatch(name -> name.endsWith(".jsonl") || name.startsWith("checkpoints"));
    }
  }

  /** Deletes it with all in it. */
  public void delete() throws IOException {
    Folders.delete(path);
  }

  /** What the run says, line by line. */
  public Path log() {
    return path.resolve("run.log");
  }

  /** Where the trained model goes. */
  public Path model() {
    return path.resolve("model");
  }

  /** Where trained adapters go, beside the model that they are merged into. */
  Path adapter() {
    return path.resolve("adapter");
  }

  /** Where checkpoints go. */
  public Path checkpoints() {
    return path.resolve("checkpoints");
  }

  /** Its recipe, with every key. */
  public Path recipe() {
    return path.resolve(RECIPE);
  }

  /** Writes its recipe; from then on the run can be resumed. */
  public void writeRecipe(String yaml) throws IOException {
    WholeFiles.write(recipe(), yaml.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Writes the trained model, in the place of one that an earlier end of the run has written. Where
   * adapters were trained they are merged into it, and in a folder of their own as well.
   *
   * @param source the folder that the model came from
   */
  public void writeModel(PolicyModel policy, Path source) throws IOException {
    Path fresh = path.resolve("model.new");
    Path old = path.resolve("model.old");
    Folders.delete(fresh);
    Folders.delete(old);
    new ModelExport(TensorType.F32, MAX_SHARD_BYTES).write(policy, source, fresh);
    if (Files.exists(model())) {
      Files.move(model(), old, StandardCopyOption.ATOMIC_MOVE);
    }
    Files.move(fresh, model(), StandardCopyOption.ATOMIC_MOVE);
    Folders.delete(old);
    if (policy.adapters().isPresent()) {
      Folders.delete(adapter());
      PeftAdapter.write(policy.adapters().get(), source.toString(), adapter());
    }
  }

  /** The files that grow with the steps. */
  public GrowingFiles growing() {
    return growing;
  }

  /** Writes a step's metrics; one that is not a number, as of a skipped update, is left out. */
  public void appendMetrics(StepReport report) {
    Map<String, Object> line = new TreeMap<>(report.metrics());
    line.values().removeIf(value -> !Double.isFinite((Double) value));
    long number = report.step() + firstStep;
    line.put("step", number);
    JsonLines.append(path.resolve(METRICS), List.of(line));
    tensorBoard().scalars(number, report.metrics());
  }

  /** Rollouts may be sampled by another thread than the one that trains. */
  private synchronized TensorBoardFile tensorBoard() {
    if (tensorBoard == null) {
      tensorBoard = TensorBoardFile.create(path);
    }
    return tensorBoard;
  }

  /** Keeps the rollouts of a step, as the trainer counts it: from 0. */
  public void writeRollouts(long step, List<RolloutTrace> traces) {
    long number = step + firstStep;
    JsonLines.append(path.resolve("rollouts").resolve(RunSteps.file(number)), traces);
    tensorBoard().texts(number, "rollouts", RolloutTexts.of(traces));
  }

  /** Where the completions of an evaluation are, {@code before} training or {@code after} it. */
  public Path evaluation(String when) {
    return path.resolve("evaluation-" + when + ".jsonl");
  }
}
