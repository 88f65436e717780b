package org.r1zero.grpo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.r1zero.fixtures.golden.Golden;
import org.r1zero.grpo.data.Sample;
import org.r1zero.grpo.loss.LossMetrics;
import org.r1zero.grpo.loss.LossOutput;

/**
 * Advantages, losses, gradients by log-probs and entropies, and metrics against TRL's own code, for
 * every loss type and option that TRL has.
 */
class TrlLossGoldenTest {
  private static final double TOLERANCE = 1e-6;

  @TestFactory
  Stream<DynamicTest> lossesEqualTrls() {
    return cases("loss/trl", TrlCase::ofGrpo);
  }

  @TestFactory
  Stream<DynamicTest> advantagesEqualTrls() {
    return cases("advantage/trl-options", TrlCase::ofGrpo);
  }

  @TestFactory
  Stream<DynamicTest> leaveOneOutEqualsTrlsRlooTrainer() {
    return cases("loss/rloo", TrlCase::ofRloo);
  }

  private static Stream<DynamicTest> cases(String golden, Function<JsonNode, TrlCase> reader) {
    JsonNode cases = Golden.load(golden);
    assertThat(cases).isNotEmpty();
    return StreamSupport.stream(cases.spliterator(), false)
        .map(
            c ->
                DynamicTest.dynamicTest(
                    c.get("name").asText() + ", old " + c.get("with_old") + ", " + c.get("options"),
                    () -> assertEqualsTrl(c, reader.apply(c))));
  }

  private static void assertEqualsTrl(JsonNode json, TrlCase ours) {
    assertThat(ours.samples.stream().mapToDouble(s -> s.advantage(0)).toArray())
        .as("advantages")
        .containsExactly(TrlCase.doubles(json.get("advantages")), within(TOLERANCE));
    EntropyControl entropy = new EntropyControl(ours.config.entropy());
    LossMetrics ofBatch = new LossMetrics();
    for (JsonNode update : json.get("updates")) {
      double applied = entropy.applied();
      for (int p = 0; p < update.size(); p++) {
        JsonNode part = update.get(p);
        LossOutput out =
            ours.config.toLoss().compute(ours.inputs(part.get("rows"), update, applied));
        entropy.add(out.entropySum(), out.entropyTokens());
        ofBatch.add(out.metrics());
        double masked = ours.config.advantage().useKlInReward() ? constantOfMasked(ours) : 0;
        assertThat(out.loss() + masked)
            .as("loss")
            .isCloseTo(part.get("loss").asDouble(), relative(part));
        assertSame("gradient", part.get("gradient"), out.gradient());
        float[] byEntropy = out.entropyGradient();
        int tokens = out.gradient().length;
        assertSame(
            "entropy gradient",
            part.get("entropy_gradient"),
            byEntropy == null ? new float[tokens] : byEntropy);
        if (p == update.size() - 1) {
          entropy.endUpdate();
        }
        assertMetrics(part.get("metrics"), out, entropy.state().coef(), hasNoise(json, ours));
      }
    }
    assertBatchMetrics(json.get("metrics"), ours, ofBatch);
  }

  /** A masked completion has no gradient in RLOOTrainer, but adds {@code -A} to the loss. */
  private static double constantOfMasked(TrlCase ours) {
    double sum =
        ours.samples.stream()
            .filter(s -> s.countedTokens() == 0)
            .mapToDouble(s -> s.advantage(0))
            .sum();
    return -sum / ours.samples.size();
  }

  /**
   * Whether an advantage that should be 0 is not, by rounding: its sign decides what is clipped.
   */
  private static boolean hasNoise(JsonNode json, TrlCase ours) {
    return DoubleStream.concat(
            Arrays.stream(TrlCase.doubles(json.get("advantages"))),
            ours.samples.stream().mapToDouble(s -> s.advantage(0)))
        .map(Math::abs)
        .anyMatch(advantage -> advantage > 0 && advantage < 1e-9);
  }

  private static Offset<Double> relative(JsonNode part) {
    return within(TOLERANCE * Math.max(1, Math.abs(part.get("loss").asDouble())));
  }

  private static void assertSame(String what, JsonNode expected, float[] actual) {
    float[] values = TrlCase.flat(expected);
    assertThat(actual).as(what).hasSameSizeAs(values);
    for (int n = 0; n < values.length; n++) {
      assertThat((double) actual[n])
          .as("%s[%d]", what, n)
          .isCloseTo(values[n], within(TOLERANCE * Math.max(1, Math.abs(values[n]))));
    }
  }

  private static void assertMetrics(
      JsonNode expected, LossOutput out, double entropyCoef, boolean noise) {
    Map<String, Double> actual = new TreeMap<>(out.metrics().means());
    actual.putAll(out.metrics().extremes());
    actual.put("policy_loss", out.policyLoss());
    actual.put("entropy_coef", entropyCoef);
    for (Map.Entry<String, JsonNode> metric : expected.properties()) {
      if (metric.getValue().isNull() || (noise && metric.getKey().contains("clip_ratio"))) {
        continue; // TRL's mean of nothing, or of the signs of noise
      }
      // where nothing counts we name no ratio, TRL has 0
      assertThat(actual.getOrDefault(metric.getKey(), 0.0))
          .as(metric.getKey())
          .isCloseTo(
              metric.getValue().asDouble(),
              within(TOLERANCE * Math.max(1, Math.abs(metric.getValue().asDouble()))));
    }
  }

  private static void assertBatchMetrics(JsonNode expected, TrlCase ours, LossMetrics metrics) {
    Map<String, Double> actual = new TreeMap<>(metrics.means());
    actual.putAll(metrics.extremes());
    if (ours.config.advantage().useKlInReward()) {
      double kl = ours.samples.stream().mapToDouble(SamplePreparation::kl).sum();
      double tokens = ours.samples.stream().mapToDouble(Sample::countedTokens).sum();
      actual.put("kl", kl / tokens);
    }
    for (Map.Entry<String, JsonNode> metric : expected.properties()) {
      if (metric.getKey().startsWith("sampling/") || metric.getKey().equals("kl")) {
        assertThat(actual.getOrDefault(metric.getKey(), 0.0))
            .as(metric.getKey())
            .isCloseTo(metric.getValue().asDouble(), within(TOLERANCE));
      }
    }
  }
}
