package org.r1zero.grpo.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.r1zero.fixtures.golden.Golden;
import org.r1zero.grpo.model.weights.ModelDirectory;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.Torch;

/** The native kernels against TorchScript, and against themselves in other company. */
@Tag("slow")
class NativeDecodingTest {
  private static final SamplingParameters HOW = new SamplingParameters(0.9, 0, 1, 0);

  @BeforeEach
  void requireKernels() {
    requireLibrary();
  }

  /**
   * Skips only where the build found no compiler, and not even there where kernels are required.
   */
  static void requireLibrary() {
    Optional<String> obstacle = NativeKernels.obstacle();
    boolean noCompiler = NativeKernels.whyNotBuilt().startsWith("no C++ compiler");
    if (obstacle.isPresent() && noCompiler) {
      assumeTrue(System.getenv("R1ZERO_REQUIRE_KERNELS") == null, obstacle.get());
    }
    assertThat(obstacle).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "llama-gqa-tied",
        "llama-mha-biases",
        "llama-head-dim",
        "llama-rope-linear",
        "llama-rope-llama3",
        "llama-rope-yarn",
        "qwen2-tied",
        "qwen2-rope-yarn",
        "qwen3",
        "qwen3-tied-bias"
      })
  void logitsAreTorchScripts(String name, @TempDir Path folder) {
    ModelDirectory directory = ModelDirectory.open(Golden.unpack("model/" + name, folder).folder());
    for (ComputeType type : ComputeType.values()) {
      try (PolicyModel model = new PolicyModel(directory.config(), directory, type, Device.cpu());
          Scope scope = Torch.openScope(Device.cpu())) {
        agree(model, type == ComputeType.FLOAT32 ? 1e-5f : 0.05f, scope);
      }
    }
  }

  private static void agree(PolicyModel model, float tolerance, Scope scope) {
    int vocabulary = model.config().vocabSize();
    int[][] prompts = new int[3][];
    Random random = new Random(3);
    Arrays.setAll(prompts, p -> random.ints(3 + 4 * p, 0, vocabulary).toArray());
    DecodingKernels kernels = model.decoding().packed(scope);
    assertThat(kernels).isInstanceOf(NativeDecoding.class);
    float[] expected = model.decoding().nextLogits(prompts, scope).toFloatArray();
    float[] actual = kernels.nextLogits(prompts, scope).toFloatArray();
    double scale = 1;
    for (float logit : expected) {
      scale = Math.max(scale, Math.abs(logit));
    }
    assertThat(actual).containsExactly(expected, within((float) (tolerance * scale)));
    // the same positions by single steps
    float[] stepped = logitsByStep(kernels, prompts, scope);
    assertThat(stepped).containsExactly(actual, within((float) (tolerance * scale)));
    kernels.release();
  }

  /**
   * The prompts' first two tokens as prefixes, the others one by one; rows end as they are done.
   */
  private static float[] logitsByStep(DecodingKernels kernels, int[][] prompts, Scope scope) {
    int vocabulary = kernels.config().vocabSize();
    float[] out = new float[prompts.length * vocabulary];
    for (int p = 0; p < prompts.length; p++) {
      List<NDArray> prefix = kernels.newCache(1, 2, scope);
      kernels.fillSlots(
          prefix, kernels.prefill(new int[][] {Arrays.copyOf(prompts[p], 2)}, 1, scope), 0);
      List<NDArray> rows = kernels.newCache(1, 1, scope);
      NDArray logits = kernels.newLogits(1, scope);
      for (int t = 2; t < prompts[p].length; t++) {
        DecodingStep step =
            new DecodingStep(
                new long[] {prompts[p][t]},
                new long[] {t},
                new long[] {t - 2},
                new int[] {0},
                new long[] {2});
        kernels.decodeAndSample(prefix, rows, step, new float[] {0.5f}, HOW, logits, scope);
      }
      System.arraycopy(logits.toFloatArray(), 0, out, p * vocabulary, vocabulary);
    }
    return out;
  }

  /** 70 steps of 1 to 40 rows, past a growth of the cache: every row as it is alone. */
  @ParameterizedTest
  @EnumSource(ComputeType.class)
  void bitsDependOnNoNeighbourAndNoThread(ComputeType type) {
    int threads = Torch.threads();
    try (PolicyModel model = TestModels.random(11, type);
        Scope scope = Torch.openScope(Device.cpu())) {
      DecodingKernels kernels = model.decoding().packed(scope);
      Torch.setThreads(2);
      float[][] together = steps(kernels, 40, scope);
      Torch.setThreads(1);
      for (int row : new int[] {0, 1, 17, 39}) {
        float[][] alone = steps(kernels, row, row + 1, scope);
        for (int t = 0; t < alone.length; t++) {
          int width = kernels.config().vocabSize();
          assertThat(alone[t])
              .containsExactly(Arrays.copyOfRange(together[t], row * width, (row + 1) * width));
        }
      }
      kernels.release();
    } finally {
      Torch.setThreads(threads);
    }
  }

  private static float[][] steps(DecodingKernels kernels, int rows, Scope scope) {
    return steps(kernels, 0, rows, scope);
  }

  /** Sequences from..to of a fixed set: two prefixes, rows that have joined at different times. */
  private static float[][] steps(DecodingKernels kernels, int from, int to, Scope scope) {
    int[][] prompts = {{1, 2, 3}, {4, 5, 6, 7, 8, 9, 10}};
    List<NDArray> prefix = kernels.newCache(2, 7, scope);
    if (to - from == 1) {
      for (int p = 0; p < 2; p++) {
        kernels.fillSlots(prefix, kernels.prefill(new int[][] {prompts[p]}, 2, scope), p);
      }
    } else {
      kernels.fillSlots(prefix, kernels.prefill(prompts, 64, scope), 0);
    }
    int n = to - from;
    List<NDArray> cache = kernels.newCache(n, 8, scope);
    NDArray logits = kernels.newLogits(n, scope);
    float[][] out = new float[40][];
    for (int t = 0; t < out.length; t++) {
      if (t == 20) {
        cache = kernels.grow(cache, n, 50, scope);
      }
      long[] tokens = new long[n];
      long[] positions = new long[n];
      long[] own = new long[n];
      int[] slots = new int[n];
      for (int i = 0; i < n; i++) {
        int sequence = from + i;
        tokens[i] = (7L * sequence + 3L * t) % kernels.config().vocabSize();
        slots[i] = sequence % 2;
        own[i] = t;
        positions[i] = prompts[slots[i]].length + (long) t;
      }
      DecodingStep step = new DecodingStep(tokens, positions, own, slots, new long[] {3, 7});
      kernels.decodeAndSample(prefix, cache, step, new float[n], HOW, logits, scope);
      out[t] = logits.toFloatArray();
    }
    return out;
  }

  @Test
  void wrongCallsAreExceptions() {
    try (PolicyModel model = TestModels.random(12);
        Scope scope = Torch.openScope(Device.cpu())) {
      DecodingKernels kernels = model.decoding().packed(scope);
      List<NDArray> prefix = kernels.newCache(1, 3, scope);
      List<NDArray> cache = kernels.newCache(1, 3, scope);
      NDArray logits = kernels.newLogits(1, scope);
      long[] one = {1};
      assertRefused(kernels, prefix, cache, step(99, 0, 0, 0), logits, scope, "vocabulary");
      assertRefused(kernels, prefix, cache, step(1, 64, 0, 0), logits, scope, "context");
      assertRefused(kernels, prefix, cache, step(1, 0, 32, 0), logits, scope, "row is full");
      assertRefused(kernels, prefix, cache, step(1, 0, 0, 1), logits, scope, "no such slot");
      DecodingStep two = new DecodingStep(new long[2], new long[2], new long[2], new int[2], one);
      assertRefused(kernels, prefix, cache, two, logits, scope, "no such row");
      DecodingStep apart = drafted(new long[] {0, 2});
      assertRefused(kernels, prefix, cache, apart, logits, scope, "do not follow each other");
      DecodingStep drafted = drafted(new long[] {0, 1});
      assertRefused(kernels, prefix, cache, drafted, logits, scope, "logits have too little room");
      assertThatThrownBy(drafted::requireNoDrafts).hasMessageContaining("check no drafts");
      kernels.release();
      assertThatThrownBy(() -> kernels.prefill(new int[][] {{1}}, 1, scope))
          .hasMessage("these kernels were released");
    }
  }

  private static DecodingStep step(long token, long position, long own, int slot) {
    return new DecodingStep(
        new long[] {token},
        new long[] {position},
        new long[] {own},
        new int[] {slot},
        new long[] {1});
  }

  /** Two tokens of one sequence. */
  private static DecodingStep drafted(long[] own) {
    return new DecodingStep(
        new long[2], new long[2], own, new int[2], new int[2], new long[] {1}, RowSegments.NONE);
  }

  private static void assertRefused(
      DecodingKernels kernels,
      List<NDArray> prefix,
      List<NDArray> cache,
      DecodingStep step,
      NDArray logits,
      Scope scope,
      String reason) {
    assertThatThrownBy(
            () -> kernels.decodeAndSample(prefix, cache, step, new float[1], HOW, logits, scope))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void theSwitchIsOnOrOff() {
    try (PolicyModel model = TestModels.random(12);
        Scope scope = Torch.openScope(Device.cpu())) {
      System.setProperty(NativeKernels.SWITCH, "off");
      assertThat(model.decoding().packed(scope)).isInstanceOf(TorchScriptDecoding.class);
      System.setProperty(NativeKernels.SWITCH, "yes");
      assertThatThrownBy(() -> model.decoding().packed(scope))
          .hasMessage("-Dr1zero.kernels must be on or off, was yes");
    } finally {
      System.clearProperty(NativeKernels.SWITCH);
    }
  }

  /** What is no library is a reason, not an end. */
  @ParameterizedTest
  @CsvSource({
    "/native/nothing.so, they were not built (install g++ and build again)",
    "/org/r1zero/grpo/model/generation.py, they can't be loaded"
  })
  void aLibraryThatIsNotThereIsAReason(String resource, String reason) {
    assertThat(NativeKernels.load(resource))
        .hasValueSatisfying(said -> assertThat(said).startsWith(reason));
  }
}
