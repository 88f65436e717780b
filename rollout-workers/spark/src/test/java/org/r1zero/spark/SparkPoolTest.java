package org.r1zero.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.r1zero.grpo.CrossEntropy;
import org.r1zero.grpo.Learners;
import org.r1zero.grpo.OwnLearner;
import org.r1zero.grpo.PartReport;
import org.r1zero.grpo.PartWork;
import org.r1zero.grpo.data.MicroBatch;
import org.r1zero.grpo.data.Sample;
import org.r1zero.grpo.loss.UpdateSize;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.LoraConfig;
import org.r1zero.grpo.model.Parameter;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.tokenizer.Tokenizer;
import org.r1zero.rollout.generation.Collected;
import org.r1zero.rollout.generation.Generation;
import org.r1zero.rollout.generation.GenerationRequest;
import org.r1zero.rollout.generation.SamplingConfig;
import org.r1zero.rollout.generation.SamplingStatus;
import org.r1zero.rollout.worker.PoolOptions;
import org.r1zero.rollout.worker.PoolSource;
import org.r1zero.rollout.worker.SamplingCancelledException;
import org.r1zero.rollout.worker.TinyModelFolder;
import org.r1zero.rollout.worker.TokenizerStops;
import org.r1zero.rollout.worker.WorkUnit;
import org.r1zero.rollout.worker.WorkerPool;
import org.r1zero.rollout.worker.WorkerPools;

class SparkPoolTest {
  private static final PoolOptions OPTIONS = new PoolOptions(2, 1, true, Duration.ofSeconds(60), 3);

  @TempDir private Path folder;
  @TempDir private Path shared;
  @TempDir private Path own;
  private final List<String> said = Collections.synchronizedList(new ArrayList<>());
  private Tokenizer tokenizer;
  private PolicyModel first;
  private PolicyModel second;

  /** Spark starts executors only from a home that has a folder of jars; ours come by class path. */
  @BeforeAll
  static void makeSparkHome() throws IOException {
    Files.createDirectories(Path.of(System.getenv("SPARK_HOME"), "jars"));
  }

  @BeforeEach
  void open() throws IOException {
    tokenizer = TinyModelFolder.write(folder, 4000);
    first = TinyModelFolder.policy(folder, 1, ComputeType.FLOAT32);
    second = TinyModelFolder.policy(folder, 2, ComputeType.FLOAT32);
    System.setProperty("spark.ui.enabled", "false");
  }

  @AfterEach
  void close() {
    first.close();
    second.close();
    tokenizer.close();
    if (System.clearProperty("spark.master") != null) {
      SparkContext.getOrCreate().stop();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void rolloutsAreThoseOfProcesses(boolean byFolder) throws IOException {
    System.setProperty("spark.master", "local[2]");
    try (WorkerPool spark = spark(byFolder ? shared.toUri().toString() : "auto");
        WorkerPool processes = processes()) {
      requireEqual(sampled(spark, 30), sampled(processes, 30));
      spark.publish(1, second);
      processes.publish(1, second);
      requireEqual(sampled(spark, 30), sampled(processes, 30));
      spark.publish(2, first);
      processes.publish(2, first);
      requireEqual(sampled(spark, 30), sampled(processes, 30));
    }
    assertThat(said).isEmpty();
    try (Stream<Path> left = Files.list(shared)) {
      assertThat(left.filter(file -> !file.toString().endsWith(".crc"))).isEmpty();
    }
  }

  @Test
  void adaptersAloneGiveTheRolloutsOfProcesses() {
    System.setProperty("spark.master", "local[2]");
    LoraConfig lora = new LoraConfig(2, 8, List.of("q_proj", "up_proj"));
    try (PolicyModel adapted =
            new PolicyModel(
                first.config(), first::tensor, ComputeType.FLOAT32, Device.cpu(), lora, 1);
        WorkerPool spark =
            WorkerPools.backend("spark").open(OPTIONS, source(adapted, "auto"), said::add);
        WorkerPool processes =
            WorkerPools.backend("process")
                .open(OPTIONS, source(adapted, own.toString()), line -> {})) {
      List<List<Generation>> before = sampled(spark, 30);
      requireEqual(before, sampled(processes, 30));
      for (Parameter parameter : adapted.parameters()) {
        parameter.value().addi(0.3f);
        parameter.updated();
      }
      spark.publish(1, adapted);
      processes.publish(1, adapted);
      List<List<Generation>> after = sampled(spark, 30);
      requireEqual(after, sampled(processes, 30));
      assertThat(after.get(0).get(0).policyLogProbs())
          .isNotEqualTo(before.get(0).get(0).policyLogProbs());
    }
    assertThat(said).isEmpty();
  }

  @Test
  void aKilledExecutorChangesNothing() throws Exception {
    System.setProperty("spark.master", "local-cluster[2,1,1024]");
    System.setProperty("spark.executor.extraClassPath", System.getProperty("java.class.path"));
    try (WorkerPool spark = spark("auto");
        WorkerPool processes = processes()) {
      requireEqual(sampled(spark, 30), sampled(processes, 30));
      List<ProcessHandle> executors = executors();
      assertThat(executors).hasSize(2);
      spark.publish(1, second);
      processes.publish(1, second);
      CompletableFuture<Void> some = new CompletableFuture<>();
      CompletableFuture<List<List<Generation>>> sampling =
          CompletableFuture.supplyAsync(
              () -> {
                Collected heard =
                    new Collected() {
                      @Override
                      public void status(SamplingStatus status) {
                        if (status.finished() > 0) {
                          some.complete(null);
                        }
                      }
                    };
                spark.generate(units(60), greedy(1500), heard);
                return heard.all();
              });
      some.get(120, TimeUnit.SECONDS);
      assertThat(sampling).isNotDone();
      executors.get(0).destroyForcibly();
      Collected expected = new Collected();
      processes.generate(units(60), greedy(1500), expected);
      requireEqual(sampling.get(120, TimeUnit.SECONDS), expected.all());
      assertThat(spark.replaced()).isEqualTo(1);
      // the executor that takes its place starts from the newest version
      spark.publish(2, first);
      processes.publish(2, first);
      requireEqual(sampled(spark, 30), sampled(processes, 30));
    } finally {
      System.clearProperty("spark.executor.extraClassPath");
    }
    assertThat(said).singleElement().asString().contains("was lost (1 so far");
  }

  @ParameterizedTest
  @ValueSource(strings = {"local[2]", "local-cluster[2,1,1024]"})
  void learnersGiveTheGradientOfOneProcessAlsoWhereAnExecutorDies(String master)
      throws IOException {
    System.setProperty("spark.master", master);
    System.setProperty("spark.executor.extraClassPath", System.getProperty("java.class.path"));
    String marker = own.resolve("the next one to compute dies").toString();
    PartWork work = new CrossEntropy().work(new UpdateSize(12, 12 * 13 / 2 + 12, 1));
    PartWork deadly =
        (policy, part) -> {
          if (new File(marker).delete()) {
            Runtime.getRuntime().halt(9);
          }
          return work.compute(policy, part);
        };
    float[] expected = gradient(new OwnLearner(), work);
    try (WorkerPool spark = spark("auto")) {
      float[] found = gradient(spark.learners(2), deadly);
      assertThat(found).containsExactly(expected, within(1e-6f));
      if (!master.startsWith("local[")) {
        Files.createFile(Path.of(marker));
        assertThat(gradient(spark.learners(2), deadly)).isEqualTo(found);
        assertThat(Path.of(marker)).doesNotExist();
        assertThat(spark.replaced()).isEqualTo(1);
        assertThat(said).singleElement().asString().contains("was lost (1 so far");
      }
      assertThatThrownBy(() -> spark.learners(3))
          .hasMessageContaining("at most the tasks that run at once, 2 here, was 3");
    } finally {
      System.clearProperty("spark.executor.extraClassPath");
    }
  }

  @Test
  void aLearnerThatHangsEndsItsExecutorAndTheUpdateBeginsAgain() throws IOException {
    System.setProperty("spark.master", "local-cluster[2,1,1024]");
    System.setProperty("spark.executor.extraClassPath", System.getProperty("java.class.path"));
    String marker = own.resolve("the next one to compute hangs").toString();
    PartWork work = new CrossEntropy().work(new UpdateSize(12, 12 * 13 / 2 + 12, 1));
    PartWork hanging =
        (policy, part) -> {
          if (new File(marker).delete()) {
            synchronized (marker) {
              while (true) {
                try {
                  marker.wait();
                } catch (InterruptedException e) {
                  // native code hears of none
                }
              }
            }
          }
          return work.compute(policy, part);
        };
    PoolOptions impatient = new PoolOptions(2, 1, true, Duration.ofSeconds(15), 3);
    try (WorkerPool spark =
        WorkerPools.backend("spark").open(impatient, source("auto"), said::add)) {
      Learners learners = spark.learners(2);
      float[] expected = gradient(learners, work);
      Files.createFile(Path.of(marker));
      assertThat(gradient(learners, hanging)).isEqualTo(expected);
      assertThat(Path.of(marker)).doesNotExist();
    } finally {
      System.clearProperty("spark.executor.extraClassPath");
    }
    assertThat(said).anySatisfy(line -> assertThat(line).contains("was lost (").contains("86"));
  }

  /** Of twelve samples of 1 to 12 tokens and one more each, in one part. */
  private float[] gradient(Learners learners, PartWork work) {
    first.dropGradients();
    List<Sample> samples = new ArrayList<>();
    int[] prompt = {1, 2, 3};
    for (int i = 1; i <= 12; i++) {
      int[] tokens = new int[i + 1];
      Arrays.setAll(tokens, t -> 1 + t);
      samples.add(Sample.toLearn(prompt, tokens));
    }
    List<PartReport> reports =
        learners.compute(0, first, List.of(MicroBatch.of(samples)), work, first::dropGradients);
    assertThat(reports.stream().mapToLong(PartReport::rows).sum()).isGreaterThanOrEqualTo(81);
    ByteBuffer all = ByteBuffer.allocate(4 * (int) first.parameterCount());
    for (Parameter parameter : first.parameters()) {
      for (float value : parameter.gradient().toFloatArray()) {
        all.putFloat(value);
      }
    }
    float[] gradient = new float[all.position() / 4];
    all.flip().asFloatBuffer().get(gradient);
    return gradient;
  }

  @Test
  void aCallEndsWithinTwoSecondsAndThePoolGoesOn() throws Exception {
    System.setProperty("spark.master", "local[2]");
    try (WorkerPool spark = spark("auto");
        WorkerPool processes = processes()) {
      CompletableFuture<Void> running = new CompletableFuture<>();
      CompletableFuture<?> call =
          CompletableFuture.runAsync(
              () -> spark.generate(units(60), greedy(3900), status -> running.complete(null)));
      CompletableFuture.anyOf(running, call).get(60, TimeUnit.SECONDS);
      long started = System.nanoTime();
      spark.cancel();
      assertThatThrownBy(() -> call.get(10, TimeUnit.SECONDS))
          .hasCauseInstanceOf(SamplingCancelledException.class);
      assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(2));
      requireEqual(sampled(spark, 30), sampled(processes, 30));
    }
  }

  @Test
  void whatNoExecutorCanSampleEndsTheCallAtOnce() {
    System.setProperty("spark.master", "local[2]");
    try (WorkerPool spark = spark("auto")) {
      assertThatThrownBy(() -> sampled(spark, 4000))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("max_position_embeddings");
      assertThat(spark.replaced()).isZero();
    }
  }

  @Test
  void settingsOfTheUserStay() {
    SparkConf conf =
        new SparkConf(false)
            .setMaster("local[3]")
            .set("spark.network.timeout", "5s")
            .set("spark.app.name", "mine");
    SparkConf made = SparkBackend.settings(conf, OPTIONS);
    assertThat(made.get("spark.master")).isEqualTo("local[3,4]");
    assertThat(made.get("spark.task.maxFailures")).isEqualTo("4");
    assertThat(made.get("spark.network.timeout")).isEqualTo("5s");
    assertThat(made.get("spark.app.name")).isEqualTo("mine");
    assertThatThrownBy(() -> SparkBackend.settings(new SparkConf(false), OPTIONS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--master");
  }

  private WorkerPool spark(String weights) {
    return WorkerPools.backend("spark").open(OPTIONS, source(weights), said::add);
  }

  /** What it says is not looked at: on a busy machine, that a worker does not end in time. */
  private WorkerPool processes() {
    return WorkerPools.backend("process").open(OPTIONS, source(own.toString()), line -> {});
  }

  private PoolSource source(String weights) {
    return source(first, weights);
  }

  private PoolSource source(PolicyModel policy, String weights) {
    return new PoolSource(
        0, policy, config -> new TokenizerStops(tokenizer, config.stop()), folder, weights);
  }

  /** The executors' processes are children of this one. */
  private static List<ProcessHandle> executors() {
    return ProcessHandle.current()
        .descendants()
        .filter(process -> commandLine(process).contains("CoarseGrainedExecutorBackend"))
        .toList();
  }

  /** Java's own way leaves long ones out. */
  private static String commandLine(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc", String.valueOf(process.pid()), "cmdline"));
    } catch (IOException e) {
      return ""; // it has ended
    }
  }

  private static List<WorkUnit> units(int count) {
    List<GenerationRequest> requests = new ArrayList<>();
    for (int u = 0; u < count; u++) {
      long[] seeds = new long[3];
      int unit = u;
      Arrays.setAll(seeds, s -> 100L * unit + s);
      requests.add(new GenerationRequest(new int[] {1, 2, 3 + u % 8}, seeds));
    }
    return WorkUnit.cut(requests, 1, 0);
  }

  private static SamplingConfig greedy(int newTokens) {
    return new SamplingConfig(0, 0, 1, 0, newTokens, List.of(), 64);
  }

  private static List<List<Generation>> sampled(WorkerPool pool, int newTokens) {
    Collected heard = new Collected();
    pool.generate(units(5), new SamplingConfig(1, 0, 1, 0, newTokens, List.of(), 64), heard);
    return heard.all();
  }

  private static void requireEqual(List<List<Generation>> actual, List<List<Generation>> expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int r = 0; r < expected.size(); r++) {
      assertThat(actual.get(r)).hasSameSizeAs(expected.get(r));
      for (int i = 0; i < expected.get(r).size(); i++) {
        Generation one = actual.get(r).get(i);
        Generation same = expected.get(r).get(i);
        assertThat(one.tokens()).isEqualTo(same.tokens());
        assertThat(one.samplingLogProbs()).isEqualTo(same.samplingLogProbs());
        assertThat(one.policyLogProbs()).isEqualTo(same.policyLogProbs());
        assertThat(one.finishReason()).isEqualTo(same.finishReason());
      }
    }
  }
}
