package org.r1zero.grpo.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MicroBatchMemoryTest {
  /** SmolLM2-135M's shape. */
  private static final DecoderConfig SMOLLM2 =
      new DecoderConfig(
          DecoderConfig.Family.LLAMA,
          49152,
          576,
          1536,
          30,
          9,
          3,
          64,
          1e-5,
          1e5,
          new RopeScaling.None(),
          8192,
          true,
          false,
          false,
          false,
          false);

  @Test
  void bytesOfATokenByHand() {
    // a block keeps 2 x 576 + 960 + 576 + 2 x 1536 = 5,760 numbers; backward of one block takes
    // 6 x 576 + 960 = 4,416 in fp32 and 5,760 + 3,072 in the compute type
    assertThat(bytes(ComputeType.BFLOAT16, false)).isEqualTo(30 * 2 * 5760 + 4 * 4416 + 2 * 8832);
    assertThat(bytes(ComputeType.FLOAT32, false)).isEqualTo(30 * 4 * 5760 + 4 * 4416 + 4 * 8832);
  }

  @Test
  void checkpointingKeepsInputsAndOneBlock() {
    long kept = 30 * 2 * 576 + 2 * 5760;
    assertThat(bytes(ComputeType.BFLOAT16, true)).isEqualTo(kept + 4 * 4416 + 2 * 8832);
    assertThat(bytes(ComputeType.BFLOAT16, true))
        .isLessThan(bytes(ComputeType.BFLOAT16, false) / 4);
  }

  private static long bytes(ComputeType type, boolean checkpointing) {
    return new MicroBatchMemory(SMOLLM2, type, checkpointing).bytesPerToken();
  }

  @Test
  void trainingTakesGradientsMomentsAndACopy() {
    try (PolicyModel policy = TestModels.random(1)) {
      long largest = 4L * TestModels.CONFIG.vocabSize() * TestModels.CONFIG.hiddenSize();
      assertThat(MicroBatchMemory.trainingBytes(policy))
          .isEqualTo((12 + 4) * policy.parameterCount() + largest);
    }
  }
}
