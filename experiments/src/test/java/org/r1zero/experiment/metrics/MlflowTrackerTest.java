package org.r1zero.experiment.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.r1zero.experiment.config.MlflowConfig;

@Tag("slow")
class MlflowTrackerTest {
  private static final MlflowTracker.Waits QUICK =
      new MlflowTracker.Waits(
          Duration.ofSeconds(10),
          Duration.ofMillis(50),
          Duration.ofMillis(200),
          Duration.ofSeconds(20));

  @TempDir private Path folder;
  private final List<String> said = new CopyOnWriteArrayList<>();

  @Test
  void aRunIsLoggedWithItsParametersStepsResultsAndFiles() throws Exception {
    try (FakeMlflow server = new FakeMlflow(0)) {
      Files.writeString(folder.resolve("recipe.yaml"), "name: test\n");
      Files.writeString(
          folder.resolve("manifest.json"),
          "{\"result\": {\"pass1_sampled_after\": {\"mean\": 0.75, \"low\": 0.5}}}");
      Files.writeString(folder.resolve("evaluation-after.jsonl"), "{}\n");
      Map<String, String> parameters = new TreeMap<>();
      for (int i = 0; i < 250; i++) {
        parameters.put("key." + i, "v".repeat(i * 4));
      }
      try (MlflowTracker tracker = tracker(server.address() + "/", parameters, QUICK)) {
        for (int step = 1; step <= 5; step++) {
          write(step, step);
          tracker.stepFinished(step);
        }
        tracker.ended("FINISHED");
      }
      FakeMlflow.ARun run = server.run();
      assertThat(server.experiments.values()).containsExactly("mine");
      assertThat(run.name).isEqualTo("test");
      assertThat(run.tags).containsEntry("mlflow.user", "me");
      assertThat(run.status).isEqualTo("FINISHED");
      assertThat(run.params).hasSize(250).containsEntry("key.2", "v".repeat(8));
      assertThat(run.params.get("key.249")).hasSize(500).endsWith("…");
      assertThat(run.steps("reward")).containsExactly(1L, 2L, 3L, 4L, 5L);
      assertThat(Objects.requireNonNull(run.metrics.get("reward")).get(2).getValue()).isEqualTo(3);
      assertThat(run.metrics).containsKey("rewards/a ___/mean").doesNotContainKey("step");
      assertThat(run.metrics.get("evaluation/pass1_sampled_after/mean"))
          .containsExactly(Map.entry(5L, 0.75));
      assertThat(run.artifacts.keySet())
          .containsExactly(
              "evaluation-after.jsonl", "manifest.json", "metrics.jsonl", "recipe.yaml");
      assertThat(run.artifacts.get("metrics.jsonl"))
          .isEqualTo(Files.readAllBytes(folder.resolve("metrics.jsonl")));
      assertThat(said).hasSize(1).allMatch(line -> line.startsWith("MLflow: run run1"));
    }
  }

  @Test
  void aResumedRunGoesOnInTheSameRunWithoutStepsTwice() throws Exception {
    try (FakeMlflow server = new FakeMlflow(0)) {
      try (MlflowTracker tracker = tracker(server.address(), Map.of("seed", "1"), QUICK)) {
        write(1, 4);
        tracker.stepFinished(4);
        await(() -> !server.runs.isEmpty() && server.run().steps("reward").size() == 4);
      } // it did not end as it should have
      assertThat(server.run().status).isEqualTo("FAILED");
      Files.delete(folder.resolve("metrics.jsonl")); // back to the checkpoint after step 2
      write(1, 2);
      // what was changed on resuming can't be changed there
      try (MlflowTracker tracker = tracker(server.address(), Map.of("seed", "2"), QUICK)) {
        for (int step = 3; step <= 6; step++) {
          write(step, step);
          tracker.stepFinished(step);
        }
        tracker.ended("KILLED");
      }
      assertThat(server.run().steps("reward")).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
      assertThat(server.run().status).isEqualTo("KILLED");
      assertThat(server.run().params).containsEntry("seed", "1");
      assertThat(said).last().asString().contains("going on in run run1");
      server.runs.clear(); // deleted there
      try (MlflowTracker tracker = tracker(server.address(), Map.of("seed", "2"), QUICK)) {
        tracker.ended("FINISHED");
      }
      assertThat(server.run().steps("reward")).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
      assertThat(said).anyMatch(line -> line.contains("has run run1 no more"));
    }
  }

  @Test
  void aServerThatIsAwayCostsOneWarningAndGetsWhatItMissed() throws Exception {
    int port;
    try (FakeMlflow server = new FakeMlflow(0)) {
      port = server.port();
    }
    String address = "http://127.0.0.1:" + port;
    MlflowTracker.Waits waits =
        new MlflowTracker.Waits(
            QUICK.answer(), QUICK.firstRetry(), QUICK.longestRetry(), Duration.ofSeconds(2));
    try (MlflowTracker tracker = tracker(address, Map.of(), waits)) {
      long started = System.nanoTime();
      for (int step = 1; step <= 50; step++) {
        write(step, step);
        tracker.stepFinished(step);
      }
      assertThat((System.nanoTime() - started) / 1e9).as("seconds").isLessThan(2);
      await(() -> !said.isEmpty());
      Thread.sleep(600); // several tries
      assertThat(said).hasSize(1).allMatch(l -> l.contains("can't be reached"));
      try (FakeMlflow server = new FakeMlflow(port)) {
        await(() -> said.stream().anyMatch(line -> line.contains("it has all 50 steps")));
        assertThat(server.run().steps("reward"))
            .containsExactlyElementsOf(LongStream.rangeClosed(1, 50).boxed().toList());
      }
      write(51, 51);
      tracker.stepFinished(51);
      tracker.ended("FINISHED");
    }
    List<String> warnings = said.stream().filter(line -> line.startsWith("WARNING")).toList();
    assertThat(warnings).as("away, away again, and what it lacks").hasSize(3);
    assertThat(warnings.get(2)).contains("it has 50 steps of this run, and may lack its end");
  }

  @Test
  void aServerThatDoesNotAnswerHoldsNobodyUp() throws Exception {
    MlflowTracker.Waits waits =
        new MlflowTracker.Waits(
            Duration.ofSeconds(30),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            Duration.ofMillis(500));
    try (FakeMlflow server = new FakeMlflow(0)) {
      server.delay = 20_000;
      MlflowTracker tracker = tracker(server.address(), Map.of(), waits);
      long started = System.nanoTime();
      for (int step = 1; step <= 100; step++) {
        tracker.stepFinished(step);
      }
      assertThat((System.nanoTime() - started) / 1e9).as("seconds").isLessThan(0.3);
      tracker.close();
      assertThat((System.nanoTime() - started) / 1e9).as("seconds").isLessThan(5);
      assertThat(said).anyMatch(line -> line.contains("did not answer in time: it has 0 steps"));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403})
  void aRefusalIsSaidOnce(int status) throws Exception {
    try (FakeMlflow server = new FakeMlflow(0)) {
      server.refuses = status;
      try (MlflowTracker tracker = tracker(server.address(), Map.of(), QUICK)) {
        await(() -> !said.isEmpty());
        write(1, 3);
        tracker.stepFinished(3);
      }
      assertThat(said).hasSize(1);
      assertThat(said.get(0)).contains("refused the run").contains("HTTP " + status + ": no");
      assertThat(server.requests).hasSize(1);
    }
  }

  @Test
  void aFaultOfTheServersOwnIsTriedAgain() throws Exception {
    try (FakeMlflow server = new FakeMlflow(0)) {
      server.refuses = 503;
      try (MlflowTracker tracker = tracker(server.address(), Map.of(), QUICK)) {
        write(1, 3);
        tracker.stepFinished(3);
        await(() -> server.requests.size() > 3);
        server.refuses = 0;
        await(() -> said.stream().anyMatch(line -> line.contains("MLflow is back")));
        tracker.ended("FINISHED");
      }
      assertThat(server.run().steps("reward")).containsExactly(1L, 2L, 3L);
      assertThat(said.stream().filter(line -> line.startsWith("WARNING"))).hasSize(1);
    }
  }

  @Test
  void parametersThatTheServerCouldNotTakeAreSentWhenItIsBack() throws Exception {
    try (FakeMlflow server = new FakeMlflow(0)) {
      server.refusedWord = "\"params\"";
      server.refusedWith = 503;
      try (MlflowTracker tracker = tracker(server.address(), Map.of("seed", "1"), QUICK)) {
        await(() -> !said.isEmpty());
        server.refusedWord = "";
        await(() -> said.stream().anyMatch(line -> line.contains("MLflow is back")));
        tracker.ended("FINISHED");
      }
      assertThat(server.run().params).containsExactly(Map.entry("seed", "1"));
      assertThat(server.run().status).isEqualTo("FINISHED");
    }
  }

  @Test
  void aParameterThatIsRefusedEndsNothing() throws Exception {
    try (FakeMlflow server = new FakeMlflow(0)) {
      server.refusedWord = "\"params\"";
      server.refusedWith = 400;
      write(1, 2);
      try (MlflowTracker tracker = tracker(server.address(), Map.of("seed", "1"), QUICK)) {
        tracker.ended("FINISHED");
      }
      assertThat(server.run().steps("reward")).containsExactly(1L, 2L);
      assertThat(server.run().status).isEqualTo("FINISHED");
      assertThat(said).anyMatch(line -> line.contains("refused parameters: HTTP 400"));
    }
  }

  @Test
  void aFileThatIsRefusedIsNamedAndTheOthersAreTaken() throws Exception {
    try (FakeMlflow server = new FakeMlflow(0)) {
      server.refusedWord = "artifacts/metrics.jsonl";
      Files.writeString(folder.resolve("recipe.yaml"), "name: test\n");
      Files.writeString(folder.resolve("evaluation-after.jsonl"), "{}\n");
      write(1, 1);
      try (MlflowTracker tracker = tracker(server.address(), Map.of(), QUICK)) {
        tracker.ended("FINISHED");
      }
      assertThat(server.run().status).isEqualTo("FINISHED");
      assertThat(server.run().artifacts.keySet())
          .containsExactly("evaluation-after.jsonl", "recipe.yaml");
      assertThat(said.stream().filter(line -> line.startsWith("WARNING")).toList())
          .singleElement()
          .asString()
          .contains("refused the file metrics.jsonl, which stays in " + folder, "HTTP 413");
    }
  }

  @Test
  void theEndIsTriedUntilItIsTakenAndNothingIsSentTwice() throws Exception {
    try (FakeMlflow server = new FakeMlflow(0)) {
      Files.writeString(folder.resolve("manifest.json"), "{\"result\": {\"score\": 0.5}}");
      write(1, 1);
      MlflowTracker tracker = tracker(server.address(), Map.of(), QUICK);
      tracker.stepFinished(1);
      await(() -> !server.runs.isEmpty() && server.run().steps("reward").size() == 1);
      server.refusedWord = "artifacts/metrics.jsonl";
      server.refusedWith = 503;
      tracker.ended("FINISHED");
      Thread closing = new Thread(tracker::close);
      closing.start();
      await(() -> server.requests.stream().filter(r -> r.endsWith("/metrics.jsonl")).count() > 2);
      server.refusedWord = "";
      closing.join();
      FakeMlflow.ARun run = server.run();
      assertThat(run.status).isEqualTo("FINISHED");
      assertThat(run.artifacts.keySet()).containsExactly("manifest.json", "metrics.jsonl");
      assertThat(run.steps("evaluation/score")).containsExactly(1L);
      assertThat(server.requests.stream().filter(r -> r.endsWith("/manifest.json"))).hasSize(1);
    }
  }

  @Test
  void credentialsAreReadFromTheEnvironmentUnderMlflowsNames() throws Exception {
    try (FakeMlflow server = new FakeMlflow(0)) {
      Map<String, String> user =
          Map.of("MLFLOW_TRACKING_USERNAME", "me", "MLFLOW_TRACKING_PASSWORD", "secret");
      tracker(server.address(), Map.of(), QUICK, user).close();
      assertThat(server.authorizations).isNotEmpty().containsOnly("Basic bWU6c2VjcmV0");
      server.authorizations.clear();
      Map<String, String> token = Map.of("MLFLOW_TRACKING_TOKEN", "abc");
      tracker(server.address(), Map.of(), QUICK, token).close();
      assertThat(server.authorizations).isNotEmpty().containsOnly("Bearer abc");
      assertThat(said).noneMatch(line -> line.contains("secret") || line.contains("abc"));
    }
  }

  @Test
  void filesStayHereWhereTheServerDoesNotTakeThem() throws Exception {
    try (FakeMlflow server = new FakeMlflow(0)) {
      server.artifacts = "s3://bucket/";
      write(1, 1);
      try (MlflowTracker tracker = tracker(server.address(), Map.of(), QUICK)) {
        tracker.ended("FINISHED");
      }
      assertThat(server.run().artifacts).isEmpty();
      assertThat(server.run().status).isEqualTo("FINISHED");
      assertThat(said).anyMatch(line -> line.contains("MLflow keeps artefacts at s3://bucket/1/"));
    }
  }

  @Test
  void whatIsNoServerIsAFaultOfTheRecipe() {
    for (String address : List.of("file:///tmp/mlruns", "mlruns", "sqlite:///m.db", "http:/x")) {
      assertThatThrownBy(() -> new MlflowConfig(address, " ", true))
          .hasMessageContaining("tracking_uri must be an address such as http://127.0.0.1:5000")
          .hasMessageContaining("mlflow server --backend-store-uri")
          .hasMessageContaining("experiment_name must be a name");
    }
    assertThat(MlflowConfig.defaults().isOn()).isFalse();
    assertThat(new MlflowConfig("https://mlflow.example.org/base", "x", true).isOn()).isTrue();
  }

  private MlflowTracker tracker(
      String address, Map<String, String> parameters, MlflowTracker.Waits waits) {
    return tracker(address, parameters, waits, Map.of());
  }

  private MlflowTracker tracker(
      String address,
      Map<String, String> parameters,
      MlflowTracker.Waits waits,
      Map<String, String> environment) {
    return new MlflowTracker(
        new MlflowConfig(address, "mine", true),
        folder,
        new MlflowTracker.Beginning("test", parameters, Map.of("mlflow.user", "me")),
        said::add,
        waits,
        environment);
  }

  /** Appends steps to metrics.jsonl, each of so many numbers that ten need two batches. */
  private void write(int from, int to) throws IOException {
    for (int step = from; step <= to; step++) {
      Map<String, Object> line = new TreeMap<>();
      line.put("step", step);
      line.put("reward", (double) step);
      line.put("rewards/a (ü)/mean", 1);
      line.putAll(
          LongStream.range(0, 120).boxed().collect(Collectors.toMap(i -> "m/" + i, i -> i * 0.5)));
      Files.writeString(
          folder.resolve("metrics.jsonl"),
          new ObjectMapper().writeValueAsString(line) + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    }
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long until = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited 20 seconds").isLessThan(until);
      Thread.sleep(10);
    }
  }
}
