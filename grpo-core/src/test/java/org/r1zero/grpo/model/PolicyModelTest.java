package org.r1zero.grpo.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.Torch;

@Tag("slow")
class PolicyModelTest {
  private static final int[][] PROMPTS = {{5, 6, 7}, {8, 9, 10, 11, 12}};
  private static final int[][] COMPLETIONS = {{20, 21, 22, 23}, {30}, {40, 41}, {20, 44, 45}};
  private static final int[] OWNER = {0, 0, 1, 1};

  @Test
  void sharedPromptsGiveWhatSeparateSequencesGive() {
    try (PolicyModel model = TestModels.random(1);
        Scope scope = Torch.openScope(Device.cpu())) {
      float[] shared =
          model.logProbs(new TokenBatch(PROMPTS, COMPLETIONS, OWNER), 0.7, scope).values();
      int n = 0;
      for (int c = 0; c < COMPLETIONS.length; c++) {
        TokenBatch alone =
            TokenBatch.pairs(new int[][] {PROMPTS[OWNER[c]]}, new int[][] {COMPLETIONS[c]});
        for (float value : model.logProbs(alone, 0.7, scope).values()) {
          assertThat(shared[n++]).isCloseTo(value, within(1e-5f));
        }
      }
      assertThat(n).isEqualTo(shared.length);
    }
  }

  @Test
  void gradientsEqualFiniteDifferences() {
    try (PolicyModel model = TestModels.random(2);
        Scope scope = Torch.openScope(Device.cpu())) {
      TokenBatch batch = new TokenBatch(PROMPTS, COMPLETIONS, OWNER);
      int n = batch.tokenCount();
      float[] a = new float[n];
      float[] b = new float[n];
      Random random = new Random(3);
      for (int i = 0; i < n; i++) {
        a[i] = (float) random.nextGaussian();
        b[i] = (float) random.nextGaussian();
      }
      model.logProbsForTraining(batch, 0.7, scope).backward(a, b);
      for (Parameter parameter : model.parameters()) {
        float[] gradient = parameter.gradient().toFloatArray();
        double squared = 0;
        for (float g : gradient) {
          squared += g * g;
        }
        float step = (float) (1e-2 / Math.sqrt(squared));
        NDArray move = parameter.gradient().mul(step);
        parameter.value().addi(move);
        double up = loss(model, batch, a, b, scope);
        parameter.value().subi(move).subi(move);
        double down = loss(model, batch, a, b, scope);
        parameter.value().addi(move);
        assertThat((up - down) / (2 * step))
            .as(parameter.name())
            .isCloseTo(squared, within(0.01 * squared));
      }
    }
  }

  @Test
  void checkpointingGivesTheSameGradients() {
    TokenBatch batch = new TokenBatch(PROMPTS, COMPLETIONS, OWNER);
    float[] byLogProb = new float[batch.tokenCount()];
    java.util.Arrays.fill(byLogProb, 0.1f);
    List<float[]> whole = gradients(batch, byLogProb, false);
    List<float[]> again = gradients(batch, byLogProb, true);
    for (int i = 0; i < whole.size(); i++) {
      assertThat(again.get(i)).containsExactly(whole.get(i));
    }
  }

  private static List<float[]> gradients(TokenBatch batch, float[] byLogProb, boolean checkpoint) {
    int threads = Torch.threads();
    Torch.setThreads(1);
    try (PolicyModel model = TestModels.random(6);
        Scope scope = Torch.openScope(Device.cpu())) {
      model.setGradientCheckpointing(checkpoint);
      model.logProbsForTraining(batch, 0.7, scope).backward(byLogProb, byLogProb);
      return model.parameters().stream().map(p -> p.gradient().toFloatArray()).toList();
    } finally {
      Torch.setThreads(threads);
    }
  }

  @Test
  void gradientsAddUpOverMicroBatches() {
    TokenBatch both = new TokenBatch(PROMPTS, COMPLETIONS, OWNER);
    TokenBatch first =
        new TokenBatch(
            new int[][] {PROMPTS[0]}, new int[][] {COMPLETIONS[0], COMPLETIONS[1]}, new int[2]);
    TokenBatch second =
        new TokenBatch(
            new int[][] {PROMPTS[1]}, new int[][] {COMPLETIONS[2], COMPLETIONS[3]}, new int[2]);
    try (PolicyModel whole = TestModels.random(6);
        PolicyModel parts = TestModels.random(6);
        Scope scope = Torch.openScope(Device.cpu())) {
      for (TokenBatch batch : List.of(first, second)) {
        float[] ones = new float[batch.tokenCount()];
        java.util.Arrays.fill(ones, 1f);
        parts.logProbsForTraining(batch, 1, scope).backward(ones, null);
      }
      float[] ones = new float[both.tokenCount()];
      java.util.Arrays.fill(ones, 1f);
      whole.logProbsForTraining(both, 1, scope).backward(ones, null);
      for (int i = 0; i < whole.parameters().size(); i++) {
        float[] expected = whole.parameters().get(i).gradient().toFloatArray();
        float[] actual = parts.parameters().get(i).gradient().toFloatArray();
        for (int j = 0; j < expected.length; j++) {
          assertThat(actual[j]).isCloseTo(expected[j], within(2e-4f * (1 + Math.abs(expected[j]))));
        }
      }
    }
  }

  private static double loss(
      PolicyModel model, TokenBatch batch, float[] a, float[] b, Scope scope) {
    TokenLogProbs result = model.logProbs(batch, 0.7, scope);
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * (double) result.values()[i] + b[i] * (double) result.entropies()[i];
    }
    return sum;
  }

  @Test
  void decodingGivesTheLogProbsOfTheTrainingForward() {
    for (ComputeType type : ComputeType.values()) {
      try (PolicyModel model = TestModels.random(4, type);
          Scope scope = Torch.openScope(Device.cpu())) {
        DecodingKernels kernels = model.decoding().packed(scope);
        SamplingParameters how = new SamplingParameters(0.7, 0, 1, 0);
        List<NDArray> prefixes = kernels.newCache(2, PROMPTS[1].length, scope);
        List<NDArray> cache = kernels.newCache(5, 4, scope);
        NDArray logits = kernels.newLogits(5, scope);
        List<NDArray> prefilled = kernels.prefill(PROMPTS, 2, scope);
        kernels.fillSlots(prefixes, prefilled, 0);
        long[] lengths = {PROMPTS[0].length, PROMPTS[1].length};
        // the first of slot 1 stands before the one of slot 0: rows need not be in the slots' order
        int[] slots = {1, 0, 1};
        long[] owner = {1, 0, 1};
        int[][] sampled = new int[3][6];
        float[][] logProbs = new float[3][6];
        NDArray hidden = prefilled.get(prefilled.size() - 1);
        SampledTokens out =
            kernels.sampleFirst(
                List.of(hidden), owner, new float[] {.1f, .5f, .9f}, how, logits, scope);
        for (int t = 0; t < 6; t++) {
          long[] tokens = out.tokens();
          long[] positions = new long[3];
          for (int r = 0; r < 3; r++) {
            sampled[r][t] = (int) tokens[r];
            logProbs[r][t] = out.samplingLogProbs()[r];
            positions[r] = lengths[slots[r]] + t;
          }
          if (t == 4) {
            cache = kernels.grow(cache, 5, 6, scope);
          }
          DecodingStep step =
              new DecodingStep(tokens, positions, new long[] {t, t, t}, slots, lengths);
          float[] uniforms = {.3f * t / 2, .2f, .7f};
          out = kernels.decodeAndSample(prefixes, cache, step, uniforms, how, logits, scope);
        }
        TokenBatch batch = new TokenBatch(PROMPTS, sampled, new int[] {1, 0, 1});
        float[] trained = model.logProbs(batch, 0.7, scope).values();
        float tolerance = type == ComputeType.FLOAT32 ? 1e-5f : 0.1f;
        for (int i = 0; i < trained.length; i++) {
          assertThat(logProbs[i / 6][i % 6]).isCloseTo(trained[i], within(tolerance));
        }
      }
    }
  }

  @Test
  void backwardWithoutRecordingNamesTheRemedy() {
    try (PolicyModel model = TestModels.random(5);
        Scope scope = Torch.openScope(Device.cpu())) {
      TokenLogProbs result = model.logProbs(new TokenBatch(PROMPTS, COMPLETIONS, OWNER), 1, scope);
      assertThatThrownBy(() -> result.backward(new float[10], null))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("no gradients were recorded; use PolicyModel.logProbsForTraining");
    }
  }

  @Test
  void gradientsOfAnotherLengthAreRefused() {
    try (PolicyModel model = TestModels.random(5);
        Scope scope = Torch.openScope(Device.cpu())) {
      TokenLogProbs result =
          model.logProbsForTraining(new TokenBatch(PROMPTS, COMPLETIONS, OWNER), 1, scope);
      assertThatThrownBy(() -> result.backward(new float[3], null))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("gradients must have the batch's 10 tokens, had 3");
    }
  }

  @Test
  void unknownTensorIsNamed() {
    try (PolicyModel model = TestModels.random(5)) {
      assertThatThrownBy(() -> model.tensor("model.nope"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("this model has no tensor model.nope");
    }
  }
}
