package org.r1zero.grpo.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.r1zero.fixtures.golden.Golden;
import org.r1zero.grpo.model.Parameter;
import org.r1zero.grpo.model.TestParameters;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.Torch;

class AdamWTest {
  private Scope scope;

  @BeforeEach
  void openScope() {
    scope = Torch.openScope(Device.cpu());
  }

  @AfterEach
  void closeScope() {
    scope.close();
  }

  @TestFactory
  Stream<DynamicTest> equalsTorchOverSeveralSteps() {
    return StreamSupport.stream(Golden.load("optim/adamw").spliterator(), false)
        .map(
            c ->
                DynamicTest.dynamicTest(
                    "weight decay %s, max norm %s"
                        .formatted(c.get("weight_decay"), c.get("max_grad_norm")),
                    () -> assertEqualsTorch(c)));
  }

  private void assertEqualsTorch(JsonNode c) {
    List<Parameter> parameters = new ArrayList<>();
    for (int i = 0; i < c.get("shapes").size(); i++) {
      long[] shape =
          StreamSupport.stream(c.get("shapes").get(i).spliterator(), false)
              .mapToLong(JsonNode::asLong)
              .toArray();
      parameters.add(
          TestParameters.parameter(scope, "p" + i, floats(c.get("initial").get(i)), shape));
    }
    OptimizerConfig config =
        new OptimizerConfig(
            0.1,
            LearningRateSchedule.CONSTANT,
            0,
            c.get("weight_decay").asDouble(),
            c.get("beta1").asDouble(),
            c.get("beta2").asDouble(),
            c.get("eps").asDouble(),
            c.get("max_grad_norm").asDouble());
    try (AdamW optimizer = new AdamW(config, parameters)) {
      for (JsonNode step : c.get("steps")) {
        for (int i = 0; i < parameters.size(); i++) {
          parameters.get(i).gradient().set(floats(step.get("gradients").get(i)));
        }
        double norm = optimizer.step(step.get("learning_rate").asDouble());
        assertThat(norm).isCloseTo(step.get("grad_norm").asDouble(), within(1e-5));
        for (int i = 0; i < parameters.size(); i++) {
          assertThat(parameters.get(i).value().toFloatArray())
              .as("parameter %d", i)
              .containsExactly(floats(step.get("values").get(i)), within(1e-6f));
          assertThat(parameters.get(i).gradient().toFloatArray()).containsOnly(0f);
        }
      }
    }
  }

  /** Moments that come and go are on the same device here, but copies: the same bits. */
  @ParameterizedTest
  @ValueSource(longs = {64, 192, 1000, 1 << 20})
  void momentsElsewhereGiveTheSameBits(long stretch) {
    OptimizerConfig config =
        new OptimizerConfig(0.1, LearningRateSchedule.CONSTANT, 0, 0.01, 0.9, 0.95, 1e-8, 1);
    List<float[]> here = withoutKernels(() -> trained(config, 0));
    assertThat(trained(config, stretch)).usingRecursiveComparison().isEqualTo(here);
    assertThat(here.get(2)).as("moved by every update").doesNotContain(0f);
  }

  private static <T> T withoutKernels(Supplier<T> work) {
    System.setProperty("r1zero.kernels", "off");
    try {
      return work.get();
    } finally {
      System.clearProperty("r1zero.kernels");
    }
  }

  /** Values and moments after three updates. */
  private List<float[]> trained(OptimizerConfig config, long stretch) {
    Random random = new Random(4);
    List<Parameter> parameters = new ArrayList<>();
    for (long size : new long[] {640, 1, 2048}) {
      parameters.add(
          TestParameters.parameter(scope, "p" + size, numbers(random, (int) size), size));
    }
    try (AdamW optimizer = new AdamW(config, parameters, stretch)) {
      for (int step = 0; step < 3; step++) {
        parameters.forEach(
            p -> p.gradient().set(numbers(random, Math.toIntExact(p.value().size()))));
        optimizer.step(0.01);
      }
      List<float[]> all = new ArrayList<>();
      parameters.forEach(p -> all.add(p.value().toFloatArray()));
      optimizer.state().values().forEach(array -> all.add(array.toFloatArray()));
      return all;
    }
  }

  private static float[] numbers(Random random, int size) {
    float[] numbers = new float[size];
    for (int i = 0; i < size; i++) {
      numbers[i] = (float) random.nextGaussian();
    }
    return numbers;
  }

  @Test
  void firstStepMovesEachWeightByTheRateAgainstItsGradient() {
    // bias-corrected, the first update is g / |g|
    Parameter parameter = TestParameters.parameter(scope, "p", new float[] {1, 2, 3}, 3);
    try (AdamW optimizer = new AdamW(OptimizerConfig.defaults(), List.of(parameter))) {
      parameter.gradient().set(new float[] {0.3f, -0.4f, 0});
      assertThat(optimizer.step(0.1)).isCloseTo(0.5, within(1e-6));
      assertThat(parameter.value().toFloatArray())
          .containsExactly(new float[] {0.9f, 2.1f, 3}, within(1e-5f));
    }
  }

  @Test
  void weightDecayShrinksWeightsThatHaveNoGradient() {
    Parameter parameter = TestParameters.parameter(scope, "p", new float[] {2}, 1);
    OptimizerConfig config =
        new OptimizerConfig(0.1, LearningRateSchedule.CONSTANT, 0, 0.5, 0.9, 0.999, 1e-8, 1);
    try (AdamW optimizer = new AdamW(config, List.of(parameter))) {
      optimizer.step(0.1);
      assertThat(parameter.value().toFloatArray()).containsExactly(2 * (1 - 0.1f * 0.5f));
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void nonFiniteGradientUpdatesNothingAndIsForgotten(float bad) {
    Parameter broken = TestParameters.parameter(scope, "broken", new float[] {1, 2}, 2);
    Parameter sound = TestParameters.parameter(scope, "sound", new float[] {5}, 1);
    try (AdamW optimizer = new AdamW(OptimizerConfig.defaults(), List.of(broken, sound))) {
      broken.gradient().set(new float[] {bad, 1});
      sound.gradient().set(new float[] {1});
      assertThat(optimizer.step(0.1)).matches(norm -> !Double.isFinite(norm));
      assertThat(broken.value().toFloatArray()).containsExactly(1, 2);
      assertThat(sound.value().toFloatArray()).containsExactly(5);
      assertThat(broken.gradient().toFloatArray()).containsExactly(0, 0);
      // the moments were not touched: the next step is a first step
      broken.gradient().set(new float[] {1, 1});
      sound.gradient().set(new float[] {1});
      optimizer.step(0.1);
      assertThat(sound.value().toFloatArray()).containsExactly(new float[] {4.9f}, within(1e-5f));
    }
  }

  private static float[] floats(JsonNode node) {
    float[] values = new float[node.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) node.get(i).asDouble();
    }
    return values;
  }
}
