package org.r1zero.rollout.generation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.DecoderConfig;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.RopeScaling;
import org.r1zero.rollout.TinyPolicy;

/**
 * Memory over many sequences whose lengths vary, so that nearly each step has shapes of its own:
 * libtorch and oneDNN keep what they prepared for a shape, and keep it for a thousand shapes where
 * nothing bounds them (docs/training-speed.md, "Over time").
 */
@Tag("slow")
class SamplingGrowthTest {
  private static final int GROUP = 8;
  private static final int LONGEST = 48;
  private static final int VOCABULARY = 512;
  private static final long MEGABYTE = 1 << 20;

  private final Random random = new Random(1);

  @Test
  void twoThousandSequencesOfAnyLengthLeaveNothingBehind() throws Exception {
    try (PolicyModel policy = TinyPolicy.make(likeTheEmbeddedModel(), 3, ComputeType.BFLOAT16);
        Generator generator = new Generator(policy)) {
      for (int call = 0; call < 5; call++) {
        generate(generator, 25);
      }
      long arrays = NativeMemory.arrays();
      long bytes = NativeMemory.outsideHeap();
      for (int call = 0; call < 10; call++) {
        generate(generator, 25);
      }
      assertThat(NativeMemory.arrays()).isEqualTo(arrays);
      assertThat((NativeMemory.outsideHeap() - bytes) / MEGABYTE).isLessThan(60);
    }
  }

  /**
   * One call of {@code prompts * GROUP} sequences, log-uniform from 4 to {@code LONGEST} tokens.
   */
  private void generate(Generator generator, int prompts) {
    List<GenerationRequest> requests = new ArrayList<>();
    int[][] lengths = new int[prompts][GROUP];
    for (int p = 0; p < prompts; p++) {
      int[] prompt = random.ints(8 + random.nextInt(80), 2, VOCABULARY).toArray();
      for (int s = 0; s < GROUP; s++) {
        lengths[p][s] = (int) Math.round(4 * Math.pow(LONGEST / 4.0, random.nextDouble()));
      }
      requests.add(new GenerationRequest(prompt, random.longs(GROUP).toArray()));
    }
    StopCondition stop =
        new StopCondition() {
          @Override
          public boolean stops(int[] tokens, int length) {
            return false;
          }

          @Override
          public boolean stops(int request, int sample, int[] tokens, int length) {
            return length >= lengths[request][sample];
          }
        };
    SamplingConfig config = new SamplingConfig(1, 0, 1, 0, LONGEST, List.of(), 64);
    generator.refresh();
    generator.generate(requests, config, stop);
  }

  private static DecoderConfig likeTheEmbeddedModel() {
    return new DecoderConfig(
        DecoderConfig.Family.LLAMA,
        VOCABULARY,
        256,
        640,
        4,
        8,
        4,
        32,
        1e-5,
        1e4,
        new RopeScaling.None(),
        256,
        true,
        false,
        false,
        false,
        false);
  }
}
