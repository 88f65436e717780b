package org.r1zero.rollout.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.index.NDIndex;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.LoraConfig;
import org.r1zero.grpo.model.Parameter;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.PolicySnapshot;
import org.r1zero.grpo.model.tokenizer.Tokenizer;
import org.r1zero.grpo.torch.Torch;
import org.r1zero.rollout.generation.Collected;
import org.r1zero.rollout.generation.Generation;
import org.r1zero.rollout.generation.GenerationRequest;
import org.r1zero.rollout.generation.Generator;
import org.r1zero.rollout.generation.SamplingConfig;
import org.r1zero.rollout.generation.SamplingListener;
import org.r1zero.rollout.generation.SamplingStatus;
import org.r1zero.verify.Completion;
import org.r1zero.verify.Problem;
import org.r1zero.verify.reward.PortableReward;
import org.r1zero.verify.reward.Reward;
import org.r1zero.verify.reward.RewardEntry;
import org.r1zero.verify.reward.ScoringConfig;

@Tag("slow")
class RemotePoolTest {
  private static final SamplingListener SILENT = status -> {};

  private static final RewardEntry EVEN =
      new RewardEntry("number", "even", -0.5, false, JsonNodeFactory.instance.objectNode());

  @TempDir private Path folder;
  @TempDir private Path weights;
  @TempDir private Path blocks;
  private Tokenizer tokenizer;
  private PolicyModel policy;
  private PolicyModel other;

  @BeforeEach
  void open() throws IOException {
    tokenizer = TinyModelFolder.write(folder, 4000);
    policy = TinyModelFolder.policy(folder, 8, ComputeType.FLOAT32);
    other = TinyModelFolder.policy(folder, 9, ComputeType.FLOAT32);
  }

  @AfterEach
  void close() throws Exception {
    requireNothingLeft();
    policy.close();
    other.close();
    tokenizer.close();
  }

  @ParameterizedTest
  @CsvSource({"1,0,false", "3,0,false", "2,2,false", "2,0,true"})
  void rolloutsAreThoseOfOneGeneratorWhateverIsLostOrComesTwice(
      int workers, int losses, boolean twice) {
    try (Generator first = new Generator(policy);
        Generator second = new Generator(other);
        WorkerPool pool = pool(new ThreadCluster(blocks, workers, losses, twice))) {
      requireEqual(sampled(pool), by(first));
      pool.publish(1, other);
      requireEqual(sampled(pool), by(second));
      pool.publish(2, policy);
      requireEqual(sampled(pool), by(first));
      assertThat(pool.version()).isEqualTo(2);
      assertThat(pool.replaced()).isEqualTo(3 * losses * units().size());
    }
  }

  @Test
  void anOpenSessionKeepsItsWeights() {
    try (Generator first = new Generator(policy);
        WorkerPool pool = pool(new ThreadCluster(blocks, 2, 0, false));
        WorkerPool.Session old = pool.open()) {
      pool.publish(1, other);
      Collected heard = new Collected();
      old.generate(units(), config(20), heard);
      requireEqual(heard.all(), by(first));
      assertThatThrownBy(() -> pool.publish(2, policy))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("in use");
    }
  }

  @Test
  void onlyChangesAreFetchedWhereThereAreFewAndLateMachinesFetchAll() throws IOException {
    ThreadCluster cluster = new ThreadCluster(blocks, 2, 0, false);
    try (PolicyModel trained = TinyModelFolder.policy(folder, 8, ComputeType.FLOAT32);
        WorkerPool pool = pool(cluster)) {
      ThreadCluster.OPENED.clear();
      requireEqual(sampled(pool), sampled(pool));
      for (int version = 1; version <= 9; version++) {
        if (version == 6) {
          ThreadCluster.OPENED.clear();
          RemoteWorkers.restart(); // as a machine that joins late has nothing
        }
        trained.parameters().get(0).value().set(new NDIndex(version), 0.1f * version);
        pool.publish(version, trained);
        try (Generator alone = new Generator(trained)) {
          requireEqual(sampled(pool), by(alone));
        }
      }
      assertThat(cluster.blocks.keySet())
          .contains("policy-0", "changes-1", "changes-9")
          .doesNotContain("policy-1", "policy-9");
      assertThat(ThreadCluster.OPENED)
          .containsOnlyOnce("policy-0", "changes-1", "changes-5", "changes-6", "changes-9");
    }
  }

  @ParameterizedTest
  @EnumSource(ComputeType.class)
  void ofAdaptersNothingElseIsFetchedAndLateMachinesFetchTheFrozenWeightsToo(ComputeType type)
      throws IOException {
    ThreadCluster cluster = new ThreadCluster(blocks, 2, 0, false);
    try (PolicyModel adapted = adapted(type);
        PolicySnapshot now = PolicySnapshot.inMemory(adapted);
        WorkerPool pool = pool(cluster, adapted)) {
      ThreadCluster.OPENED.clear();
      for (int version = 0; version <= 6; version++) {
        if (version == 4) {
          assertThat(ThreadCluster.OPENED)
              .filteredOn(name -> !name.equals("model"))
              .containsExactly("frozen", "adapters-0", "adapters-1", "adapters-2", "adapters-3");
          RemoteWorkers.restart(); // as a machine that joins late has nothing
        }
        if (version > 0) {
          train(adapted, version);
          pool.publish(version, adapted);
          assertThat(Files.size(cluster.blocks.get("adapters-" + version)))
              .isEqualTo(AdaptedWeights.bytes(adapted))
              .isLessThan(Files.size(cluster.blocks.get("frozen")) / 5);
        }
        now.copyFrom(adapted);
        try (Generator alone = new Generator(now.policy())) {
          requireEqual(sampled(pool), by(alone));
        }
      }
      assertThat(ThreadCluster.OPENED)
          .filteredOn(name -> !name.equals("model"))
          .endsWith("adapters-3", "frozen", "adapters-4", "adapters-5", "adapters-6");
    }
  }

  @Test
  void whereAdaptersAddUpOtherwiseWeightsAreSentWhole() throws IOException {
    ThreadCluster cluster = new ThreadCluster(blocks, 2, 0, false);
    try (PolicyModel adapted = adapted(ComputeType.FLOAT32);
        WorkerPool pool = pool(cluster, adapted)) {
      train(adapted, 1);
      pool.publish(1, adapted);
      Path sent = cluster.blocks.get("adapters-1");
      byte[] bytes = Files.readAllBytes(sent);
      bytes[0] ^= 1; // the last bit of a number
      Files.write(sent, bytes);
      try (Generator alone = new Generator(adapted)) {
        requireEqual(sampled(pool), by(alone));
        assertThat(cluster.blocks).containsKey("policy-1");
        train(adapted, 2);
        pool.publish(2, adapted);
        alone.refresh();
        requireEqual(sampled(pool), by(alone));
      }
      assertThat(cluster.blocks).doesNotContainKey("adapters-2");
    }
  }

  @Test
  void adaptersThatAreAsLargeAsTheWeightsAreNotSentAlone() {
    ThreadCluster cluster = new ThreadCluster(blocks, 1, 0, false);
    LoraConfig large = new LoraConfig(32, 8, List.of("all-linear"));
    try (PolicyModel adapted =
            new PolicyModel(
                policy.config(), policy::tensor, ComputeType.FLOAT32, Device.cpu(), large, 1);
        Generator alone = new Generator(adapted);
        WorkerPool pool = pool(cluster, adapted)) {
      requireEqual(sampled(pool), by(alone));
      assertThat(cluster.blocks).containsKey("policy-0").doesNotContainKey("frozen");
    }
  }

  private PolicyModel adapted(ComputeType type) {
    LoraConfig lora = new LoraConfig(2, 8, List.of("q_proj", "down_proj"));
    return new PolicyModel(policy.config(), policy::tensor, type, Device.cpu(), lora, 1);
  }

  /** Other numbers in all adapters. */
  private static void train(PolicyModel adapted, long seed) {
    Random random = new Random(seed);
    for (Parameter parameter : adapted.parameters()) {
      float[] values = parameter.value().toFloatArray();
      for (int i = 0; i < values.length; i++) {
        values[i] += (float) random.nextGaussian() * 0.1f;
      }
      Torch.assign(parameter.value(), values);
      parameter.updated();
    }
  }

  @Test
  void twoPoolsSampleSideBySide() {
    try (Generator first = new Generator(policy);
        Generator second = new Generator(other);
        WorkerPool one = pool(new ThreadCluster(blocks, 1, 0, false));
        WorkerPool two = pool(new ThreadCluster(blocks, 1, 0, false), other)) {
      requireEqual(sampled(one), by(first));
      requireEqual(sampled(two), by(second));
      requireEqual(sampled(one), by(first));
    }
  }

  @Test
  void damagedWeightsAreNotSampledWith() throws IOException {
    ThreadCluster cluster = new ThreadCluster(blocks, 1, 0, false);
    try (WorkerPool pool = pool(cluster)) {
      Path block = cluster.blocks.get("policy-0");
      byte[] bytes = Files.readAllBytes(block);
      bytes[100] ^= 1;
      Files.write(block, bytes);
      assertThatThrownBy(() -> pool.generate(units(), config(4), SILENT))
          .isInstanceOf(WorkerFailureException.class)
          .hasMessageContaining("came damaged");
    }
  }

  @Test
  void whatNoMachineCanSampleEndsTheCallAndThePoolGoesOn() {
    try (Generator first = new Generator(policy);
        WorkerPool pool = pool(new ThreadCluster(blocks, 1, 0, false))) {
      assertThatThrownBy(() -> pool.generate(units(), config(4000), SILENT))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("max_position_embeddings");
      requireEqual(sampled(pool), by(first));
    }
  }

  @Test
  void whatTheListenerThrowsEndsTheCall() {
    try (WorkerPool pool = pool(new ThreadCluster(blocks, 1, 0, false))) {
      assertThatThrownBy(
              () ->
                  pool.generate(
                      units(60),
                      endless(),
                      status -> {
                        throw new IllegalArgumentException("a signal came");
                      }))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("a signal came");
    }
  }

  @ParameterizedTest
  @CsvSource({"false", "true"})
  @SuppressWarnings("try") // closing is what is tested
  void aCallEndsWithinTwoSeconds(boolean byClose) throws Exception {
    try (WorkerPool pool = pool(new ThreadCluster(blocks, 2, 0, false))) {
      CompletableFuture<Void> running = new CompletableFuture<>();
      CompletableFuture<?> call =
          CompletableFuture.runAsync(
              () -> pool.generate(units(60), endless(), status -> running.complete(null)));
      CompletableFuture.anyOf(running, call).get(30, TimeUnit.SECONDS);
      long started = System.nanoTime();
      if (byClose) {
        pool.close();
      } else {
        pool.cancel();
      }
      assertThatThrownBy(call::join).hasRootCauseInstanceOf(SamplingCancelledException.class);
      assertThat((System.nanoTime() - started) / 1e9).isLessThan(2);
    }
  }

  @Test
  void completionsAreJudgedWhereTheyAreSampledUnlessTheyGoOn() {
    PortableReward rewards =
        new PortableReward(List.of(RewardEntry.of("number"), EVEN), ScoringConfig.defaults());
    List<GenerationRequest> requests = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    for (WorkUnit unit : units()) {
      for (GenerationRequest request : unit.requests()) {
        requests.add(request);
        problems.add(new Problem("p" + problems.size(), "?", "" + problems.size()));
      }
    }
    int[] judged = new int[1];
    try (WorkerPool pool =
        WorkerPools.remote(
            new PoolOptions(1, 1, true, Duration.ofSeconds(60), 3),
            source(policy, rewards),
            new ThreadCluster(blocks, 2, 1, true))) {
      JudgedListener listener =
          new JudgedListener() {
            @Override
            public void status(SamplingStatus status) {
              // only completions matter here
            }

            @Override
            public void finished(int request, int sample, Generation generation) {
              throw new AssertionError("not judged: " + request + ", " + sample);
            }

            @Override
            public void judged(int request, int sample, Generation generation, Reward reward) {
              judged[0]++;
              Completion completion =
                  new Completion(
                      tokenizer.decode(generation.tokens()),
                      generation.tokens().length,
                      generation.finishReason());
              assertThat(reward).isEqualTo(rewards.score(problems.get(request), completion));
              assertThat(reward.verdicts()).containsOnlyKeys("number", "even");
            }
          };
      pool.generate(WorkUnit.cut(requests, problems, 2, 0), config(20), listener);
      assertThat(judged[0]).isEqualTo(15);
      List<GenerationRequest> parts =
          requests.stream()
              .map(r -> new GenerationRequest(r.prompt(), r.seeds(), List.of(), 4))
              .toList();
      Collected heard = new Collected();
      pool.generate(WorkUnit.cut(parts, problems, 2, 0), config(20), heard);
      assertThat(heard.all()).hasSize(5);
      assertThat(judged[0]).isEqualTo(15);
    }
  }

  @Test
  void threadsMustBeSaid() {
    assertThatThrownBy(
            () ->
                WorkerPools.remote(
                    PoolOptions.single(), source(policy), new ThreadCluster(blocks, 1, 0, false)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("rollouts.unit_problems must be >= 1");
  }

  /** What a pool's end has overtaken may hold its weights a little longer. */
  private void requireNothingLeft() throws Exception {
    for (Path left : List.of(blocks, weights)) {
      List<Path> files = filesOf(left);
      for (int wait = 0; wait < 300 && !files.isEmpty(); wait++) {
        Thread.sleep(100);
        files = filesOf(left);
      }
      assertThat(files).isEmpty();
    }
  }

  private static List<Path> filesOf(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  private WorkerPool pool(Cluster cluster) {
    return pool(cluster, policy);
  }

  private WorkerPool pool(Cluster cluster, PolicyModel of) {
    PoolOptions options = new PoolOptions(1, 1, true, Duration.ofSeconds(60), 3);
    return WorkerPools.remote(options, source(of), cluster);
  }

  private PoolSource source(PolicyModel of) {
    return source(of, null);
  }

  private PoolSource source(PolicyModel of, @Nullable PortableReward rewards) {
    return new PoolSource(
        0,
        of,
        config -> new TokenizerStops(tokenizer, config.stop()),
        folder,
        weights.toString(),
        rewards);
  }

  private static List<WorkUnit> units() {
    return units(5);
  }

  private static List<WorkUnit> units(int count) {
    List<GenerationRequest> requests = new ArrayList<>();
    for (int u = 0; u < count; u++) {
      long[] seeds = new long[3];
      int unit = u;
      Arrays.setAll(seeds, s -> 100L * unit + s);
      requests.add(new GenerationRequest(new int[] {1, 2, 3 + u % 8}, seeds));
    }
    return WorkUnit.cut(requests, 2, 0);
  }

  private static SamplingConfig config(int newTokens) {
    return new SamplingConfig(1, 0, 1, 0, newTokens, List.of(), 64);
  }

  /** Long enough that nobody waits for its end. */
  private static SamplingConfig endless() {
    return new SamplingConfig(0, 0, 1, 0, 3900, List.of(), 64);
  }

  private static List<List<Generation>> sampled(WorkerPool pool) {
    Collected heard = new Collected();
    pool.generate(units(), config(20), heard);
    return heard.all();
  }

  private List<List<Generation>> by(Generator generator) {
    TokenizerStops stops = new TokenizerStops(tokenizer, List.of());
    return units().stream()
        .flatMap(unit -> generator.generate(unit.requests(), config(20), stops).stream())
        .toList();
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
