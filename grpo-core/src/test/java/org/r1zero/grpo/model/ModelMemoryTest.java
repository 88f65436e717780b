package org.r1zero.grpo.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.r1zero.grpo.optim.AdamW;
import org.r1zero.grpo.optim.OptimizerConfig;

class ModelMemoryTest {
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
    return new ModelMemory(SMOLLM2, type).perToken(checkpointing);
  }

  @Test
  void trainingTakesGradientsMomentsAndACopy() {
    try (PolicyModel policy = TestModels.random(1)) {
      long largest = 4L * TestModels.CONFIG.vocabSize() * TestModels.CONFIG.hiddenSize();
      assertThat(ModelMemory.toAllocate(policy, true, false))
          .isEqualTo((12 + 4) * policy.parameterCount() + largest);
      assertThat(ModelMemory.toAllocate(policy, false, false))
          .isEqualTo(12 * policy.parameterCount() + largest);
      assertThat(ModelMemory.toAllocate(policy, false, true))
          .isEqualTo(4 * policy.parameterCount() + largest);
    }
  }

  @ParameterizedTest
  @EnumSource(ComputeType.class)
  void weightsTakeWhatTheirArraysDo(ComputeType type) {
    try (PolicyModel policy = TestModels.random(1, type);
        AdamW optimizer = new AdamW(OptimizerConfig.defaults(), policy.parameters());
        PolicyModel frozen =
            PolicyModel.frozen(TestModels.CONFIG, policy::tensor, type, Device.cpu())) {
      long copy = PolicySnapshot.bytes(TestModels.CONFIG, type);
      long padding = 63L * frozen.arrays().size() * (type == ComputeType.BFLOAT16 ? 2 : 4);
      long trained =
          bytes(policy.parameters().stream().map(Parameter::value).toList(), type)
              + bytes(policy.parameters().stream().map(Parameter::gradient).toList(), type)
              + bytes(List.copyOf(optimizer.state().values()), type)
              - 4L * policy.parameters().size() // the numbers of updates
              + copy;
      ModelMemory memory = new ModelMemory(TestModels.CONFIG, type);
      assertThat(memory.parameters()).isEqualTo(policy.parameterCount());
      assertThat(memory.training(0, false, false)).isBetween(trained - padding, trained);
      List<NDArray> moments =
          optimizer.state().entrySet().stream()
              .filter(e -> e.getKey().contains(".exp_avg"))
              .map(Map.Entry::getValue)
              .toList();
      assertThat(memory.offloaded(0)).isEqualTo(bytes(moments, type));
      assertThat(memory.training(0, true, false) - memory.training(0, false, false))
          .isEqualTo(bytes(frozen.arrays(), type));
    }
  }

  @ParameterizedTest
  @EnumSource(ComputeType.class)
  void adaptersTakeWhatTheirArraysDo(ComputeType type) {
    LoraConfig lora = new LoraConfig(3, 6, List.of("all-linear"));
    try (PolicyModel full = TestModels.random(1);
        PolicyModel policy =
            new PolicyModel(TestModels.CONFIG, full::tensor, type, Device.cpu(), lora, 1)) {
      List<NDArray> parts = policy.parameters().stream().map(Parameter::value).toList();
      long adapters = parts.stream().mapToLong(NDArray::size).sum();
      assertThat(lora.parameters(TestModels.CONFIG)).isEqualTo(adapters);
      List<NDArray> base = policy.adapters().orElseThrow().base();
      List<NDArray> merged = policy.adapters().orElseThrow().merged();
      Set<NDArray> different = Collections.newSetFromMap(new IdentityHashMap<>());
      different.addAll(policy.base().arrays());
      different.addAll(policy.arrays());
      assertThat(merged).hasSameSizeAs(base);
      long held = bytes(List.copyOf(different), type) + bytes(policy.arrays(), type);
      long estimate = new ModelMemory(TestModels.CONFIG, type).training(adapters, false, false);
      // norms, embedding and output layer are not held twice: a small model has many of them
      assertThat(estimate - 16 * adapters).isBetween(held, held * 5 / 4);
    }
  }

  @Test
  void modelsThatTheDocsSayFit80GbDo() {
    long gb = 1_000_000_000;
    ModelMemory small = qwen2(151_936, 1536, 8960, 12, 2, true); // Qwen2.5-1.5B
    assertThat(small.parameters()).isEqualTo(1_543_714_304);
    assertThat(small.training(0, true, false)).isLessThan(31 * gb);
    ModelMemory large = qwen2(152_064, 3584, 18_944, 28, 4, false); // Qwen2.5-7B
    assertThat(large.parameters()).isEqualTo(7_615_616_512L);
    assertThat(large.training(40_370_176, false, false)).isLessThan(47 * gb);
    // all weights of a 7B, its moments in the machine's memory, its samplers on other cards
    long trained = large.training(0, false, false) - large.offloaded(0);
    assertThat(trained - 2 * large.parameters()).isBetween(60 * gb, 61 * gb);
  }

  private static ModelMemory qwen2(
      int vocabulary, int hidden, int intermediate, int heads, int keyValueHeads, boolean tied) {
    return new ModelMemory(
        new DecoderConfig(
            DecoderConfig.Family.QWEN2,
            vocabulary,
            hidden,
            intermediate,
            28,
            heads,
            keyValueHeads,
            128,
            1e-6,
            1e6,
            new RopeScaling.None(),
            32_768,
            tied,
            true,
            false,
            false,
            false),
        ComputeType.BFLOAT16);
  }

  private static long bytes(List<NDArray> arrays, ComputeType type) {
    long sum = 0;
    for (NDArray array : arrays) {
      boolean wide = array.getDataType() == DataType.FLOAT32;
      assertThat(wide || type == ComputeType.BFLOAT16).isTrue();
      sum += array.size() * (wide ? 4 : 2);
    }
    return sum;
  }
}
