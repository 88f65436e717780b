package org.r1zero.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.r1zero.grpo.RolloutBatch;
import org.r1zero.grpo.data.Rollout;
import org.r1zero.grpo.data.RolloutGroup;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.TokenBatch;
import org.r1zero.grpo.model.tokenizer.Tokenizer;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.Torch;
import org.r1zero.rollout.generation.Generation;
import org.r1zero.rollout.generation.GenerationRequest;
import org.r1zero.rollout.generation.SamplingConfig;
import org.r1zero.rollout.generation.SamplingListener;
import org.r1zero.rollout.generation.SamplingStatus;
import org.r1zero.rollout.trace.RolloutTrace;
import org.r1zero.rollout.worker.PoolOptions;
import org.r1zero.rollout.worker.TokenizerStops;
import org.r1zero.rollout.worker.WorkUnit;
import org.r1zero.rollout.worker.WorkerPool;
import org.r1zero.rollout.worker.WorkerPools;
import org.r1zero.verify.Completion;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.environment.Environment;
import org.r1zero.verify.environment.EnvironmentFactory;
import org.r1zero.verify.reward.Reward;
import org.r1zero.verify.reward.ScoringConfig;

/** Rollouts of several turns: what was sampled is trained as it was sampled. */
class ConversationTest {
  private static final String CHARACTERS = "abcdefghijklmnop";
  private static final int TURNS = 8;
  private static final int LIMIT = 90;

  @TempDir private Path folder;
  private final List<Sampled> sampled = new ArrayList<>();
  private final List<String> judged = new ArrayList<>();
  private final Map<Long, List<RolloutTrace>> traces = new LinkedHashMap<>();
  private Tokenizer tokenizer;
  private PolicyModel policy;
  private WorkerPool pool;

  /** What a generator was asked for, and what it gave. */
  private record Sampled(int[] prompt, int sample, Generation generation) {}

  @BeforeEach
  void open() throws IOException {
    tokenizer = TinyTokenizer.ofCharacters(folder, CHARACTERS);
    policy = TinyPolicy.make(CHARACTERS.length() + 1, 8, ComputeType.FLOAT32);
    pool =
        new Recording(
            WorkerPools.inProcess(
                PoolOptions.single(),
                0,
                policy,
                config -> new TokenizerStops(tokenizer, config.stop()),
                line -> {}));
  }

  @AfterEach
  void close() {
    pool.close();
    policy.close();
    tokenizer.close();
  }

  @Test
  void trainedIdsAreSampledIdsOverEightTurns() {
    RolloutBatch batch = collect(turns(TURNS), LIMIT);
    int whole = 0;
    for (RolloutGroup group : batch.groups()) {
      for (int i = 0; i < group.rollouts().size(); i++) {
        List<Sampled> own = turnsOf(group, i);
        whole += own.size() == TURNS ? 1 : 0;
        assertIsWhatWasSampled(group, group.rollouts().get(i), own);
      }
    }
    assertThat(whole).as("rollouts that had all their turns").isGreaterThan(6);
    assertThat(batch.metrics().get("environment/turns")).isBetween(4.0, 8.0);
    assertThat(batch.metrics().get("environment/observation_tokens")).isBetween(9.0, 21.0);
  }

  private void assertIsWhatWasSampled(RolloutGroup group, Rollout rollout, List<Sampled> own) {
    int[] observation = tokenizer.encode("mno");
    boolean[] mask = rollout.sampled();
    int at = 0;
    for (int turn = 0; turn < own.size(); turn++) {
      Generation generation = own.get(turn).generation();
      for (int t = 0; t < generation.tokens().length; t++, at++) {
        assertThat(rollout.tokens()[at]).isEqualTo(generation.tokens()[t]);
        assertThat(rollout.policyLogProbs()[at]).isEqualTo(generation.policyLogProbs()[t]);
        assertThat(mask == null || mask[at]).isTrue();
      }
      if (turn < own.size() - 1) {
        for (int t = 0; t < observation.length; t++, at++) {
          assertThat(rollout.tokens()[at]).isEqualTo(observation[t]);
          assertThat(mask != null && mask[at]).as("an observation is masked").isFalse();
        }
      }
    }
    assertThat(rollout.tokens()).hasSize(at);
    TokenBatch one = TokenBatch.pairs(new int[][] {group.prompt()}, new int[][] {rollout.tokens()});
    try (Scope scope = Torch.openScope(Device.cpu())) {
      float[] trained = policy.logProbs(one, 1, scope).values();
      for (int t = 0; t < trained.length; t++) {
        if (mask == null || mask[t]) {
          assertThat(rollout.policyLogProbs()[t])
              .as("log-prob of token %d after all that came before it", t)
              .isCloseTo(trained[t], within(1e-4f));
        }
      }
    }
  }

  /** The calls that made a rollout, each with all before it as its prompt. */
  private List<Sampled> turnsOf(RolloutGroup group, int number) {
    List<Sampled> turns = new ArrayList<>();
    int[] all = group.rollouts().get(number).tokens();
    int end = 0;
    while (turns.isEmpty() || end < all.length) {
      int from = turns.isEmpty() ? 0 : end + 3; // "mno"
      int[] before = concat(group.prompt(), Arrays.copyOf(all, from));
      Sampled next =
          sampled.stream()
              .filter(s -> Arrays.equals(s.prompt, before) && startsWith(all, from, s.generation))
              .findFirst()
              .orElseThrow();
      turns.add(next);
      end = from + next.generation.tokens().length;
    }
    return turns;
  }

  /** Other rollouts may have begun with the same tokens, and gone on otherwise. */
  private static boolean startsWith(int[] all, int from, Generation turn) {
    int to = from + turn.tokens().length;
    return to <= all.length && Arrays.equals(all, from, to, turn.tokens(), 0, to - from);
  }

  private static int[] concat(int[] first, int[] second) {
    int[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }

  @Test
  void verifiersJudgeTheLastTurnAndTheEnvironmentsRewardsAreAdded() {
    RolloutBatch batch = collect(turns(3), LIMIT);
    List<RolloutTrace> written = traces.getOrDefault(0L, List.of());
    for (int i = 0; i < written.size(); i++) {
      Rollout rollout = batch.groups().get(i / 4).rollouts().get(i % 4);
      String text = written.get(i).completion();
      assertThat(text).isEqualTo(tokenizer.decode(rollout.tokens()));
      assertThat(judged).contains(text.substring(text.lastIndexOf("mno") + 3));
      assertThat(rollout.reward()).as("10 of the verifier, 1 for each turn").isEqualTo(13);
    }
    assertThat(batch.metrics().get("environment/reward")).isEqualTo(3);
  }

  @Test
  void eachTurnHasWhatItWasPaidAndTheLastOneTheRestOfTheReward() {
    for (RolloutGroup group : collect(turns(3), LIMIT).groups()) {
      for (Rollout rollout : group.rollouts()) {
        // the verifier's 10 and the environment's 3 times 1
        assertThat(rollout.turns()).extracting(Rollout.Turn::reward).containsExactly(1., 1., 11.);
        boolean[] mask = Objects.requireNonNull(rollout.sampled());
        boolean[] inTurns = new boolean[mask.length];
        rollout.turns().forEach(turn -> Arrays.fill(inTurns, turn.from(), turn.to(), true));
        assertThat(inTurns).as("turns are what was sampled").isEqualTo(mask);
      }
    }
  }

  @Test
  void aTurnThatIsCutOffIsPaidNothingOfItsOwn() {
    int cut = 0;
    for (RolloutGroup group : collect(turns(TURNS), 20).groups()) {
      for (Rollout rollout : group.rollouts()) {
        List<Rollout.Turn> turns = rollout.turns();
        double paid = rollout.reward() - 10;
        assertThat(turns.stream().mapToDouble(Rollout.Turn::reward).sum()).isEqualTo(10 + paid);
        assertThat(turns.get(turns.size() - 1).to()).isEqualTo(rollout.tokens().length);
        cut += turns.size() > paid ? 1 : 0;
      }
    }
    assertThat(cut).as("rollouts that ended in the middle of a turn").isPositive();
  }

  @Test
  void aConversationWithoutRoomForItsNextTurnIsCutOff() {
    RolloutBatch batch = collect(turns(TURNS), 9);
    for (RolloutGroup group : batch.groups()) {
      for (Rollout rollout : group.rollouts()) {
        assertThat(rollout.tokens().length).isLessThanOrEqualTo(9);
        assertThat(rollout.truncated()).isTrue();
      }
    }
  }

  @Test
  void theSameSeedGivesTheSameConversations() {
    List<int[]> first = tokens(collect(turns(TURNS), LIMIT));
    List<int[]> second = tokens(collect(turns(TURNS), LIMIT));
    assertThat(second).usingRecursiveComparison().isEqualTo(first);
  }

  @Test
  void theEnvironmentHearsATurnWithoutTheTokenThatEndsIt() {
    List<String> heard = Collections.synchronizedList(new ArrayList<>());
    collect(
        (problem, seed) ->
            text -> {
              heard.add(text);
              return Environment.Reply.end();
            },
        LIMIT);
    assertThat(heard).hasSizeGreaterThan(6).allMatch(text -> text.matches("[a-p]*"));
    assertThat(judged).containsAll(heard);
  }

  @Test
  void anEnvironmentThatFailsEndsTheRun() {
    EnvironmentFactory failing =
        (problem, seed) ->
            text -> {
              throw new IllegalStateException("the server is gone");
            };
    assertThatThrownBy(() -> collect(failing, LIMIT)).hasMessage("the server is gone");
  }

  /** Says mno to each turn but the last, and gives a point for each. */
  private static EnvironmentFactory turns(int count) {
    return (problem, seed) -> {
      int[] said = {0};
      return text -> new Environment.Reply("mno", 1, ++said[0] == count);
    };
  }

  private RolloutBatch collect(EnvironmentFactory environments, int limit) {
    sampled.clear();
    ProblemSource problems =
        place -> new Problem("p" + place, CHARACTERS.substring((int) place, (int) place + 1), "");
    try (RolloutCollector collector =
        new RolloutCollector(
            new RolloutCollector.RolloutConfig(3, 4, 5, 10),
            RolloutsConfig.defaults(),
            new SamplingConfig(1, 0, 1, 0, limit, List.of("a", "b", "c", "d", "e", "f", "g"), 5),
            problems,
            new Texts(tokenizer, problem -> "ab" + problem.question(), environments),
            pool,
            new RewardScorer(this::score, ScoringConfig.defaults()),
            traces::put,
            (step, status) -> {})) {
      return collector.collect(0, pool.version());
    }
  }

  private synchronized Reward score(Problem problem, Completion completion) {
    judged.add(completion.text());
    Completion.Transcript transcript = Objects.requireNonNull(completion.transcript());
    return new Reward(
        10 + transcript.reward(), Map.of("ten", new Verdict(10, Outcome.CORRECT, "ten")), 1);
  }

  private static List<int[]> tokens(RolloutBatch batch) {
    return batch.groups().stream()
        .flatMap(g -> g.rollouts().stream())
        .map(Rollout::tokens)
        .toList();
  }

  /** A pool that notes what is asked for and what comes back. */
  private final class Recording implements WorkerPool {
    private final WorkerPool pool;

    Recording(WorkerPool pool) {
      this.pool = pool;
    }

    @Override
    public Session open() {
      Session session = pool.open();
      return new Session() {
        @Override
        public long version() {
          return session.version();
        }

        @Override
        public void generate(
            List<WorkUnit> units, SamplingConfig config, SamplingListener listener) {
          List<GenerationRequest> all =
              units.stream().flatMap(unit -> unit.requests().stream()).toList();
          session.generate(
              units,
              config,
              new SamplingListener() {
                @Override
                public void status(SamplingStatus status) {
                  listener.status(status);
                }

                @Override
                public void finished(int request, int sample, Generation generation) {
                  sampled.add(new Sampled(all.get(request).prompt(), sample, generation));
                  listener.finished(request, sample, generation);
                }
              });
        }

        @Override
        public void close() {
          session.close();
        }
      };
    }

    @Override
    public void publish(long version, PolicyModel model) {
      pool.publish(version, model);
    }

    @Override
    public long version() {
      return pool.version();
    }

    @Override
    public void cancel() {
      pool.cancel();
    }

    @Override
    public int replaced() {
      return pool.replaced();
    }

    @Override
    public void close() {
      pool.close();
    }
  }
}
