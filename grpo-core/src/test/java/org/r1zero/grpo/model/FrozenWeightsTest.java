package org.r1zero.grpo.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.Torch;

/** Weights that are not trained take the memory of the compute type. */
class FrozenWeightsTest {
  /** DJL has no name for bf16. */
  private static final DataType NARROW = DataType.UNKNOWN;

  private static final TokenBatch BATCH =
      new TokenBatch(
          new int[][] {{5, 6, 7}, {8, 9, 10, 11, 12}},
          new int[][] {{20, 21, 22, 23}, {30}, {40, 41}},
          new int[] {0, 0, 1});

  @Test
  void frozenModelComputesTheSameNumbersFromHalfTheMemory() {
    try (PolicyModel source = TestModels.random(4);
        PolicyModel trained = TestModels.random(4, ComputeType.BFLOAT16);
        PolicyModel frozen =
            PolicyModel.frozen(
                TestModels.CONFIG, source::tensor, ComputeType.BFLOAT16, Device.cpu());
        Scope scope = Torch.openScope(Device.cpu())) {
      assertThat(frozen.logProbs(BATCH, 0.7, scope).values())
          .containsExactly(trained.logProbs(BATCH, 0.7, scope).values());
      assertThat(frozen.logProbs(BATCH, 0.7, scope).entropies())
          .containsExactly(trained.logProbs(BATCH, 0.7, scope).entropies());
      assertThat(types(frozen)).containsOnly(NARROW);
      assertThat(types(trained)).containsOnly(DataType.FLOAT32);
    }
  }

  @Test
  void frozenModelOfFp32StaysInFp32() {
    try (PolicyModel source = TestModels.random(4);
        PolicyModel frozen =
            PolicyModel.frozen(
                TestModels.CONFIG, source::tensor, ComputeType.FLOAT32, Device.cpu())) {
      assertThat(types(frozen)).containsOnly(DataType.FLOAT32);
    }
  }

  @Test
  void adaptersTrainOnABaseInBf16AndStayInFp32() {
    LoraConfig lora = new LoraConfig(3, 6, List.of("all-linear"));
    try (PolicyModel source = TestModels.random(4);
        PolicyModel trained =
            TestModels.byTorchScript(() -> TestModels.random(4, ComputeType.BFLOAT16));
        PolicyModel adapted =
            new PolicyModel(
                TestModels.CONFIG, source::tensor, ComputeType.BFLOAT16, Device.cpu(), lora, 9);
        Scope scope = Torch.openScope(Device.cpu())) {
      assertThat(types(adapted)).containsOnly(NARROW);
      assertThat(adapted.parameters())
          .allSatisfy(p -> assertThat(p.value().getDataType()).isEqualTo(DataType.FLOAT32));
      assertThat(adapted.logProbs(BATCH, 0.7, scope).values())
          .containsExactly(trained.logProbs(BATCH, 0.7, scope).values());
      for (Parameter parameter : adapted.parameters()) {
        float[] values = new float[(int) parameter.value().size()];
        Arrays.fill(values, 0.05f);
        Torch.assign(parameter.value(), values);
        parameter.updated();
      }
      assertThat(adapted.logProbs(BATCH, 0.7, scope).values())
          .isNotEqualTo(trained.logProbs(BATCH, 0.7, scope).values());
      assertThat(adapted.base().logProbs(BATCH, 0.7, scope).values())
          .containsExactly(trained.logProbs(BATCH, 0.7, scope).values());
    }
  }

  @Test
  void aGpuGetsLargerPortionsThanACache() {
    assertThat(TrainingNetwork.limit(Device.cpu())).isEqualTo(1 << 22);
    assertThat(TrainingNetwork.limit(Device.gpu(1))).isEqualTo(1 << 27);
  }

  private static List<DataType> types(PolicyModel model) {
    return model.arrays().stream().map(NDArray::getDataType).distinct().toList();
  }
}
