package org.r1zero.rollout.generation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.rollout.TinyPolicy;

class GeneratorMemoryTest {
  private static final long MEGABYTE = 1 << 20;

  @Test
  void staysFlatOverManyRounds() throws Exception {
    long arraysAtFirst = NativeMemory.arrays();
    try (PolicyModel policy = TinyPolicy.make(31, 3, ComputeType.BFLOAT16)) {
      try (Generator generator = new Generator(policy)) {
        for (int round = 0; round < 60; round++) {
          generate(generator, round);
        }
        long arrays = NativeMemory.arrays();
        long resident = NativeMemory.resident();
        assertThat(arrays)
            .as("the counter sees weights and cache")
            .isGreaterThan(arraysAtFirst + 30);
        for (int round = 0; round < 200; round++) {
          generate(generator, round);
        }
        // Were a round's cache lost, that would be 15 MB; a step's logits, 20 MB.
        assertThat(NativeMemory.arrays()).isEqualTo(arrays);
        assertThat(NativeMemory.resident() - resident).isLessThan(40 * MEGABYTE);
      }
    }
    assertThat(NativeMemory.arrays()).as("all is freed in the end").isEqualTo(arraysAtFirst);
  }

  /** Each round needs another shape, so caches are replaced. */
  private static void generate(Generator generator, int round) {
    int rows = round % 2 == 0 ? 60 : 20;
    int length = round % 2 == 0 ? 4 : 16;
    SamplingConfig config = new SamplingConfig(1, 0, 0.9, 0, length, List.of(), rows);
    generator.refresh();
    generator.generate(
        List.of(
            new GenerationRequest(new int[] {1, 2, 3}, LongStream.range(0, 30).toArray()),
            new GenerationRequest(new int[] {4, 5}, LongStream.range(round, 30 + round).toArray())),
        config,
        (tokens, n) -> tokens[n - 1] < 3,
        (finished, running, tokens) -> {});
  }
}
