package org.r1zero.grpo.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.r1zero.grpo.torch.Operators;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.Torch;
import org.r1zero.grpo.torch.TorchModule;

/**
 * Decoding as a GPU runs it, where each kernel's launch takes longer than its work: on a CPU, whose
 * fused attention stands in for CUDA's.
 */
@Tag("slow")
class FewOperatorsTest {
  private static final SamplingParameters PLAIN = new SamplingParameters(0.9, 0, 1, 0);

  @ParameterizedTest
  @CsvSource({"QWEN2, FLOAT32, 1e-5", "QWEN3, FLOAT32, 1e-5", "LLAMA, BFLOAT16, 0.01"})
  void theyGiveTheNumbersOfTheManyOnes(
      DecoderConfig.Family family, ComputeType type, float tolerance) {
    SamplingParameters filters = new SamplingParameters(0.9, 40, 0.9, 0.01);
    try (PolicyModel model = model(family, 3, type);
        Scope scope = Torch.openScope(Device.cpu())) {
      List<Step> many = run(model.decoding(), filters, scope);
      List<Step> few = run(few(model, scope), filters, scope);
      for (int t = 0; t < many.size(); t++) {
        assertThat(few.get(t).probabilities())
            .containsExactly(many.get(t).probabilities(), within(tolerance));
        if (type == ComputeType.FLOAT32) { // in bf16 a draw at a border is another token
          SampledTokens expected = many.get(t).sampled();
          SampledTokens found = few.get(t).sampled();
          assertThat(found.tokens()).isEqualTo(expected.tokens());
          assertThat(found.policyLogProbs())
              .containsExactly(expected.policyLogProbs(), within(1e-4f));
          assertThat(found.samplingLogProbs())
              .containsExactly(expected.samplingLogProbs(), within(1e-4f));
        }
      }
    }
  }

  /** By hand (docs/gpu.md) with torch's fake tensors of CUDA: as many, and none lacks a kernel. */
  @Test
  void stepOfQwen15bLaunchesAtMostSevenHundredKernels() throws IOException {
    try (PolicyModel model = model(DecoderConfig.Family.QWEN2, 28, ComputeType.BFLOAT16);
        Scope scope = Torch.openScope(Device.cpu())) {
      DecodingKernels kernels = few(model, scope);
      List<String> even = launches(kernels, new long[] {2, 2, 2, 2}, scope);
      List<String> uneven = launches(kernels, new long[] {3, 2, 1, 0}, scope);
      assertThat(even).as("%s", counted(even)).hasSizeBetween(28 * 15, 700);
      assertThat(uneven).as("%s", counted(uneven)).hasSizeLessThan(790);
    }
  }

  /** At a high temperature nearly all tokens are needed to reach top-p. */
  @ParameterizedTest
  @CsvSource({
    "50, 0, 0.999, 0",
    "50, 0, 1, 1e-6",
    "50, 0, 0.9, 0.5",
    "50, 200, 1, 0",
    "1, 0, 0.5, 0"
  })
  void filtersThatKeepManyTokensDrawTheSame(
      double temperature, int topK, double topP, double minP) {
    SamplingParameters filters = new SamplingParameters(temperature, topK, topP, minP);
    try (PolicyModel model = model(DecoderConfig.Family.QWEN2, 1, ComputeType.FLOAT32);
        Scope scope = Torch.openScope(Device.cpu())) {
      SampledTokens expected = run(model.decoding(), filters, scope).get(1).sampled();
      SampledTokens found = run(few(model, scope), filters, scope).get(1).sampled();
      assertThat(found.tokens()).isEqualTo(expected.tokens());
      assertThat(found.policyLogProbs()).containsExactly(expected.policyLogProbs(), within(1e-4f));
      assertThat(found.samplingLogProbs())
          .containsExactly(expected.samplingLogProbs(), within(1e-4f));
    }
  }

  /** A number that TorchScript reads stops a GPU until the host has it. */
  @ParameterizedTest
  @CsvSource({"1, 0, 1, 0", "0, 0, 1, 0", "1, 40, 1, 0", "1, 0, 0.9, 0", "1, 0, 1, 0.1"})
  void aStepReadsNothingButItsResult(double temperature, int topK, double topP, double minP)
      throws IOException {
    SamplingParameters how = new SamplingParameters(temperature, topK, topP, minP);
    try (PolicyModel model = model(DecoderConfig.Family.LLAMA, 2, ComputeType.FLOAT32);
        Scope scope = Torch.openScope(Device.cpu())) {
      DecodingKernels few = few(model, scope);
      assertThat(launches(few, new long[] {3, 2, 1, 0}, how, scope))
          .isNotEmpty()
          .doesNotContain("aten::_local_scalar_dense");
      boolean reads = topK > 0 || topP < 1 || minP > 0;
      List<String> asOnCpus = launches(model.decoding(), new long[] {3, 2, 1, 0}, how, scope);
      assertThat(asOnCpus.contains("aten::_local_scalar_dense")).as("planted").isEqualTo(reads);
    }
  }

  @Test
  void profilerSeesAKernelTooMany() throws IOException {
    try (Scope scope = Torch.openScope(Device.cpu())) {
      NDArray x = scope.floats(1, 2, 3, 4);
      assertThat(Operators.kernels(() -> scope.keep(x.mul(x)))).containsExactly("aten::mul");
      assertThat(Operators.kernels(() -> scope.keep(x.reshape(2, 2)))).isEmpty();
      assertThat(Operators.kernels(() -> scope.keep(x.mul(x).add(x))))
          .containsExactly("aten::mul", "aten::add");
    }
  }

  private static List<String> launches(DecodingKernels kernels, long[] own, Scope scope)
      throws IOException {
    return launches(kernels, own, PLAIN, scope);
  }

  private static List<String> launches(
      DecodingKernels kernels, long[] own, SamplingParameters how, Scope scope) throws IOException {
    List<NDArray> prefix = prefix(kernels, scope);
    List<NDArray> rows = kernels.newCache(4, 5, scope);
    NDArray logits = kernels.newLogits(4, scope);
    DecodingStep step = step(own);
    float[] uniforms = {0.1f, 0.4f, 0.6f, 0.9f};
    return Operators.kernels(
        () -> kernels.decodeAndSample(prefix, rows, step, uniforms, how, logits, scope));
  }

  private static Map<String, Integer> counted(List<String> names) {
    Map<String, Integer> counts = new TreeMap<>();
    names.forEach(name -> counts.merge(name, 1, Integer::sum));
    return counts;
  }

  private record Step(SampledTokens sampled, float[] probabilities) {}

  /** Three steps: rows alike, rows alike and filters, rows of two lengths. */
  private static List<Step> run(DecodingKernels kernels, SamplingParameters filters, Scope scope) {
    List<NDArray> prefix = prefix(kernels, scope);
    List<NDArray> rows = kernels.newCache(4, 5, scope);
    NDArray logits = kernels.newLogits(4, scope);
    float[] uniforms = {0.1f, 0.4f, 0.6f, 0.9f};
    List<Step> steps = new ArrayList<>();
    for (long[] own : new long[][] {{0, 0, 0, 0}, {1, 1, 1, 1}, {2, 2, 1, 1}}) {
      SamplingParameters how = own[0] == 1 ? filters : PLAIN;
      SampledTokens sampled =
          kernels.decodeAndSample(prefix, rows, step(own), uniforms, how, logits, scope);
      steps.add(new Step(sampled, logits.toFloatArray()));
    }
    return steps;
  }

  private static List<NDArray> prefix(DecodingKernels kernels, Scope scope) {
    List<NDArray> prefix = kernels.newCache(2, 6, scope);
    int[][] prompts = {{1, 2, 3, 4, 5, 6}, {7, 8, 9, 10, 11, 12}};
    kernels.fillSlots(prefix, kernels.prefill(prompts, 4, scope), 0);
    return prefix;
  }

  private static DecodingStep step(long[] own) {
    long[] positions = new long[own.length];
    for (int i = 0; i < own.length; i++) {
      positions[i] = 6 + own[i];
    }
    return new DecodingStep(
        new long[] {20, 21, 22, 23}, positions, own, new int[] {0, 0, 1, 1}, new long[] {6, 6});
  }

  /** Kernels as a GPU has them, but for the attention. */
  private static DecodingKernels few(PolicyModel model, Scope scope) {
    Map<String, Object> attributes =
        TrainingNetwork.attributes(model.config(), model.computeType());
    attributes.put("attention_dtype", (long) ComputeType.FLOAT32.scalarType());
    attributes.put("fused", true);
    attributes.put("packed", false);
    attributes.put("few", true);
    attributes.put("efficient", false);
    TorchModule module =
        TorchModule.load(scope, PolicyModel.class, "generation.py", "Generation", attributes);
    TorchScriptDecoding live = (TorchScriptDecoding) model.decoding();
    return new TorchScriptDecoding(
            model.config(),
            model.computeType(),
            module,
            module,
            live.weights(),
            live.cos(),
            live.sin(),
            false,
            false)
        .packed(scope);
  }

  private static PolicyModel model(DecoderConfig.Family family, int layers, ComputeType type) {
    boolean qwen2 = family == DecoderConfig.Family.QWEN2;
    boolean qwen3 = family == DecoderConfig.Family.QWEN3;
    DecoderConfig config =
        new DecoderConfig(
            family,
            700,
            32,
            48,
            layers,
            4,
            2,
            8,
            1e-5,
            1e4,
            new RopeScaling.None(),
            64,
            true,
            qwen2 || qwen3,
            qwen3,
            qwen3,
            qwen3);
    Map<String, long[]> shapes = WeightNames.shapes(config);
    Random random = new Random(5);
    return new PolicyModel(
        config,
        name -> {
          int size = 1;
          for (long n : shapes.getOrDefault(name, new long[0])) {
            size *= (int) n;
          }
          FloatBuffer buffer = FloatBuffer.allocate(size);
          while (buffer.hasRemaining()) {
            buffer.put(
                (float) (random.nextGaussian() * 0.2 + (name.endsWith("norm.weight") ? 1 : 0)));
          }
          return buffer.flip();
        },
        type,
        Device.cpu());
  }
}
