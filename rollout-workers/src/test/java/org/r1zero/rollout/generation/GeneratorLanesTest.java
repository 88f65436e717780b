package org.r1zero.rollout.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.torch.Torch;
import org.r1zero.rollout.TinyPolicy;

/** As many lanes as this thread has cores, whatever the machine has. */
class GeneratorLanesTest {
  private static final StopCondition STOP = (tokens, length) -> tokens[length - 1] < 6;
  private static final List<GenerationRequest> REQUESTS =
      List.of(
          new GenerationRequest(new int[] {1, 2, 3}, new long[] {11, 12, 13, 14, 15}),
          new GenerationRequest(new int[] {9, 8, 7, 6, 5}, new long[] {21}),
          new GenerationRequest(new int[] {4, 4}, new long[] {31, 32, 33}));

  private final int threads = Torch.threads();
  private PolicyModel policy;
  private Generator generator;

  @BeforeEach
  void open() {
    policy = TinyPolicy.make(31, 3, ComputeType.FLOAT32);
    generator = new Generator(policy);
  }

  @AfterEach
  void close() {
    Torch.setThreads(threads);
    generator.close();
    policy.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 9, 20})
  void lanesSampleWhatOneSamples(int lanes) {
    Torch.setThreads(1);
    List<List<Generation>> one = generate(lanes, new Heard());
    Torch.setThreads(lanes);
    Heard heard = new Heard();
    List<List<Generation>> several = generate(lanes, heard);
    assertThat(several).hasSize(3);
    for (int r = 0; r < 3; r++) {
      assertThat(several.get(r)).hasSize(REQUESTS.get(r).seeds().length);
      for (int s = 0; s < several.get(r).size(); s++) {
        Generation a = one.get(r).get(s);
        Generation b = several.get(r).get(s);
        assertThat(b.tokens()).as("request %d, sample %d", r, s).isEqualTo(a.tokens());
        assertThat(b.policyLogProbs()).containsExactly(a.policyLogProbs(), within(1e-5f));
      }
    }
    assertThat(heard.finished).hasSize(9).doesNotHaveDuplicates();
    long tokens = several.stream().flatMap(List::stream).mapToLong(g -> g.tokens().length).sum();
    assertThat(heard.last).isEqualTo("9 finished, 0 running, 0 waiting, " + tokens + " tokens");
    assertThat(heard.stepped).isEqualTo(tokens - 9); // first tokens come with the prompts
    assertThat(heard.lanes).isEqualTo(Math.min(lanes, 9));
  }

  @Test
  void aFaultInOneLaneEndsTheOthers() {
    Torch.setThreads(2);
    StopCondition failing =
        new StopCondition() {
          @Override
          public boolean stops(int[] tokens, int length) {
            return false;
          }

          @Override
          public boolean stops(int request, int sample, int[] tokens, int length) {
            if (request == 2) {
              throw new IllegalStateException("in the last lane");
            }
            return false; // the other lane would go on for long
          }
        };
    assertThatThrownBy(() -> generator.generate(REQUESTS, config(50), failing, new Heard()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("in the last lane");
    assertThat(generate(2, new Heard())).hasSize(3); // and the generator still works
  }

  @Test
  void allLanesAreCancelled() {
    Torch.setThreads(2);
    Heard cancelling =
        new Heard() {
          @Override
          public void status(SamplingStatus status) {
            generator.cancel();
          }
        };
    StopCondition never = (tokens, length) -> false;
    assertThatThrownBy(() -> generator.generate(REQUESTS, config(50), never, cancelling))
        .isInstanceOf(CancellationException.class);
    assertThat(generate(2, new Heard())).hasSize(3);
  }

  private List<List<Generation>> generate(int lanes, Heard heard) {
    assertThat(policy.lanes()).isIn(1, lanes);
    generator.generate(REQUESTS, config(12), STOP, heard);
    return heard.all();
  }

  private static SamplingConfig config(int maxNewTokens) {
    return new SamplingConfig(1, 0, 1, 0, maxNewTokens, List.of(), 64);
  }

  private static class Heard extends Collected {
    private final List<String> finished = new ArrayList<>();
    private String last = "";
    private long stepped;
    private int lanes = 1;

    @Override
    public void status(SamplingStatus status) {
      last =
          status.finished()
              + " finished, "
              + status.running()
              + " running, "
              + status.waiting()
              + " waiting, "
              + status.tokens()
              + " tokens";
    }

    @Override
    public void step(int sequences, int sideBySide) {
      stepped += sequences;
      lanes = sideBySide;
    }

    @Override
    public void finished(int request, int sample, Generation generation) {
      super.finished(request, sample, generation);
      finished.add(request + "/" + sample);
    }
  }
}
