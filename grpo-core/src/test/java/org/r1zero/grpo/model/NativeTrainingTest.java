package org.r1zero.grpo.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.Device;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.Torch;

/** The native kernels' forward and backward pass against TorchScript's and against themselves. */
@Tag("slow")
class NativeTrainingTest {
  /** Heads of whole tiles and queries of several tiles; more rows than a gradient takes at once. */
  private static final DecoderConfig LONG =
      new DecoderConfig(
          DecoderConfig.Family.LLAMA,
          301,
          96,
          160,
          2,
          6,
          2,
          32,
          1e-5,
          1e4,
          new RopeScaling.None(),
          400,
          false,
          false,
          false,
          false,
          false);

  @BeforeEach
  void requireLibrary() {
    NativeDecodingTest.requireLibrary();
    assumeTrue(
        NativeKernels.trains(NativeDecoding.shape(LONG, ComputeType.FLOAT32, Quantization.NONE)));
  }

  /** Log-probs, entropies, and the gradient of each parameter. */
  private record Result(float[] logProbs, float[] entropies, List<float[]> gradients) {}

  private static Result result(
      DecoderConfig config,
      ComputeType type,
      TokenBatch batch,
      boolean kernels,
      boolean checkpoint,
      boolean entropies) {
    String before = System.getProperty(NativeKernels.SWITCH, "on");
    System.setProperty(NativeKernels.SWITCH, kernels ? "on" : "off");
    try (PolicyModel model = TestModels.random(5, config, type, 0.15);
        Scope scope = Torch.openScope(Device.cpu())) {
      model.setGradientCheckpointing(checkpoint);
      TokenLogProbs current = model.logProbsForTraining(batch, 0.8, scope);
      float[] byLogProb = new float[batch.tokenCount()];
      float[] byEntropy = new float[batch.tokenCount()];
      Random random = new Random(9);
      for (int i = 0; i < byLogProb.length; i++) {
        byLogProb[i] = (float) random.nextGaussian() / byLogProb.length;
        byEntropy[i] = (float) random.nextGaussian() / byLogProb.length;
      }
      current.backward(byLogProb, entropies ? byEntropy : null);
      return new Result(
          current.values(),
          current.entropies(),
          model.parameters().stream().map(p -> p.gradient().toFloatArray()).toList());
    } finally {
      System.setProperty(NativeKernels.SWITCH, before);
    }
  }

  /**
   * Groups of several lengths, a completion of one token and one that nothing shares among them.
   */
  private static TokenBatch batch(int vocabulary, int prompt, int group, int longest) {
    Random random = new Random(4);
    int[][] prompts = new int[3][];
    List<int[]> completions = new ArrayList<>();
    List<Integer> owners = new ArrayList<>();
    for (int p = 0; p < prompts.length; p++) {
      prompts[p] = random.ints(1 + p * (prompt - 1) / 2, 0, vocabulary).toArray();
      for (int g = 0; g < (p == 0 ? 1 : group); g++) {
        int length = g == 0 ? 1 : longest - random.nextInt(longest / 2);
        completions.add(random.ints(length, 0, vocabulary).toArray());
        owners.add(p);
      }
    }
    return new TokenBatch(
        prompts,
        completions.toArray(int[][]::new),
        owners.stream().mapToInt(Integer::intValue).toArray());
  }

  private static double error(float[] actual, float[] expected) {
    double squares = 0;
    double all = 0;
    for (int i = 0; i < expected.length; i++) {
      squares += Math.pow((double) actual[i] - expected[i], 2);
      all += Math.pow(expected[i], 2);
    }
    return Math.sqrt(squares / all);
  }

  @ParameterizedTest
  @CsvSource({"false, false", "true, true"})
  void fp32IsTorchScripts(boolean checkpoint, boolean entropies) {
    for (DecoderConfig config : List.of(TestModels.CONFIG, LONG)) {
      TokenBatch batch = config.equals(LONG) ? batch(301, 70, 9, 150) : batch(61, 20, 4, 30);
      Result expected = result(config, ComputeType.FLOAT32, batch, false, checkpoint, entropies);
      Result actual = result(config, ComputeType.FLOAT32, batch, true, checkpoint, entropies);
      assertThat(error(actual.logProbs(), expected.logProbs())).isLessThan(1e-5);
      assertThat(error(actual.entropies(), expected.entropies())).isLessThan(1e-5);
      for (int i = 0; i < expected.gradients().size(); i++) {
        assertThat(error(actual.gradients().get(i), expected.gradients().get(i)))
            .as("gradient %d of %s", i, config.family())
            .isLessThan(1e-4);
      }
    }
  }

  /** In bf16 no further from fp32 than TorchScript in bf16. */
  @ParameterizedTest
  @CsvSource({"false, false", "true, true"})
  void bf16IsAsNearToFp32AsTorchScript(boolean checkpoint, boolean entropies) {
    for (DecoderConfig config : List.of(TestModels.CONFIG, LONG)) {
      TokenBatch batch = config.equals(LONG) ? batch(301, 70, 9, 150) : batch(61, 20, 4, 30);
      Result exact = result(config, ComputeType.FLOAT32, batch, false, checkpoint, entropies);
      Result torch = result(config, ComputeType.BFLOAT16, batch, false, checkpoint, entropies);
      Result ours = result(config, ComputeType.BFLOAT16, batch, true, checkpoint, entropies);
      assertThat(error(ours.logProbs(), exact.logProbs()))
          .isLessThan(1e-4 + 2 * error(torch.logProbs(), exact.logProbs()));
      for (int i = 0; i < exact.gradients().size(); i++) {
        float[] expected = exact.gradients().get(i);
        assertThat(error(ours.gradients().get(i), expected))
            .as("gradient %d of %s", i, config.family())
            .isLessThan(1e-3 + 2 * error(torch.gradients().get(i), expected));
      }
    }
  }

  @Test
  void threadsChangeNoBit() {
    int threads = Torch.threads();
    TokenBatch batch = batch(301, 70, 9, 150);
    try {
      for (ComputeType type : ComputeType.values()) {
        if (!NativeKernels.trains(NativeDecoding.shape(LONG, type, Quantization.NONE))) {
          continue; // TorchScript's bits may change
        }
        Torch.setThreads(1);
        Result one = result(LONG, type, batch, true, false, true);
        Torch.setThreads(2);
        Result two = result(LONG, type, batch, true, false, true);
        assertThat(two.logProbs()).containsExactly(one.logProbs());
        for (int i = 0; i < one.gradients().size(); i++) {
          assertThat(two.gradients().get(i))
              .as("gradient %d", i)
              .containsExactly(one.gradients().get(i));
        }
      }
    } finally {
      Torch.setThreads(threads);
    }
  }
}
