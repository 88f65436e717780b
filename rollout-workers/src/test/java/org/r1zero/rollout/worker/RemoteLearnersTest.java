package org.r1zero.rollout.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.r1zero.grpo.AdvantageConfig;
import org.r1zero.grpo.CrossEntropy;
import org.r1zero.grpo.EntropyConfig;
import org.r1zero.grpo.GrpoConfig;
import org.r1zero.grpo.GrpoTrainer;
import org.r1zero.grpo.Learners;
import org.r1zero.grpo.LossConfig;
import org.r1zero.grpo.OffPolicyConfig;
import org.r1zero.grpo.OwnLearner;
import org.r1zero.grpo.PartWork;
import org.r1zero.grpo.ReferenceConfig;
import org.r1zero.grpo.RolloutBatch;
import org.r1zero.grpo.RolloutSource;
import org.r1zero.grpo.RunSettings;
import org.r1zero.grpo.StepReport;
import org.r1zero.grpo.Surroundings;
import org.r1zero.grpo.UpdateLoop;
import org.r1zero.grpo.advantage.GroupRelative;
import org.r1zero.grpo.data.BatchPacker;
import org.r1zero.grpo.data.MicroBatch;
import org.r1zero.grpo.data.Minibatch;
import org.r1zero.grpo.data.Rollout;
import org.r1zero.grpo.data.RolloutGroup;
import org.r1zero.grpo.data.Sample;
import org.r1zero.grpo.health.HealthConfig;
import org.r1zero.grpo.health.HealthMonitor;
import org.r1zero.grpo.loss.LossType;
import org.r1zero.grpo.loss.UpdateSize;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.Parameter;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.tokenizer.Tokenizer;
import org.r1zero.grpo.optim.AdamW;
import org.r1zero.grpo.optim.LearningRateSchedule;
import org.r1zero.grpo.optim.OptimizerConfig;

/** Learners that are threads, with sockets between them. */
@Tag("slow")
class RemoteLearnersTest {
  private static final OptimizerConfig CONSTANT =
      new OptimizerConfig(1e-3, LearningRateSchedule.CONSTANT, 0, 0, 0.9, 0.999, 1e-4, 1);

  /** So low that last bits stay last bits. */
  private static final OptimizerConfig LOW =
      new OptimizerConfig(1e-4, LearningRateSchedule.CONSTANT, 0, 0, 0.9, 0.999, 1e-4, 1);

  private static final int STEPS = 3;

  /** What depends on the machine, or on how parts are cut. */
  private static final Pattern OTHERS = Pattern.compile("time|per_second|memory|padding_ratio");

  @TempDir private Path folder;
  @TempDir private Path weights;
  @TempDir private Path blocks;
  private Tokenizer tokenizer;

  @BeforeEach
  void open() throws IOException {
    tokenizer = TinyModelFolder.write(folder, 400);
  }

  @AfterEach
  void close() {
    tokenizer.close();
  }

  /** What training came to. */
  private record Trained(List<StepReport> reports, List<float[]> weights) {}

  @ParameterizedTest
  @CsvSource({"1,0,100000", "2,0,100000", "4,0,100000", "3,2,60", "4,0,60"})
  void anyNumberOfLearnersTrainsTheSame(int learners, int losses, int partTokens) {
    Trained here = train(null, 0, partTokens);
    ThreadCluster cluster = new ThreadCluster(blocks, 4, losses, false);
    Trained there = train(cluster, learners, partTokens);
    assertThat(cluster.lost()).isEqualTo(losses);
    assertThat(there.reports).hasSize(STEPS);
    for (int step = 0; step < STEPS; step++) {
      Map<String, Double> expected = here.reports.get(step).metrics();
      Map<String, Double> found = there.reports.get(step).metrics();
      assertThat(found.keySet()).isEqualTo(expected.keySet());
      for (String name : List.of("loss", "grad_norm", "entropy", "mean_token_accuracy")) {
        assertThat(found.get(name)).as(name).isCloseTo(expected.get(name), within(1e-6));
      }
    }
    requireClose(there, here, 1e-6f);
  }

  @Test
  void theSameNumberOfLearnersGivesTheSameBitsWhoeverWasLost() {
    Trained first = train(new ThreadCluster(blocks, 3, 0, false), 3, 60);
    Trained second = train(new ThreadCluster(blocks, 4, 1, false), 3, 60);
    requireClose(second, first, 0);
  }

  @Test
  void aLearnerThatIsLostTooOftenEndsTraining() {
    assertThatThrownBy(() -> train(new ThreadCluster(blocks, 2, 9, false), 2, 60))
        .isInstanceOf(WorkerFailureException.class);
  }

  /** The loss that a run trains with, on a model whose gradient is sent in several pieces. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void policyOptimizationIsThatOfOneProcess(int learners) throws IOException {
    tokenizer.close();
    tokenizer = TinyModelFolder.write(folder, 400, 128);
    List<StepReport> expected = new ArrayList<>();
    List<StepReport> found = new ArrayList<>();
    List<float[]> here = optimized(null, 0, expected);
    List<float[]> there = optimized(new ThreadCluster(blocks, 4, 1, false), learners, found);
    assertThat(here.stream().mapToInt(one -> one.length).sum()).isGreaterThan(2 * 65_536);
    assertThat(found).hasSize(STEPS);
    for (int step = 0; step < STEPS; step++) {
      Map<String, Double> metrics = found.get(step).metrics();
      assertThat(metrics.keySet()).isEqualTo(expected.get(step).metrics().keySet());
      expected
          .get(step)
          .metrics()
          .forEach(
              (name, value) -> {
                if (!OTHERS.matcher(name).find()) {
                  assertThat(metrics.get(name))
                      .as(name)
                      .isCloseTo(value, within(1e-4 * Math.max(1, Math.abs(value))));
                }
              });
    }
    for (int i = 0; i < here.size(); i++) {
      assertThat(there.get(i)).containsExactly(here.get(i), within(1e-5f));
    }
  }

  private List<float[]> optimized(
      @Nullable ThreadCluster cluster, int learners, List<StepReport> reports) {
    GrpoConfig config =
        new GrpoConfig(
            STEPS,
            4,
            4,
            2,
            2,
            100,
            false,
            GroupRelative.Scale.GROUP,
            false,
            AdvantageConfig.defaults(),
            new LossConfig(LossType.DAPO, 0.2, 0.28, 0.04),
            new EntropyConfig(0.01, true, 0, 1, 0.005, 0.2),
            OffPolicyConfig.defaults(),
            ReferenceConfig.defaults(),
            LOW);
    try (PolicyModel policy = TinyModelFolder.policy(folder, 8, ComputeType.FLOAT32);
        PolicyModel reference = TinyModelFolder.policy(folder, 8, ComputeType.FLOAT32);
        AdamW optimizer = new AdamW(LOW, policy.parameters());
        WorkerPool pool = cluster == null ? null : pool(cluster, policy)) {
      Surroundings around =
          new Surroundings(
              policy,
              optimizer,
              new HealthMonitor(HealthConfig.defaults(), finding -> {}),
              (report, state) -> reports.add(report),
              pool == null ? new OwnLearner() : pool.learners(learners));
      RunSettings settings = new RunSettings(7, 1, 60);
      RolloutSource rollouts = (step, version) -> new RolloutBatch(groups(step), Map.of());
      new GrpoTrainer(config, settings, around, reference, rollouts).train();
      return policy.parameters().stream()
          .map(Parameter::value)
          .map(ai.djl.ndarray.NDArray::toFloatArray)
          .toList();
    }
  }

  /** Four groups of four completions, of 1 to 60 tokens. */
  private static List<RolloutGroup> groups(long step) {
    Random random = new Random(step);
    List<RolloutGroup> groups = new ArrayList<>();
    for (int g = 0; g < 4; g++) {
      List<Rollout> rollouts = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        int[] tokens = random.ints(1 + random.nextInt(i == 0 ? 60 : 12), 0, 17).toArray();
        float[] sampled = new float[tokens.length];
        for (int t = 0; t < sampled.length; t++) {
          sampled[t] = -3 - random.nextFloat();
        }
        rollouts.add(new Rollout(tokens, sampled, random.nextInt(3), false, step));
      }
      groups.add(new RolloutGroup("p" + g, random.ints(4 + 5 * g, 1, 17).toArray(), rollouts));
    }
    return groups;
  }

  @Test
  void strangersAtTheDriversPortChangeNothing() throws IOException {
    Trained expected = train(new ThreadCluster(blocks, 2, 0, false), 2, 60);
    ThreadCluster visited = new ThreadCluster(blocks, 2, 0, false);
    try (Strangers strangers = new Strangers()) {
      visited.beginning =
          task -> {
            try {
              strangers.visit(task.inbox(), task.secret());
            } catch (IOException e) {
              throw new AssertionError(e);
            }
          };
      requireClose(train(visited, 2, 60), expected, 0);
    }
  }

  /** Computes, but for the first part that comes when it may hang. */
  private static final AtomicBoolean HANGS = new AtomicBoolean();

  private static final CountDownLatch CONTINUES = new CountDownLatch(1);

  @Test
  void aLearnerThatHangsIsMissedAndAllBeginAgain() {
    List<Minibatch> update = parts(samples(), 60);
    PartWork work = new CrossEntropy().work(UpdateSize.of(update.get(0), update));
    PartWork hanging =
        (policy, part) -> {
          if (HANGS.getAndSet(false)) {
            awaitUninterruptibly(CONTINUES);
          }
          return work.compute(policy, part);
        };
    ThreadCluster cluster = new ThreadCluster(blocks, 2, 0, false);
    try (PolicyModel policy = TinyModelFolder.policy(folder, 8, ComputeType.FLOAT32);
        WorkerPool pool = pool(cluster, policy, Duration.ofSeconds(15))) {
      Learners learners = pool.learners(2);
      List<MicroBatch> micros = update.get(0).micros();
      learners.compute(0, policy, micros, work, policy::dropGradients);
      List<float[]> expected = gradients(policy);
      HANGS.set(true);
      policy.dropGradients();
      learners.compute(0, policy, micros, hanging, policy::dropGradients);
      assertThat(HANGS).as("one was to hang").isFalse();
      assertThat(cluster.lost()).isPositive();
      List<float[]> found = gradients(policy);
      for (int i = 0; i < expected.size(); i++) {
        assertThat(found.get(i)).isEqualTo(expected.get(i));
      }
    } finally {
      CONTINUES.countDown();
    }
  }

  @Test
  void aPartMayTakeLongerThanALearnerMayHang() throws Exception {
    PartWork work = new CrossEntropy().work(new UpdateSize(12, 200, 1));
    PartWork lasting =
        (policy, part) -> {
          long end = System.nanoTime() + Duration.ofSeconds(5).toNanos();
          while (System.nanoTime() < end) {
            Thread.onSpinWait();
          }
          return work.compute(policy, part);
        };
    try (PolicyModel policy = TinyModelFolder.policy(folder, 8, ComputeType.FLOAT32);
        FileWeights files = new FileWeights(weights, policy, 1)) {
      LocalLearner learner =
          new LocalLearner(files.files(), policy.config(), ComputeType.FLOAT32, 1);
      files.write(0, 0, policy);
      assertThat(learner.compute(task(lasting), Duration.ofSeconds(2))).hasSize(1);
      CountDownLatch continues = new CountDownLatch(1);
      PartWork hanging =
          (model, part) -> {
            awaitUninterruptibly(continues);
            return work.compute(model, part);
          };
      assertThatThrownBy(() -> learner.compute(task(hanging), Duration.ofSeconds(2)))
          .isInstanceOf(WorkerLostException.class)
          .hasMessageContaining("computed nothing for 2 s");
      continues.countDown();
      learner.close();
      assertThat(learner.awaitEnd(Duration.ofMinutes(1))).isTrue();
    }
  }

  /** One part, by weights that are there. */
  private static LearnerTask task(PartWork work) {
    Cluster.Block none = InputStream::nullInputStream;
    RemoteTask.Model model =
        new RemoteTask.Model(none, false, ComputeType.FLOAT32, 1, 2000, "auto", null, null);
    RemoteTask.Part whole = new RemoteTask.Part(0, 0, none, 0);
    return new LearnerTask(
        "pool",
        Set.of(),
        model,
        new RemoteTask.Version(0, 0, 0, whole, List.of(), null),
        List.of(MicroBatch.of(samples())),
        work,
        false,
        "nowhere",
        new byte[16]);
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    while (true) {
      try {
        latch.await();
        return;
      } catch (InterruptedException e) {
        // native code hears of none
      }
    }
  }

  private static List<float[]> gradients(PolicyModel policy) {
    return policy.parameters().stream()
        .map(Parameter::gradient)
        .map(ai.djl.ndarray.NDArray::toFloatArray)
        .toList();
  }

  @Test
  void learnersThatDontReachEachOtherAreNoLearners() {
    ThreadCluster cluster = new ThreadCluster(blocks, 2, 0, false);
    cluster.learnersHost = "nowhere.invalid";
    try (PolicyModel policy = TinyModelFolder.policy(folder, 8, ComputeType.FLOAT32);
        WorkerPool pool = pool(cluster, policy)) {
      assertThatThrownBy(() -> pool.learners(2))
          .isInstanceOf(WorkerFailureException.class)
          .hasMessageContaining("no connection to nowhere.invalid:");
      cluster.learnersHost = "127.0.0.1";
      pool.learners(2);
      assertThat(gradients(policy)).allSatisfy(one -> assertThat(one).containsOnly(0));
    }
  }

  @Test
  void whatNoLearnerCanComputeEndsTrainingAtOnce() {
    List<Sample> tooLong = List.of(Sample.toLearn(new int[] {1}, new int[500]), samples().get(0));
    ThreadCluster cluster = new ThreadCluster(blocks, 2, 0, false);
    assertThatThrownBy(() -> train(cluster, 2, 100000, tooLong))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("max_position_embeddings");
    assertThat(cluster.lost()).isZero();
  }

  @Test
  void asManyMustBeAbleToRunAtOnce() {
    assertThatThrownBy(() -> train(new ThreadCluster(blocks, 2, 0, false), 3, 60))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at most the tasks that run at once, 2 here, was 3");
  }

  @Test
  void sharesAreAboutEqualAndEachSampleIsInOne() {
    List<Sample> samples = samples();
    List<MicroBatch> parts = parts(samples, 100000).get(0).micros();
    for (int learners = 1; learners <= 5; learners++) {
      List<List<MicroBatch>> shares = Shares.of(parts, learners);
      List<Sample> dealt = new ArrayList<>();
      long all = 0;
      long most = 0;
      for (List<MicroBatch> share : shares) {
        share.forEach(part -> dealt.addAll(part.samples()));
        long own = share.stream().mapToLong(part -> part.tokens().rowCount()).sum();
        all += own;
        most = Math.max(most, own);
      }
      assertThat(shares).hasSize(learners);
      assertThat(dealt).containsExactlyInAnyOrderElementsOf(samples);
      assertThat(most).isLessThan(all * 3 / 2 / learners + 1);
    }
    assertThat(Shares.of(parts(samples.subList(0, 1), 60).get(0).micros(), 3))
        .as("one sample can't be shared")
        .filteredOn(List::isEmpty)
        .hasSize(2);
  }

  private static void requireClose(Trained found, Trained expected, float tolerance) {
    assertThat(found.weights).hasSameSizeAs(expected.weights);
    for (int i = 0; i < expected.weights.size(); i++) {
      assertThat(found.weights.get(i)).containsExactly(expected.weights.get(i), within(tolerance));
    }
  }

  /** Groups of a prompt, of lengths from 1 to 60. */
  private static List<Sample> samples() {
    Random random = new Random(5);
    List<Sample> samples = new ArrayList<>();
    for (int g = 0; g < 3; g++) {
      int[] prompt = random.ints(4 + 5 * g, 1, 17).toArray();
      for (int i = 0; i < 4; i++) {
        int[] tokens = random.ints(1 + random.nextInt(i == 0 ? 60 : 12), 0, 17).toArray();
        samples.add(Sample.toLearn(prompt, tokens));
      }
    }
    return samples;
  }

  private static List<Minibatch> parts(List<Sample> samples, int partTokens) {
    List<List<Sample>> groups = new ArrayList<>();
    for (Sample sample : samples) {
      if (groups.isEmpty() || groups.get(groups.size() - 1).get(0).prompt() != sample.prompt()) {
        groups.add(new ArrayList<>());
      }
      groups.get(groups.size() - 1).add(sample);
    }
    return new BatchPacker(1, partTokens).pack(groups, 0);
  }

  private Trained train(@Nullable ThreadCluster cluster, int learners, int partTokens) {
    return train(cluster, learners, partTokens, samples());
  }

  private Trained train(
      @Nullable ThreadCluster cluster, int learners, int partTokens, List<Sample> samples) {
    List<StepReport> reports = new ArrayList<>();
    try (PolicyModel policy = TinyModelFolder.policy(folder, 8, ComputeType.FLOAT32);
        AdamW optimizer = new AdamW(CONSTANT, policy.parameters());
        WorkerPool pool = cluster == null ? null : pool(cluster, policy)) {
      Learners by = pool == null ? new OwnLearner() : pool.learners(learners);
      UpdateLoop loop =
          new UpdateLoop(
              new Surroundings(
                  policy,
                  optimizer,
                  new HealthMonitor(HealthConfig.defaults(), finding -> {}),
                  (report, state) -> reports.add(report),
                  by),
              new CrossEntropy(),
              STEPS,
              STEPS);
      List<Minibatch> update = parts(samples, partTokens);
      loop.run(metrics -> loop.update(update.get(0), update, metrics), loop::state);
      return new Trained(
          reports,
          policy.parameters().stream()
              .map(Parameter::value)
              .map(ai.djl.ndarray.NDArray::toFloatArray)
              .toList());
    }
  }

  private WorkerPool pool(Cluster cluster, PolicyModel policy) {
    return pool(cluster, policy, Duration.ofSeconds(60));
  }

  private WorkerPool pool(Cluster cluster, PolicyModel policy, Duration hangTimeout) {
    return WorkerPools.remote(
        new PoolOptions(1, 1, false, hangTimeout, 3),
        new PoolSource(
            0,
            policy,
            config -> new TokenizerStops(tokenizer, config.stop()),
            folder,
            weights.toString()),
        cluster);
  }
}
