package org.r1zero.rollout.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.tokenizer.Tokenizer;
import org.r1zero.rollout.generation.DeviceShare;
import org.r1zero.rollout.generation.Collected;
import org.r1zero.rollout.generation.Generation;
import org.r1zero.rollout.generation.GenerationRequest;
import org.r1zero.rollout.generation.Generator;
import org.r1zero.rollout.generation.SamplingConfig;
import org.r1zero.rollout.generation.SamplingListener;
import org.r1zero.rollout.generation.SamplingMemory;
import org.r1zero.rollout.generation.SamplingStatus;

@Tag("slow")
class WorkerPoolTest {
  private static final int CONTEXT = 4000;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final SamplingListener SILENT = status -> {};

  @TempDir private Path folder;
  @TempDir private Path weights;
  private final List<String> said = java.util.Collections.synchronizedList(new ArrayList<>());
  private Tokenizer tokenizer;
  private PolicyModel policy;

  @BeforeEach
  void open() throws IOException {
    tokenizer = TinyModelFolder.write(folder, CONTEXT);
    policy = TinyModelFolder.policy(folder, 8, ComputeType.FLOAT32);
  }

  @AfterEach
  void close() {
    policy.close();
    tokenizer.close();
  }

  @ParameterizedTest
  @CsvSource({"false,1", "false,2", "false,3", "true,1", "true,2", "true,3"})
  void rolloutsAreTheSameWhateverTheWorkers(boolean processes, int workers) {
    List<WorkUnit> units = units(5, 3);
    List<List<Generation>> expected;
    try (Generator generator = new Generator(policy)) {
      expected = by(generator, units, config(20));
    }
    try (WorkerPool pool = pool(processes, workers, PATIENCE, 3)) {
      requireEqual(sampled(pool, units, config(20)), expected);
      requireEqual(sampled(pool, units, config(20)), expected);
      assertThat(pool.replaced()).isZero();
    }
  }

  /** Which worker has a conversation's keys and values does not matter. */
  @ParameterizedTest
  @CsvSource({"false,1", "false,2", "true,1", "true,2"})
  void laterTurnsAreTheSameWhateverTheWorkers(boolean processes, int workers) {
    List<WorkUnit> first = units(5, 3);
    List<List<Generation>> expected;
    try (Generator generator = new Generator(policy)) {
      by(generator, first, config(20));
      expected = by(generator, nextTurn(first, by(generator, first, config(20))), config(20));
    }
    try (WorkerPool pool = pool(processes, workers, PATIENCE, 3);
        WorkerPool.Session session = pool.open()) {
      List<List<Generation>> said = sampled(session, first);
      requireEqual(sampled(session, nextTurn(first, said)), expected);
    }
  }

  /** Each completion with an observation of three tokens is a prompt of its own. */
  private static List<WorkUnit> nextTurn(List<WorkUnit> units, List<List<Generation>> said) {
    List<GenerationRequest> next = new ArrayList<>();
    int number = 0;
    for (WorkUnit unit : units) {
      for (GenerationRequest request : unit.requests()) {
        for (Generation generation : said.get(number++)) {
          int[] prompt = request.prompt();
          int[] all = Arrays.copyOf(prompt, prompt.length + generation.tokens().length + 3);
          System.arraycopy(generation.tokens(), 0, all, prompt.length, generation.tokens().length);
          Arrays.fill(all, all.length - 3, all.length, 5);
          next.add(new GenerationRequest(all, new long[] {next.size()}, List.of(), 0, true));
        }
      }
    }
    return WorkUnit.cut(next, 4, 0);
  }

  private static List<List<Generation>> sampled(WorkerPool.Session session, List<WorkUnit> units) {
    List<WorkUnit> keeping =
        units.stream()
            .map(
                unit ->
                    new WorkUnit(
                        unit.first(),
                        unit.requests().stream()
                            .map(
                                r ->
                                    new GenerationRequest(
                                        r.prompt(), r.seeds(), r.started(), 0, true))
                            .toList(),
                        List.of()))
            .toList();
    Collected heard = new Collected();
    session.generate(keeping, config(20), heard);
    return heard.all();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void saysWhatTheCachesOfItsWorkersHoldAndUse(boolean processes) {
    List<SamplingStatus> heard = java.util.Collections.synchronizedList(new ArrayList<>());
    try (WorkerPool pool = pool(processes, 2, PATIENCE, 3)) {
      pool.generate(units(40, 4), endless(2000), heard::add);
    }
    long budget =
        (2L * SamplingMemory.onCpu(config(1)).kvCacheMb()) << 20; // each of two workers has it
    assertThat(heard)
        .allSatisfy(
            status ->
                assertThat(status.cache().usedBytes())
                    .isBetween(0L, Math.min(budget, status.cache().heldBytes())))
        .allSatisfy(status -> assertThat(status.cache().share()).isBetween(0.0, 1.0));
    // 2 layers x keys and values x 2 heads x 8 numbers of fp32, for at least one token of its own
    assertThat(heard)
        .filteredOn(status -> status.running() > 0)
        .isNotEmpty()
        .allSatisfy(
            status ->
                assertThat(status.cache().usedBytes())
                    .isGreaterThanOrEqualTo(256L * status.running()));
  }

  @ParameterizedTest
  @EnumSource(ComputeType.class)
  void newWeightsReachEveryWorker(ComputeType type) {
    List<WorkUnit> units = units(4, 2);
    try (PolicyModel first = TinyModelFolder.policy(folder, 1, type);
        PolicyModel second = TinyModelFolder.policy(folder, 2, type);
        Generator ofFirst = new Generator(first);
        Generator ofSecond = new Generator(second);
        WorkerPool local =
            WorkerPools.inProcess(options(2, true, PATIENCE, 3), 0, first, this::stops, said::add);
        WorkerPool remote =
            WorkerPools.processes(
                options(2, true, PATIENCE, 3), 0, first, folder, weights, said::add)) {
      for (WorkerPool pool : List.of(local, remote)) {
        requireEqual(sampled(pool, units, config(12)), by(ofFirst, units, config(12)));
        pool.publish(7, second);
        assertThat(pool.version()).isEqualTo(7);
        requireEqual(sampled(pool, units, config(12)), by(ofSecond, units, config(12)));
        pool.publish(8, first);
        requireEqual(sampled(pool, units, config(12)), by(ofFirst, units, config(12)));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void eachDeviceHasACopyOfEachVersion(boolean ahead) {
    List<WorkUnit> units = units(6, 2);
    PoolOptions twice =
        new PoolOptions(3, 1, ahead, PATIENCE, 3, List.of(Device.cpu(), Device.cpu()), false);
    try (PolicyModel other = TinyModelFolder.policy(folder, 2, ComputeType.FLOAT32);
        Generator ofFirst = new Generator(policy);
        Generator ofOther = new Generator(other);
        WorkerPool pool = WorkerPools.inProcess(twice, 0, policy, this::stops, said::add)) {
      requireEqual(sampled(pool, units, config(12)), by(ofFirst, units, config(12)));
      pool.publish(1, other);
      requireEqual(sampled(pool, units, config(12)), by(ofOther, units, config(12)));
      pool.publish(2, policy);
      requireEqual(sampled(pool, units, config(12)), by(ofFirst, units, config(12)));
    }
  }

  @Test
  void workersOfACardShareWhatItHasFree() {
    Device first = Device.gpu(0);
    Device second = Device.gpu(1);
    List<Device> devices = List.of(first, second);
    List<DeviceShare> shares = WorkerPools.shares(on(devices, 3, true), devices, first);
    assertThat(shares).extracting(DeviceShare::generators).containsExactly(2, 1);
    assertThat(shares).extracting(DeviceShare::trained).containsExactly(true, false);
    assertThat(WorkerPools.shares(on(devices, 2, false), devices, first))
        .as("nothing is trained")
        .noneMatch(DeviceShare::trained);
    List<Device> twice = List.of(first, first);
    List<DeviceShare> one = WorkerPools.shares(on(twice, 4, true), twice, first);
    assertThat(one).extracting(DeviceShare::generators).containsExactly(4, 4);
    assertThat(one.get(0)).isSameAs(one.get(1));
    assertThat(WorkerPools.shares(on(devices, 1, true), devices, second))
        .as("a card without workers has no share")
        .singleElement()
        .satisfies(share -> assertThat(share.generators()).isEqualTo(1))
        .satisfies(share -> assertThat(share.trained()).isFalse());
  }

  private static PoolOptions on(List<Device> devices, int workers, boolean trained) {
    return new PoolOptions(workers, 1, false, PATIENCE, 3, devices, trained);
  }

  @Test
  void workersTakeTheDevicesInTurn() {
    try (LocalWeights weights =
        LocalWeights.copies(policy, List.of(Device.cpu(), Device.cpu()), 2)) {
      weights.write(1, 3, policy);
      assertThat(weights.policy(2, 1)).isSameAs(weights.policy(0, 1));
      assertThat(weights.policy(3, 1)).isSameAs(weights.policy(1, 1));
      assertThat(weights.policy(1, 1)).isNotSameAs(weights.policy(0, 1));
      assertThat(weights.policy(1, 1)).isNotSameAs(weights.policy(1, 0));
    }
  }

  @Test
  void anOlderCallKeepsItsWeightsWhileNewOnesArePublished() throws Exception {
    List<WorkUnit> units = units(6, 4);
    try (PolicyModel other = TinyModelFolder.policy(folder, 2, ComputeType.FLOAT32);
        Generator generator = new Generator(policy);
        WorkerPool pool =
            WorkerPools.processes(
                options(2, true, PATIENCE, 3), 0, policy, folder, weights, said::add)) {
      CompletableFuture<Void> running = new CompletableFuture<>();
      CompletableFuture<Void> goOn = new CompletableFuture<>();
      CompletableFuture<List<List<Generation>>> ahead =
          CompletableFuture.supplyAsync(
              () -> {
                Collected heard =
                    afterTheFirst(
                        () -> {
                          running.complete(null);
                          goOn.join();
                        });
                pool.generate(units, endless(300), heard);
                return heard.all();
              });
      CompletableFuture.anyOf(running, ahead).get(60, TimeUnit.SECONDS);
      pool.publish(1, other);
      assertThatThrownBy(() -> pool.publish(2, other)).hasMessageContaining("in use");
      goOn.complete(null);
      requireEqual(ahead.get(60, TimeUnit.SECONDS), by(generator, units, endless(300)));
    }
  }

  @ParameterizedTest
  @CsvSource({"KILL", "ABRT", "SEGV", "TERM"})
  void aWorkerThatDiesIsReplacedAndItsUnitSampledAgain(String signal) throws Exception {
    List<WorkUnit> units = units(12, 4);
    try (Generator generator = new Generator(policy);
        WorkerPool pool = pool(true, 2, PATIENCE, 3)) {
      Collected heard = afterTheFirst(() -> signal(signal, children().get(0)));
      pool.generate(units, endless(2000), heard);
      requireEqual(heard.all(), by(generator, units, endless(2000)));
      assertThat(pool.replaced()).isEqualTo(1);
    }
    assertThat(said).hasSize(1);
    assertThat(said.get(0)).contains("is replaced").contains("process");
  }

  @Test
  void aWorkerThatHangsIsReplaced() throws Exception {
    List<WorkUnit> units = units(12, 2);
    try (Generator generator = new Generator(policy);
        WorkerPool pool = pool(true, 2, Duration.ofSeconds(2), 3)) {
      pool.generate(units(2, 1), config(4), SILENT); // all workers are up
      Collected heard = afterTheFirst(() -> signal("STOP", children().get(0)));
      pool.generate(units, endless(2000), heard);
      requireEqual(heard.all(), by(generator, units, endless(2000)));
      assertThat(pool.replaced()).isEqualTo(1);
    }
    assertThat(said.get(0)).contains("no sign of life");
  }

  @Test
  void aThreadThatHangsIsLeftBehindAndReplaced() throws Exception {
    List<WorkUnit> units = units(3, 2);
    AtomicInteger calls = new AtomicInteger();
    CompletableFuture<Void> release = new CompletableFuture<>();
    try (Generator generator = new Generator(policy);
        WorkerPool pool =
            WorkerPools.inProcess(
                options(2, false, Duration.ofMillis(500), 3),
                0,
                policy,
                config ->
                    (tokens, length) -> {
                      if (calls.incrementAndGet() == 40) {
                        release.join(); // as native code that does not come back
                      }
                      return tokens[length - 1] == 0;
                    },
                said::add)) {
      requireEqual(sampled(pool, units, config(30)), by(generator, units, config(30)));
      assertThat(pool.replaced()).isEqualTo(1);
      release.complete(null);
    }
    assertThat(said.get(0)).contains("sampled nothing");
  }

  @Test
  void workersThatAreLostAgainAndAgainEndTheRun() throws Exception {
    Path nowhere = folder.resolve("nowhere");
    try (WorkerPool pool =
        WorkerPools.processes(
            options(1, false, PATIENCE, 2), 0, policy, nowhere, weights, said::add)) {
      assertThatThrownBy(() -> pool.generate(units(2, 1), config(4), SILENT))
          .isInstanceOf(WorkerFailureException.class)
          .hasMessageContaining("lost 3 times")
          .hasMessageContaining("config.json");
    }
  }

  @Test
  void whatNoWorkerCanSampleEndsTheCallAtOnce() {
    List<WorkUnit> tooLong =
        WorkUnit.cut(List.of(new GenerationRequest(new int[] {1}, new long[] {1})), 1, 0);
    try (WorkerPool pool = pool(true, 1, PATIENCE, 3)) {
      assertThatThrownBy(() -> pool.generate(tooLong, config(CONTEXT), SILENT))
          .hasMessageContaining("max_position_embeddings");
      assertThat(sampled(pool, units(1, 1), config(4))).hasSize(1);
      assertThat(pool.replaced()).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource({"false,true", "true,true", "false,false", "true,false"})
  @SuppressWarnings("try") // closing is what is tested
  void aCallEndsWithinTwoSeconds(boolean processes, boolean byClose) throws Exception {
    try (WorkerPool pool = pool(processes, 2, PATIENCE, 3)) {
      CompletableFuture<Void> running = new CompletableFuture<>();
      CompletableFuture<?> call =
          CompletableFuture.runAsync(
              () ->
                  pool.generate(
                      units(60, 4), endless(3900), afterTheFirst(() -> running.complete(null))));
      CompletableFuture.anyOf(running, call).get(60, TimeUnit.SECONDS);
      long started = System.nanoTime();
      if (byClose) {
        pool.close();
      } else {
        pool.cancel();
      }
      assertThatThrownBy(() -> call.get(10, TimeUnit.SECONDS))
          .hasCauseInstanceOf(SamplingCancelledException.class);
      assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(2));
      if (byClose) {
        assertThat(children()).isEmpty();
      } else {
        assertThat(sampled(pool, units(1, 1), config(4))).hasSize(1);
        assertThat(pool.replaced()).isZero();
      }
    }
    try (Stream<Path> left = Files.list(weights)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void tooLittleRoomIsSaidBeforeAnyWorkerStarts() {
    Path proc = Path.of("/proc");
    assertThatThrownBy(
            () ->
                WorkerPools.processes(
                    options(1, false, PATIENCE, 3), 0, policy, folder, proc, said::add))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("rollouts.weights_folder");
  }

  @Test
  void filesOfProcessesThatAreGoneAreDeleted() throws Exception {
    Process gone = new ProcessBuilder("true").start();
    gone.waitFor();
    Path stale = Files.createFile(weights.resolve("r1zero-weights-" + gone.pid() + "-1"));
    Path alive =
        Files.createFile(weights.resolve("r1zero-weights-" + ProcessHandle.current().pid() + "-1"));
    pool(true, 1, PATIENCE, 3).close();
    assertThat(stale).doesNotExist();
    assertThat(alive).exists();
    Files.delete(alive);
  }

  private WorkerPool pool(boolean processes, int workers, Duration hangTimeout, int replacements) {
    PoolOptions options = options(workers, false, hangTimeout, replacements);
    return processes
        ? WorkerPools.processes(options, 0, policy, folder, weights, said::add)
        : WorkerPools.inProcess(options, 0, policy, this::stops, said::add);
  }

  private static PoolOptions options(
      int workers, boolean ahead, Duration hangTimeout, int replacements) {
    return new PoolOptions(workers, 1, ahead, hangTimeout, replacements);
  }

  private TokenizerStops stops(SamplingConfig config) {
    return new TokenizerStops(tokenizer, config.stop());
  }

  private static List<WorkUnit> units(int count, int group) {
    List<GenerationRequest> requests = new ArrayList<>();
    for (int u = 0; u < count; u++) {
      long[] seeds = new long[group];
      int unit = u;
      Arrays.setAll(seeds, s -> 100L * unit + s);
      requests.add(new GenerationRequest(new int[] {1, 2, 3 + u % 8}, seeds));
    }
    return WorkUnit.cut(requests, 1, 0);
  }

  private static List<List<Generation>> sampled(
      WorkerPool pool, List<WorkUnit> units, SamplingConfig config) {
    Collected heard = new Collected();
    pool.generate(units, config, heard);
    return heard.all();
  }

  /**
   * Does something once, at the first completion: a status comes by the clock, so that a quick call
   * may see none.
   */
  private static Collected afterTheFirst(Runnable what) {
    return new Collected() {
      private boolean done;

      @Override
      public void finished(int request, int sample, Generation generation) {
        super.finished(request, sample, generation);
        if (!done) {
          done = true;
          what.run();
        }
      }
    };
  }

  private static SamplingConfig config(int maxNewTokens) {
    return new SamplingConfig(1, 0, 1, 0, maxNewTokens, List.of(), 64);
  }

  /**
   * The likeliest token never ends a sequence here, so that a unit takes long enough to disturb.
   */
  private static SamplingConfig endless(int maxNewTokens) {
    return new SamplingConfig(0, 0, 1, 0, maxNewTokens, List.of(), 64);
  }

  private List<List<Generation>> by(
      Generator generator, List<WorkUnit> units, SamplingConfig config) {
    return units.stream()
        .flatMap(unit -> generator.generate(unit.requests(), config, stops(config)).stream())
        .toList();
  }

  private static void requireEqual(List<List<Generation>> actual, List<List<Generation>> expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int r = 0; r < expected.size(); r++) {
      assertThat(actual.get(r)).hasSameSizeAs(expected.get(r));
      for (int s = 0; s < expected.get(r).size(); s++) {
        Generation one = actual.get(r).get(s);
        Generation other = expected.get(r).get(s);
        assertThat(one.tokens()).isEqualTo(other.tokens());
        assertThat(one.samplingLogProbs()).isEqualTo(other.samplingLogProbs());
        assertThat(one.policyLogProbs()).isEqualTo(other.policyLogProbs());
        assertThat(one.finishReason()).isEqualTo(other.finishReason());
      }
    }
  }

  private static List<ProcessHandle> children() {
    return ProcessHandle.current()
        .children()
        .filter(ProcessHandle::isAlive)
        .filter(child -> line(child).contains(WorkerMain.class.getName()))
        .toList();
  }

  /** As Linux tells it: Java does not show long ones. */
  private static String line(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc", String.valueOf(process.pid()), "cmdline"));
    } catch (IOException e) {
      return ""; // it is gone by now
    }
  }

  private static void signal(String name, ProcessHandle process) {
    try {
      new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().waitFor();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
