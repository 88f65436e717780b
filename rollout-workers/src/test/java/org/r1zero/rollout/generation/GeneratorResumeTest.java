package org.r1zero.rollout.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.rollout.TinyPolicy;
import org.r1zero.verify.FinishReason;

/** Completions that go on in a later call, and calls that end early. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GeneratorResumeTest {
  private static final int LIMIT = 14;
  private static final SamplingConfig CONFIG =
      new SamplingConfig(0.9, 0, 0.95, 0, LIMIT, List.of(), 4);
  private static final StopCondition STOP = (tokens, length) -> tokens[length - 1] < 3;

  private PolicyModel policy;

  @BeforeAll
  void makePolicy() {
    policy = TinyPolicy.make(31, 3, ComputeType.FLOAT32);
  }

  @AfterAll
  void close() {
    policy.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 5})
  void piecesOfABudgetGiveWhatOneCallGives(int budget) {
    List<GenerationRequest> whole = GeneratorTest.mixedRequests();
    try (Generator generator = new Generator(policy)) {
      List<List<Generation>> expected = generator.generate(whole, CONFIG, STOP);
      List<List<Generation>> pieces = List.of();
      for (int calls = 0; calls * budget < LIMIT; calls++) {
        List<GenerationRequest> next = new ArrayList<>();
        for (int r = 0; r < whole.size(); r++) {
          GenerationRequest request = whole.get(r);
          List<Generation> started = pieces.isEmpty() ? List.of() : pieces.get(r);
          next.add(new GenerationRequest(request.prompt(), request.seeds(), started, budget));
        }
        pieces = generator.generate(next, CONFIG, STOP);
        int most = Math.min(LIMIT, (calls + 1) * budget);
        assertThat(pieces.stream().flatMap(List::stream))
            .allSatisfy(
                g -> {
                  assertThat(g.tokens()).hasSizeLessThanOrEqualTo(most);
                  assertThat(g.finishReason() == FinishReason.STOP || g.tokens().length == most)
                      .isTrue();
                });
      }
      assertThat(pieces).hasSameSizeAs(expected);
      for (int r = 0; r < expected.size(); r++) {
        for (int s = 0; s < expected.get(r).size(); s++) {
          Generation one = pieces.get(r).get(s);
          Generation other = expected.get(r).get(s);
          assertThat(one.tokens()).as("request %d, sample %d", r, s).isEqualTo(other.tokens());
          assertThat(one.finishReason()).isEqualTo(other.finishReason());
          assertThat(one.samplingLogProbs())
              .containsExactly(other.samplingLogProbs(), within(1e-5f));
          assertThat(one.policyLogProbs()).containsExactly(other.policyLogProbs(), within(1e-5f));
        }
      }
    }
  }

  @Test
  void whatIsFinishedAlreadyComesBackAsItWas() {
    try (Generator generator = new Generator(policy)) {
      List<GenerationRequest> requests = GeneratorTest.mixedRequests();
      List<List<Generation>> done = generator.generate(requests, CONFIG, STOP);
      List<GenerationRequest> again = new ArrayList<>();
      for (int r = 0; r < requests.size(); r++) {
        GenerationRequest request = requests.get(r);
        again.add(new GenerationRequest(request.prompt(), request.seeds(), done.get(r), 3));
      }
      List<List<Generation>> kept = generator.generate(again, CONFIG, STOP);
      for (int r = 0; r < requests.size(); r++) {
        for (int s = 0; s < done.get(r).size(); s++) {
          assertThat(kept.get(r).get(s)).usingRecursiveComparison().isEqualTo(done.get(r).get(s));
        }
      }
    }
  }

  @Test
  void cancellingEndsACallSoonAndLeavesTheGeneratorUsable() throws Exception {
    ExecutorService thread = Executors.newSingleThreadExecutor();
    CountDownLatch running = new CountDownLatch(1);
    try (Generator generator = new Generator(policy)) {
      Future<?> call =
          thread.submit(
              () -> generator.generate(endless(), CONFIG, STOP, status -> running.countDown()));
      running.await();
      generator.cancel();
      assertThatThrownBy(() -> call.get(2, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(CancellationException.class);
      assertThat(generator.generate(GeneratorTest.mixedRequests(), CONFIG, STOP)).hasSize(9);
    } finally {
      thread.shutdownNow();
    }
  }

  @Test
  void anInterruptedThreadStopsGenerating() {
    try (Generator generator = new Generator(policy)) {
      SamplingListener interrupting = status -> Thread.currentThread().interrupt();
      assertThatThrownBy(() -> generator.generate(endless(), CONFIG, STOP, interrupting))
          .isInstanceOf(CancellationException.class);
      assertThat(Thread.interrupted()).as("the thread stays interrupted").isTrue();
    }
  }

  /** A hundred thousand completions: minutes of work. */
  private static List<GenerationRequest> endless() {
    return List.of(new GenerationRequest(new int[] {4, 5, 6}, new long[100_000]));
  }
}
