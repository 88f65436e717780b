package org.r1zero.grpo.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.r1zero.fixtures.golden.Golden;
import org.r1zero.grpo.data.MicroBatch;
import org.r1zero.grpo.data.Minibatch;
import org.r1zero.grpo.data.Samples;

/** The objective against TRL's own: loss, gradient by each log-prob, clip ratios, KL. */
class ClippedLossGoldenTest {
  private static final double TOLERANCE = 1e-6;

  @TestFactory
  Stream<DynamicTest> equalsTrl() {
    JsonNode cases = Golden.load("loss/trl");
    assertThat(cases.size()).isEqualTo(18);
    return StreamSupport.stream(cases.spliterator(), false)
        .map(c -> DynamicTest.dynamicTest(name(c), () -> assertEqualsTrl(c)));
  }

  private static String name(JsonNode c) {
    JsonNode first = c.get("parts").get(0);
    return "%s, epsilon %s to %s, beta %s, %s old log-probs, %d parts"
        .formatted(
            c.get("loss_type").asText(),
            c.get("epsilon"),
            c.get("epsilon_high"),
            c.get("beta"),
            first.get("old").isNull() ? "no" : "with",
            c.get("parts").size());
  }

  private static void assertEqualsTrl(JsonNode c) {
    ClippedLoss objective =
        new ClippedLoss(
            TokenAggregation.valueOf(c.get("loss_type").asText().toUpperCase(Locale.ROOT)),
            c.get("epsilon").asDouble(),
            c.get("epsilon_high").asDouble(),
            c.get("beta").asDouble());
    List<MicroBatch> micros = new ArrayList<>();
    c.get("parts").forEach(part -> micros.add(micro(part)));
    Minibatch update = new Minibatch(micros);
    for (int i = 0; i < micros.size(); i++) {
      JsonNode part = c.get("parts").get(i);
      LossOutput out =
          objective.compute(
              new LossInputs(
                  update,
                  micros.get(i),
                  floats(part.get("current")),
                  part.get("old").isNull() ? null : floats(part.get("old")),
                  part.get("reference").isNull() ? null : floats(part.get("reference")),
                  c.get("max_completion_length").asInt()));
      assertThat(out.loss()).isCloseTo(part.get("loss").asDouble(), within(TOLERANCE));
      float[] gradient = floats(part.get("gradient"));
      assertThat(out.gradient()).hasSameSizeAs(gradient);
      for (int n = 0; n < gradient.length; n++) {
        assertThat((double) out.gradient()[n])
            .as("gradient[%d]", n)
            .isCloseTo(gradient[n], within(TOLERANCE));
      }
      assertMetrics(out, part.get("metrics"), c.get("beta").asDouble() > 0);
    }
  }

  private static void assertMetrics(LossOutput out, JsonNode expected, boolean withKl) {
    double tokens = out.tokens();
    assertMetric(expected, "clip_ratio/low_mean", out.clippedLow() / tokens);
    assertMetric(expected, "clip_ratio/high_mean", out.clippedHigh() / tokens);
    double clipped = out.clippedLow() + out.clippedHigh();
    assertMetric(expected, "clip_ratio/region_mean", clipped / tokens);
    assertMetric(expected, "clip_ratio/low_min", out.clippedLowMin());
    assertMetric(expected, "clip_ratio/high_max", out.clippedHighMax());
    assertThat(expected.has("kl")).isEqualTo(withKl);
    if (withKl) {
      assertMetric(expected, "kl", out.klSum() / tokens);
    }
  }

  private static void assertMetric(JsonNode expected, String name, double actual) {
    assertThat(expected.has(name)).as(name).isTrue();
    assertThat(actual).as(name).isCloseTo(expected.get(name).asDouble(), within(TOLERANCE));
  }

  private static MicroBatch micro(JsonNode part) {
    int samples = part.get("current").size();
    int[] lengths = new int[samples];
    double[] advantages = new double[samples];
    for (int i = 0; i < samples; i++) {
      lengths[i] = part.get("current").get(i).size();
      advantages[i] = part.get("advantages").get(i).asDouble();
    }
    return Samples.part(lengths, advantages);
  }

  private static float[] floats(JsonNode rows) {
    List<Float> values = new ArrayList<>();
    rows.forEach(row -> row.forEach(v -> values.add((float) v.asDouble())));
    float[] array = new float[values.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = values.get(i);
    }
    return array;
  }
}
