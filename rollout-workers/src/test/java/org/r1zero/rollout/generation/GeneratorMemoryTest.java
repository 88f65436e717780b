package org.r1zero.rollout.generation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.rollout.TinyPolicy;

@Tag("slow")
class GeneratorMemoryTest {
  private static final int VOCABULARY = 1000;
  private static final long MEGABYTE = 1 << 20;

  @Test
  void staysFlatOverManyRounds() throws Exception {
    long arraysAtFirst = NativeMemory.arrays();
    try (PolicyModel policy = TinyPolicy.make(VOCABULARY, 3, ComputeType.BFLOAT16)) {
      try (Generator generator = new Generator(policy)) {
        for (int round = 0; round < 80; round++) {
          generate(generator, round % 40);
        }
        long arrays = NativeMemory.arrays();
        long bytes = NativeMemory.outsideHeap();
        assertThat(arrays).as("weights and cache are counted").isGreaterThan(arraysAtFirst + 30);
        for (int round = 0; round < 200; round++) {
          generate(generator, round % 40);
        }
        assertThat(NativeMemory.arrays()).isEqualTo(arrays);
        // What no manager owns: the logits of all steps would be 200 MB, malloc itself keeps some
        // 40.
        assertThat(NativeMemory.outsideHeap() - bytes).isLessThan(80 * MEGABYTE);
      }
    }
    assertThat(NativeMemory.arrays()).as("all is freed in the end").isEqualTo(arraysAtFirst);
  }

  /** Rounds take turns in needing many rows and long ones, so caches are replaced. */
  private static void generate(Generator generator, int round) {
    int rows = round % 2 == 0 ? 24 : 8;
    int length = round % 2 == 0 ? 3 : 8;
    SamplingConfig config = new SamplingConfig(1, 0, 1, 0.01, length, List.of(), rows);
    generator.refresh();
    generator.generate(
        List.of(
            new GenerationRequest(new int[] {1, 2, 3}, LongStream.range(0, 12).toArray()),
            new GenerationRequest(new int[] {4, 5}, LongStream.range(round, 12 + round).toArray())),
        config,
        (tokens, n) -> tokens[n - 1] < VOCABULARY / 10);
  }
}
