package org.r1zero.grpo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.r1zero.fixtures.golden.Golden;
import org.r1zero.grpo.data.Rollout;
import org.r1zero.grpo.data.Sample;
import org.r1zero.grpo.loss.ClipCovSurrogate;
import org.r1zero.grpo.loss.ClippedSurrogate;
import org.r1zero.grpo.loss.DppoSurrogate;
import org.r1zero.grpo.loss.KlCovSurrogate;
import org.r1zero.grpo.loss.LossInputs;
import org.r1zero.grpo.loss.LossOutput;
import org.r1zero.grpo.loss.LossType;
import org.r1zero.grpo.loss.PolicyLoss;
import org.r1zero.grpo.loss.Surrogate;
import org.r1zero.grpo.loss.UpdateSize;

/** Clip-Cov and KL-Cov against verl's own code, DPPO against TRL's. */
class VerlLossGoldenTest {
  private static final double TOLERANCE = 1e-6;

  @TestFactory
  Stream<DynamicTest> lossesAndGradientsAreEqual() {
    return StreamSupport.stream(Golden.load("loss/verl").spliterator(), false)
        .map(c -> DynamicTest.dynamicTest(c.get("options").toString(), () -> assertEqual(c)));
  }

  @Test
  void theGoldenHasTokensWithoutGradientAndOthers() {
    for (String type : List.of("clip_cov", "dppo")) {
      int zero = 0;
      int others = 0;
      for (JsonNode c : Golden.load("loss/verl")) {
        if (c.at("/options/loss_type").asText().equals(type)) {
          for (float g : TrlCase.flat(c.get("gradient"))) {
            zero += g == 0 ? 1 : 0;
            others += g == 0 ? 0 : 1;
          }
        }
      }
      assertThat(zero).as(type).isGreaterThan(20);
      assertThat(others).as(type).isGreaterThan(100);
    }
  }

  private static void assertEqual(JsonNode golden) {
    JsonNode o = golden.get("options");
    LossType type = LossType.valueOf(o.get("loss_type").asText().toUpperCase(Locale.ROOT));
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < golden.get("lengths").size(); i++) {
      int length = golden.get("lengths").get(i).asInt();
      float[] old = TrlCase.flat(List.of(golden.get("old").get(i)));
      Rollout rollout = new Rollout(new int[length], old, 0, false, 0);
      double advantage = golden.get("advantages").get(i).asDouble();
      samples.add(Sample.of(new int[] {1}, rollout, advantage).withLogProbs(old, null));
    }
    float[] current = TrlCase.flat(golden.get("current"));
    UpdateSize size = new UpdateSize(samples.size(), current.length, current.length);
    LossOutput out =
        PolicyLoss.of(surrogate(type, o), type.aggregation())
            .compute(new LossInputs(size, samples, current, new float[current.length], 12, 0));
    assertThat(out.loss()).isCloseTo(golden.get("loss").asDouble(), within(TOLERANCE));
    float[] expected = TrlCase.flat(golden.get("gradient"));
    for (int n = 0; n < expected.length; n++) {
      assertThat((double) out.gradient()[n])
          .as("token %d", n)
          .isCloseTo(expected[n], within(TOLERANCE * Math.max(1, Math.abs(expected[n]))));
    }
  }

  private static Surrogate surrogate(LossType type, JsonNode o) {
    return switch (type) {
      case CLIP_COV ->
          new ClipCovSurrogate(
              new ClippedSurrogate(number(o, "epsilon"), number(o, "epsilon_high"), null),
              number(o, "clip_cov_ratio"),
              number(o, "clip_cov_lb"),
              number(o, "clip_cov_ub"));
      case KL_COV -> new KlCovSurrogate(number(o, "kl_cov_ratio"), number(o, "ppo_kl_coef"));
      default ->
          new DppoSurrogate(
              number(o, "epsilon"),
              number(o, "epsilon_high"),
              DppoSurrogate.Divergence.valueOf(
                  o.get("divergence_type").asText().toUpperCase(Locale.ROOT)),
              number(o, "clip_ratio_c"));
    };
  }

  private static double number(JsonNode options, String name) {
    return options.get(name).asDouble();
  }
}
