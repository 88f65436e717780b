package org.r1zero.experiment.metrics;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.r1zero.experiment.config.MlflowConfig;
import org.r1zero.experiment.metrics.MlflowClient.Metric;
import org.r1zero.experiment.metrics.MlflowClient.RefusedException;
import org.r1zero.experiment.metrics.MlflowClient.Run;
import org.r1zero.grpo.files.WholeFiles;

/**
 * Logs a run to an MLflow server: its recipe as parameters, each step's numbers, at the end what
 * was evaluated and the run's files. All of it is done by a thread of its own, from the run's
 * metrics.jsonl: training only wakes it. A server that is away costs one warning; what it missed is
 * sent when it is back, or not at all. A resumed run goes on in the same run there, whose id is in
 * {@code mlflow.json}; steps that the server has are not sent again.
 */
public final class MlflowTracker implements AutoCloseable {
  private static final String ID_FILE = "mlflow.json";

  /** Every step has it. */
  private static final String STEP_METRIC = "reward";

  private static final int MAX_READ = 1 << 20;
  private static final int TIMES = 10_000;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final MlflowConfig config;
  private final Waits waits;
  private final Path folder;
  private final Beginning about;
  private final Consumer<String> say;
  private final MlflowClient client;
  private final Thread thread;

  /** Holds at most one wake-up: nobody waits to put another. */
  private final BlockingQueue<Boolean> wakeUps = new ArrayBlockingQueue<>(1);

  private final Map<Long, Long> times =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Long> eldest) {
          return size() > TIMES;
        }
      };
  private volatile String status = "FAILED";
  private volatile boolean ending;
  private volatile long stepsSent;
  private @Nullable Run run;
  private long offset;
  private boolean isAway;
  private boolean endBegun;
  private final Set<String> refusalsSaid = new HashSet<>();
  private final Set<Path> filesDone = new HashSet<>();

  /**
   * What is said of a run where it begins.
   *
   * @param name of the run
   * @param parameters by name
   * @param tags by name
   */
  public record Beginning(String name, Map<String, String> parameters, Map<String, String> tags) {}

  /**
   * How long is waited.
   *
   * @param answer for an answer of the server
   * @param firstRetry after a first failure; the next waits are twice as long each
   * @param longestRetry at most
   * @param end for all that is left at the end of a run
   */
  record Waits(Duration answer, Duration firstRetry, Duration longestRetry, Duration end) {

    static Waits usual() {
      return new Waits(
          Duration.ofSeconds(20),
          Duration.ofSeconds(1),
          Duration.ofMinutes(1),
          Duration.ofSeconds(60));
    }
  }

  /**
   * Begins to log; does not wait for the server.
   *
   * @param folder of the run
   * @param say takes what there is to say, from another thread
   */
  public MlflowTracker(MlflowConfig config, Path folder, Beginning about, Consumer<String> say) {
    this(config, folder, about, say, Waits.usual(), System.getenv());
  }

  MlflowTracker(
      MlflowConfig config,
      Path folder,
      Beginning about,
      Consumer<String> say,
      Waits waits,
      Map<String, String> environment) {
    this.config = config;
    this.folder = folder;
    this.about = about;
    this.say = say;
    this.waits = waits;
    this.client = new MlflowClient(config.trackingUri(), waits.answer, environment);
    this.thread = new Thread(this::work, "mlflow");
    this.thread.setDaemon(true);
    this.thread.start();
  }

  /**
   * Wakes the thread: a step's numbers are in metrics.jsonl.
   *
   * @param step from 1
   */
  public void stepFinished(long step) {
    synchronized (times) {
      times.put(step, System.currentTimeMillis());
    }
    wakeUps.offer(true);
  }

  /**
   * Sets how the run ended: {@code FINISHED}, or {@code KILLED}; it failed where this is not set.
   */
  public void ended(String how) {
    status = how;
  }

  /** Sends what is left, for a minute at most. */
  @Override
  public void close() {
    ending = true;
    wakeUps.offer(true);
    try {
      thread.join(waits.end.toMillis());
      if (thread.isAlive()) {
        thread.interrupt();
        say.accept(
            String.format(
                "WARNING: MLflow at %s did not answer in time: it has %s steps of this run, and may"
                    + " lack its end and files; all of them are in %s",
                config.trackingUri(), stepsSent, folder));
      }
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
  }

  private void work() {
    Duration retry = waits.firstRetry;
    while (true) {
      boolean last = ending;
      boolean done = false;
      try {
        Run known = run == null ? begin() : run;
        run = known;
        sendSteps(known);
        if (last) {
          sendTheEnd(known);
        }
        done = true;
        retry = waits.firstRetry;
        if (isAway) {
          isAway = false;
          say.accept("MLflow is back: it has all " + stepsSent + " steps so far");
        }
      } catch (RefusedException e) {
        if (!e.isPassing()) {
          say.accept(
              String.format(
                  "WARNING: MLflow at %s refused the run, which is not logged there: %s",
                  config.trackingUri(), e.getMessage()));
          return;
        }
        away(e);
      } catch (IOException | RuntimeException e) {
        away(e);
      }
      if ((last && done) || !pause(done ? null : retry, last)) {
        return;
      }
      if (!done) {
        retry = min(retry.multipliedBy(2), waits.longestRetry);
      }
    }
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) <= 0 ? a : b;
  }

  /**
   * Waits for the next wake-up; after a failure for a while, whatever wakes, unless it ends.
   *
   * @param last whether it has ended already: {@link #close} says when to give up
   */
  private boolean pause(@Nullable Duration retry, boolean last) {
    try {
      if (retry == null) {
        wakeUps.take();
        return true;
      }
      long until = System.nanoTime() + retry.toNanos();
      while ((last || !ending) && System.nanoTime() < until) {
        wakeUps.poll(until - System.nanoTime(), TimeUnit.NANOSECONDS);
      }
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  private void away(Exception fault) {
    if (!isAway) {
      isAway = true;
      String why = String.valueOf(fault.getMessage());
      say.accept(
          String.format(
              "WARNING: MLflow at %s can't be reached (%s): training goes on without it, and what"
                  + " it misses is sent when it is back",
              config.trackingUri(), why.equals("null") ? fault.getClass().getSimpleName() : why));
    }
  }

  /** Finds the run that an earlier process began, or begins one. */
  private Run begin() throws IOException {
    Path idFile = folder.resolve(ID_FILE);
    if (Files.exists(idFile)) {
      JsonNode known = JSON.readTree(idFile.toFile());
      if (known.path("tracking_uri").asText().equals(config.trackingUri())) {
        String id = known.path("run_id").asText();
        Optional<Run> found = client.find(id, STEP_METRIC);
        if (found.isPresent()) {
          client.update(id, "RUNNING", null);
          stepsSent = found.get().steps();
          if (stepsSent == 0) {
            logParameters(id); // it may have begun no further than its id
          }
          say.accept("MLflow: going on in run " + id + " at " + config.trackingUri());
          return found.get();
        }
        say.accept("WARNING: MLflow has run " + id + " no more: another one is begun");
      }
    }
    String experiment = client.experiment(config.experimentName());
    Run begun = client.create(experiment, about.name, about.tags, System.currentTimeMillis());
    ObjectNode id = JSON.createObjectNode();
    id.put("tracking_uri", config.trackingUri());
    id.put("experiment_id", experiment).put("run_id", begun.id());
    WholeFiles.write(idFile, (id + "\n").getBytes(StandardCharsets.UTF_8));
    logParameters(begun.id());
    say.accept(
        String.format(
            "MLflow: run %s of experiment %s at %s",
            begun.id(), config.experimentName(), config.trackingUri()));
    return begun;
  }

  /** Logs the recipe; a parameter that is there with the same value is no fault. */
  private void logParameters(String id) throws IOException {
    List<Map.Entry<String, String>> parameters =
        new ArrayList<>(new TreeMap<>(about.parameters).entrySet());
    for (int from = 0; from < parameters.size(); from += MlflowClient.MAX_PARAMS) {
      Map<String, String> some = new TreeMap<>();
      parameters
          .subList(from, Math.min(from + MlflowClient.MAX_PARAMS, parameters.size()))
          .forEach(entry -> some.put(entry.getKey(), entry.getValue()));
      unlessRefused("parameters", () -> client.log(id, "params", some));
    }
  }

  /** Sends the steps of metrics.jsonl that the server has not, in whole steps. */
  private void sendSteps(Run known) throws IOException {
    Path file = folder.resolve("metrics.jsonl");
    while (Files.exists(file)) {
      if (Files.size(file) < offset) {
        offset = 0; // a resumed run was put back to its checkpoint
      }
      long next = offset;
      List<Metric> metrics = new ArrayList<>();
      long upTo = stepsSent;
      for (String line : lines(file)) {
        JsonNode numbers = JSON.readTree(line);
        long step = numbers.path("step").asLong();
        List<Metric> ofStep = step > stepsSent ? metrics(numbers, step) : List.of();
        if (!metrics.isEmpty() && metrics.size() + ofStep.size() > MlflowClient.MAX_METRICS) {
          break;
        }
        metrics.addAll(ofStep);
        upTo = Math.max(upTo, step);
        next += line.getBytes(StandardCharsets.UTF_8).length + 1;
      }
      if (next == offset) {
        return;
      }
      if (!metrics.isEmpty()) {
        send(known, metrics);
      }
      offset = next;
      stepsSent = upTo;
    }
  }

  private void send(Run known, List<Metric> metrics) throws IOException {
    List<Metric> some = metrics.subList(0, Math.min(metrics.size(), MlflowClient.MAX_METRICS));
    unlessRefused("numbers of a step", () -> client.log(known.id(), some));
  }

  /** Something that is sent. */
  @FunctionalInterface
  private interface Sending {
    void send() throws IOException;
  }

  /** One batch may be refused, such as for a name: the next may not. */
  private void unlessRefused(String what, Sending sending) throws IOException {
    try {
      sending.send();
    } catch (RefusedException e) {
      if (e.isPassing() || e.status == 401 || e.status == 403 || e.status == 404) {
        throw e;
      }
      sayRefused(what, e);
    }
  }

  private void sayRefused(String what, RefusedException fault) {
    if (refusalsSaid.add(what)) {
      say.accept("WARNING: MLflow refused " + what + ": " + fault.getMessage());
    }
  }

  private List<Metric> metrics(JsonNode numbers, long step) {
    Long time;
    synchronized (times) {
      time = times.get(step);
    }
    long at = time == null ? System.currentTimeMillis() : time;
    List<Metric> metrics = new ArrayList<>();
    for (Map.Entry<String, JsonNode> number : numbers.properties()) {
      if (number.getValue().isNumber() && !number.getKey().equals("step")) {
        metrics.add(new Metric(number.getKey(), number.getValue().doubleValue(), at, step));
      }
    }
    return metrics;
  }

  /** Whole lines from where reading has come to, a portion of the file. */
  private List<String> lines(Path file) throws IOException {
    byte[] bytes;
    try (RandomAccessFile reader = new RandomAccessFile(file.toFile(), "r")) {
      reader.seek(offset);
      bytes = new byte[(int) Math.min(MAX_READ, reader.length() - offset)];
      reader.readFully(bytes);
    }
    String text = new String(bytes, StandardCharsets.UTF_8);
    int end = text.lastIndexOf('\n');
    return end < 0 ? List.of() : List.of(text.substring(0, end).split("\n", -1));
  }

  /** Says how the run ended before its files are sent, which may be refused; tried until it is. */
  private void sendTheEnd(Run known) throws IOException {
    Path manifest = folder.resolve("manifest.json");
    if (!endBegun && Files.exists(manifest)) {
      List<Metric> results = new ArrayList<>();
      collect("evaluation", JSON.readTree(manifest.toFile()).path("result"), results);
      if (!results.isEmpty()) {
        send(known, results);
      }
    }
    endBegun = true;
    client.update(known.id(), status, System.currentTimeMillis());
    if (config.logArtifacts()) {
      sendFiles(known);
    }
  }

  private void collect(String name, JsonNode node, List<Metric> results) {
    if (node.isNumber()) {
      results.add(new Metric(name, node.doubleValue(), System.currentTimeMillis(), stepsSent));
    }
    node.properties()
        .forEach(field -> collect(name + "/" + field.getKey(), field.getValue(), results));
  }

  private void sendFiles(Run known) throws IOException {
    if (!MlflowClient.takesArtifacts(known)) {
      say.accept(
          String.format(
              "MLflow keeps artefacts at %s, which its clients write to themselves: the run's files"
                  + " stay in %s (a server with --serve-artifacts takes them)",
              known.artifactUri(), folder));
      return;
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(MlflowTracker::isArtifact).sorted().toList()) {
        upload(known, file);
      }
    }
  }

  /** What is wrong with one file, such as its size, is so with this one only. */
  private void upload(Run known, Path file) throws IOException {
    if (filesDone.contains(file)) {
      return;
    }
    try {
      client.upload(known, file);
    } catch (RefusedException e) {
      if (e.isPassing()) {
        throw e;
      }
      sayRefused("the file " + file.getFileName() + ", which stays in " + folder, e);
    }
    filesDone.add(file);
  }

  private static boolean isArtifact(Path file) {
    String name = String.valueOf(file.getFileName());
    return List.of("recipe.yaml", "manifest.json", "metrics.jsonl", "run.log").contains(name)
        || (name.startsWith("evaluation-") && name.endsWith(".jsonl"));
  }
}
