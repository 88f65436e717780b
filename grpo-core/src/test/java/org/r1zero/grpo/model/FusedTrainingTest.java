package org.r1zero.grpo.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.Torch;

/**
 * Training as a GPU runs it, with attention by a fused kernel and its backward: on a CPU, whose own
 * stands in for CUDA's, against plain operators.
 */
@Tag("slow")
class FusedTrainingTest {
  private static final long PLAIN = 0;
  private static final long STAND_IN = 2;

  /** Room for the keys and values of one short sequence: each is then computed by itself. */
  private static final long SCARCE = 1;

  private static final long PLENTY = 1 << 22;

  @ParameterizedTest
  @CsvSource({
    "QWEN3, FLOAT32, 1e-5, 2e-5",
    "LLAMA, FLOAT32, 1e-5, 2e-5",
    "QWEN3, BFLOAT16, 0.03, 0.05"
  })
  void hiddenStatesAndGradientsAreThoseOfPlainOperators(
      DecoderConfig.Family family, ComputeType type, double values, double gradients) {
    DecoderConfig config = config(family);
    try (PolicyModel model = TestModels.random(3, config, type, 0.1);
        Scope scope = Torch.openScope(Device.cpu())) {
      for (Keep keep : new Keep[] {Keep.INPUTS, Keep.ALL}) {
        Pass plain = pass(model, PLAIN, keep, batch(), scope);
        for (long limit : new long[] {PLENTY, SCARCE}) {
          Pass fused = pass(model, STAND_IN, limit, keep, batch(), scope);
          assertThat(distance(fused.logProbs(), plain.logProbs())).isLessThan(values);
          for (int i = 0; i < plain.gradients().size(); i++) {
            assertThat(distance(fused.gradients().get(i), plain.gradients().get(i)))
                .as("gradient %d", i)
                .isLessThan(gradients);
          }
        }
      }
    }
  }

  /** Later tokens of a completion, and the others of its group, must not be seen. */
  @Test
  void aTokenSeesItsPromptAndWhatIsBeforeIt() {
    try (PolicyModel model = TestModels.random(3, TestModels.CONFIG, ComputeType.FLOAT32, 0.1);
        Scope scope = Torch.openScope(Device.cpu())) {
      TokenBatch batch = batch();
      int[][] changed = Arrays.stream(batch.completions()).map(int[]::clone).toArray(int[][]::new);
      changed[1][4] = (changed[1][4] + 1) % TestModels.CONFIG.vocabSize();
      float[] before = pass(model, STAND_IN, Keep.ALL, batch, scope).logProbs();
      float[] after =
          pass(
                  model,
                  STAND_IN,
                  Keep.ALL,
                  new TokenBatch(batch.prompts(), changed, batch.owner()),
                  scope)
              .logProbs();
      int first = batch.completions()[0].length + 4; // the changed token's own log-prob
      int last = batch.completions()[0].length + batch.completions()[1].length;
      for (int t = 0; t < before.length; t++) {
        if (t >= first && t < last) {
          assertThat(after[t]).as("token %d", t).isNotEqualTo(before[t]);
        } else {
          assertThat(after[t]).as("token %d", t).isEqualTo(before[t]);
        }
      }
    }
  }

  /** A completion of one token has no rows, and CUDA's kernel must not be asked about none. */
  @Test
  void noBucketIsWithoutQueries() {
    try (Scope scope = Torch.openScope(Device.cpu())) {
      BatchPlan plan = BatchPlan.of(batch(), TestModels.CONFIG.maxPositionEmbeddings(), scope);
      assertThat(plan.places()).isNotEmpty();
      for (int b = 0; b < plan.places().size(); b++) {
        assertThat(plan.buckets()[6 * b + 1]).isPositive();
        assertThat(plan.buckets()[6 * b + 3]).isPositive();
      }
    }
  }

  @Test
  void onlyGpusWithHeadsThatTheirKernelReadsTakeIt() {
    DecoderConfig config = TestModels.CONFIG; // heads of 8 numbers
    assertThat(TrainingNetwork.attention(config, Device.gpu())).isOne();
    assertThat(TrainingNetwork.attention(config, Device.cpu())).isZero();
    assertThat(TrainingNetwork.attention(config(DecoderConfig.Family.LLAMA, 6), Device.gpu()))
        .isZero();
  }

  private record Pass(float[] logProbs, List<float[]> gradients) {}

  private static Pass pass(
      PolicyModel model, long attention, Keep keep, TokenBatch batch, Scope outer) {
    return pass(model, attention, PLENTY, keep, batch, outer);
  }

  private static Pass pass(
      PolicyModel model, long attention, long limit, Keep keep, TokenBatch batch, Scope outer) {
    DecoderConfig config = model.config();
    try (Scope scope = outer.open()) {
      RotaryEmbedding rotary = RotaryEmbedding.of(config);
      NDArray cos = scope.floats(rotary.cos()).reshape(rotary.shape());
      NDArray sin = scope.floats(rotary.sin()).reshape(rotary.shape());
      TrainingNetwork network =
          new TrainingNetwork(scope, config, model.computeType(), cos, sin, true, attention, limit);
      List<NDArray> weights = new ArrayList<>();
      List<NDArray> gradients = new ArrayList<>();
      int next = 0;
      for (ParameterLayout.Slot slot : ParameterLayout.of(config)) {
        NDArray value = slot == null ? scope.floats(0) : model.parameters().get(next++).value();
        weights.add(value);
        gradients.add(value.zerosLike());
      }
      int head = weights.size() - (config.tieWordEmbeddings() ? 3 : 1);
      weights.set(weights.size() - 1, weights.get(head));
      BatchPlan plan = BatchPlan.of(batch, config.maxPositionEmbeddings(), scope);
      TrainingNetwork.Pass pass = network.forward(weights, plan, keep, scope);
      List<NDArray> outputs = network.tokenLogProbs(weights, pass, 0.9, scope);
      float[] byLogProb = new float[batch.tokenCount()];
      for (int i = 0; i < byLogProb.length; i++) {
        byLogProb[i] = (i % 5 - 2) * 0.3f;
      }
      NDArray by = scope.floats(byLogProb);
      network.backward(
          weights,
          pass,
          outputs,
          by,
          by,
          false,
          0.9,
          new TrainingNetwork.Gradients(gradients, gradients.get(head), List.of(), List.of(), 1),
          scope);
      return new Pass(
          outputs.get(0).toFloatArray(), gradients.stream().map(NDArray::toFloatArray).toList());
    }
  }

  /** Two prompts; completions of several lengths share rectangles with padding. */
  private static TokenBatch batch() {
    Random random = new Random(9);
    int[][] prompts = {tokens(random, 7), tokens(random, 3)};
    int[][] completions = {
      tokens(random, 9), tokens(random, 8), tokens(random, 2), tokens(random, 1), tokens(random, 17)
    };
    return new TokenBatch(prompts, completions, new int[] {0, 0, 0, 1, 1});
  }

  private static int[] tokens(Random random, int count) {
    return random.ints(count, 0, TestModels.CONFIG.vocabSize()).toArray();
  }

  /** The norm of the difference as a share of the expected's. */
  private static double distance(float[] found, float[] expected) {
    assertThat(found).hasSameSizeAs(expected);
    double difference = 0;
    double size = 0;
    for (int i = 0; i < found.length; i++) {
      difference += Math.pow((double) found[i] - expected[i], 2);
      size += Math.pow(expected[i], 2);
    }
    return size == 0 ? Math.sqrt(difference) : Math.sqrt(difference / size);
  }

  private static DecoderConfig config(DecoderConfig.Family family) {
    return family == DecoderConfig.Family.QWEN3 ? TestModels.CONFIG : config(family, 8);
  }

  private static DecoderConfig config(DecoderConfig.Family family, int headDim) {
    return new DecoderConfig(
        family,
        61,
        32,
        48,
        2,
        4,
        4,
        headDim,
        1e-5,
        1e4,
        new RopeScaling.None(),
        64,
        false,
        false,
        false,
        false,
        false);
  }
}
