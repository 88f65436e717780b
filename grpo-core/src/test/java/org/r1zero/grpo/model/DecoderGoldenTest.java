package org.r1zero.grpo.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.r1zero.fixtures.golden.Golden;
import org.r1zero.grpo.model.weights.ModelDirectory;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.Torch;

/** The network against transformers: log-probs, logits, loss, and every parameter's gradient. */
@Tag("slow")
class DecoderGoldenTest {
  private static final double TOLERANCE = 1e-4;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "llama-gqa-tied",
        "llama-mha-biases",
        "llama-head-dim",
        "llama-rope-linear",
        "llama-rope-llama3",
        "llama-rope-yarn",
        "llama-sharded",
        "llama-bf16-file",
        "llama-fp16-file",
        "qwen2-tied",
        "qwen2-rope-yarn",
        "qwen3",
        "qwen3-tied-bias"
      })
  void equalsTransformers(String name, @TempDir Path folder) {
    Golden golden = Golden.unpack("model/" + name, folder);
    JsonNode expected = golden.values();
    ModelDirectory directory = ModelDirectory.open(golden.folder());
    try (PolicyModel model =
            new PolicyModel(directory.config(), directory, ComputeType.FLOAT32, Device.cpu());
        Scope scope = Torch.openScope(Device.cpu())) {
      TokenBatch batch =
          new TokenBatch(
              Golden.intRows(expected.get("prompts")),
              Golden.intRows(expected.get("completions")),
              Golden.ints(expected.get("owner")));
      TokenLogProbs result = model.logProbsForTraining(batch, 1.0, scope);
      List<Float> logProbs = new ArrayList<>();
      expected.get("log_probs").forEach(row -> row.forEach(v -> logProbs.add(v.floatValue())));
      assertClose("log_probs", FloatBuffer.wrap(result.values()), logProbs);
      double loss = 0;
      for (float value : result.values()) {
        loss -= value / (double) batch.tokenCount();
      }
      assertThat(loss).isCloseTo(expected.get("loss").asDouble(), relative(loss));
      float[] gradient = new float[batch.tokenCount()];
      Arrays.fill(gradient, -1f / batch.tokenCount());
      result.backward(gradient, null);
      for (String tensor : WeightNames.shapes(directory.config()).keySet()) {
        List<Float> values = new ArrayList<>();
        expected.get("gradients").get(tensor).forEach(v -> values.add(v.floatValue()));
        assertClose("gradient of " + tensor, model.gradient(tensor), values);
      }
      assertLogits(model, batch, expected.get("last_logits"), scope);
    }
  }

  /** The logits that predict each completion's last token, by the way that generation takes. */
  private static void assertLogits(
      PolicyModel model, TokenBatch batch, JsonNode expected, Scope scope) {
    for (int c = 0; c < batch.completions().length; c++) {
      int[] prompt = batch.prompts()[batch.owner()[c]];
      int[] completion = batch.completions()[c];
      int[] context = Arrays.copyOf(prompt, prompt.length + completion.length - 1);
      System.arraycopy(completion, 0, context, prompt.length, completion.length - 1);
      NDArray logits = model.decoding().nextLogits(new int[][] {context}, scope);
      List<Float> values = new ArrayList<>();
      expected.get(c).forEach(v -> values.add(v.floatValue()));
      assertClose("logits", FloatBuffer.wrap(logits.toFloatArray()), values);
    }
  }

  private static void assertClose(String what, FloatBuffer actual, List<Float> expected) {
    assertThat(actual.remaining()).as(what).isEqualTo(expected.size());
    double scale = expected.stream().mapToDouble(Math::abs).max().orElse(0);
    for (int i = 0; i < expected.size(); i++) {
      assertThat((double) actual.get(i))
          .as("%s[%d]", what, i)
          .isCloseTo(expected.get(i), relative(scale));
    }
  }

  private static org.assertj.core.data.Offset<Double> relative(double scale) {
    return org.assertj.core.data.Offset.offset(TOLERANCE * Math.max(Math.abs(scale), 1e-6));
  }
}
