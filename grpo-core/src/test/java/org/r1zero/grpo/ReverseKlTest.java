package org.r1zero.grpo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.r1zero.fixtures.golden.Golden;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.Parameter;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.TokenBatch;
import org.r1zero.grpo.model.weights.ModelDirectory;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.Torch;

class ReverseKlTest {
  private static final TokenBatch BATCH =
      new TokenBatch(
          new int[][] {{5, 6, 7}, {9}},
          new int[][] {{20, 21, 22}, {30}, {40, 41}},
          new int[] {0, 0, 1});
  @TempDir private Path folder;

  @Test
  void aModelHasNoDivergenceFromItself() {
    try (PolicyModel model = model();
        Scope scope = Torch.openScope(Device.cpu())) {
      float[] values = model.reverseKl(model, BATCH, 0.7, 1, scope);
      assertThat(values).hasSize(6);
      for (float value : values) {
        assertThat(value).isCloseTo(0, within(1e-6f));
      }
    }
  }

  @Test
  void theGradientIsThatOfFiniteDifferences() {
    try (PolicyModel student = model();
        PolicyModel teacher = model()) {
      disturb(teacher);
      double weight = 0.5;
      float[] values;
      try (Scope scope = Torch.openScope(Device.cpu())) {
        values = student.reverseKl(teacher, BATCH, 0.7, weight, scope);
      }
      for (float value : values) {
        assertThat(value).isGreaterThan(0);
      }
      for (Parameter parameter : student.parameters()) {
        float[] gradient = parameter.gradient().toFloatArray();
        int largest = 0;
        for (int i = 0; i < gradient.length; i++) {
          largest = Math.abs(gradient[i]) > Math.abs(gradient[largest]) ? i : largest;
        }
        float[] weights = parameter.value().toFloatArray();
        float original = weights[largest];
        float step = 2e-2f * Math.max(0.05f, Math.abs(original));
        double up = sum(student, teacher, parameter, weights, largest, original + step);
        double down = sum(student, teacher, parameter, weights, largest, original - step);
        sum(student, teacher, parameter, weights, largest, original);
        double slope = weight * (up - down) / (2 * step);
        assertThat((double) gradient[largest])
            .as(parameter.name())
            .isCloseTo(slope, within(0.03 * Math.abs(slope) + 1e-5));
      }
    }
  }

  private static double sum(
      PolicyModel student,
      PolicyModel teacher,
      Parameter parameter,
      float[] weights,
      int at,
      float value) {
    weights[at] = value;
    Torch.assign(parameter.value(), weights);
    double sum = 0;
    try (Scope scope = Torch.openScope(Device.cpu())) {
      for (float kl : student.reverseKl(teacher, BATCH, 0.7, 0, scope)) {
        sum += kl;
      }
    }
    return sum;
  }

  private static void disturb(PolicyModel model) {
    Random random = new Random(1);
    for (Parameter parameter : model.parameters()) {
      float[] values = parameter.value().toFloatArray();
      for (int i = 0; i < values.length; i++) {
        values[i] += (float) (0.05 * random.nextGaussian());
      }
      Torch.assign(parameter.value(), values);
    }
  }

  private PolicyModel model() {
    ModelDirectory directory =
        ModelDirectory.open(Golden.unpack("model/qwen2-tied", folder).folder());
    return new PolicyModel(directory.config(), directory, ComputeType.FLOAT32, Device.cpu());
  }
}
