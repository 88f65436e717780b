package org.r1zero.rollout.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.rollout.TinyPolicy;

/** The memory for keys and values is respected: sequences wait for it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KeyValueBudgetTest {
  private static final int LENGTH = 90;
  private static final StopCondition NEVER = (tokens, length) -> false;

  private PolicyModel policy;

  @BeforeAll
  void makePolicy() {
    policy = TinyPolicy.make(31, 3, ComputeType.FLOAT32);
  }

  @AfterAll
  void close() {
    policy.close();
  }

  @Test
  void sequencesWaitForMemoryAndGiveTheSame() {
    try (Generator generator = new Generator(policy);
        Generator roomy = new Generator(policy)) {
      long bytes = generator.kernels().cacheBytesPerToken();
      int rows = (int) ((1L << 20) / bytes / (LENGTH + 3));
      GenerationRequest request =
          new GenerationRequest(new int[] {1, 2, 3}, new long[2 * rows + 1]);
      int[] most = {0};
      Collected heard =
          new Collected() {
            @Override
            public void status(SamplingStatus status) {
              most[0] = Math.max(most[0], status.running());
            }
          };
      generator.generate(List.of(request), config(1), NEVER, heard);
      List<Generation> tight = heard.all().get(0);
      assertThat(most[0]).isPositive().isLessThanOrEqualTo(rows);
      List<Generation> free = roomy.generate(List.of(request), config(64), NEVER).get(0);
      for (int s = 0; s < free.size(); s++) {
        assertThat(tight.get(s).tokens()).isEqualTo(free.get(s).tokens());
      }
    }
  }

  @Test
  void aSequenceThatCannotFitIsAnErrorAtTheStart() {
    try (PolicyModel wide = TinyPolicy.make(31, 3, ComputeType.FLOAT32);
        Generator generator = new Generator(wide)) {
      Schedule schedule =
          Schedule.of(
                  List.of(new GenerationRequest(new int[] {1, 2, 3}, new long[] {1})),
                  new SamplingConfig(1, 0, 1, 0, 1_000_000, List.of(), 1),
                  1)
              .get(0);
      assertThatThrownBy(() -> generator.batch(schedule, config(1)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("one sequence of 1000003 tokens needs ")
          .hasMessageContaining("which may take 1; raise sampling.kv_cache_mb");
    }
  }

  private static SamplingConfig config(int kvCacheMb) {
    return new SamplingConfig(1, 0, 1, 0, LENGTH, List.of(), 5000, kvCacheMb);
  }
}
