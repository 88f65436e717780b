package org.r1zero.grpo.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.r1zero.fixtures.golden.Golden;

class LearningRateScheduleTest {

  @ParameterizedTest
  @CsvSource({
    // schedule, update, factor; 2 updates of warm-up, 10 in all
    "CONSTANT, 0, 0",
    "CONSTANT, 1, 0.5",
    "CONSTANT, 2, 1",
    "CONSTANT, 9, 1",
    "LINEAR,   1, 0.5",
    "LINEAR,   2, 1",
    "LINEAR,   6, 0.5",
    "LINEAR,  10, 0",
    "COSINE,   2, 1",
    "COSINE,   6, 0.5",
    "COSINE,   4, 0.8535533905932737",
    "COSINE,  10, 0",
    "COSINE,  11, 0"
  })
  void factorFollowsTheCurve(LearningRateSchedule schedule, long update, double factor) {
    assertThat(schedule.factor(update, 2, 10)).isCloseTo(factor, within(1e-12));
  }

  @ParameterizedTest
  @EnumSource(LearningRateSchedule.class)
  void withoutWarmUpTheFirstUpdateHasThePeak(LearningRateSchedule schedule) {
    assertThat(schedule.factor(0, 0, 100)).isEqualTo(1);
  }

  @TestFactory
  Stream<DynamicTest> equalsTransformers() {
    JsonNode cases = Golden.load("optim/schedules");
    return StreamSupport.stream(cases.spliterator(), false)
        .map(
            c ->
                DynamicTest.dynamicTest(
                    "%s, %s of %s".formatted(c.get("schedule"), c.get("warmup"), c.get("total")),
                    () -> assertEqualsTransformers(c)));
  }

  private static void assertEqualsTransformers(JsonNode c) {
    LearningRateSchedule schedule =
        LearningRateSchedule.valueOf(c.get("schedule").asText().toUpperCase(Locale.ROOT));
    long total = c.get("total").asLong();
    for (int update = 0; update < total; update++) {
      assertThat(schedule.factor(update, c.get("warmup").asLong(), total))
          .as("update %d", update)
          .isCloseTo(c.get("factors").get(update).asDouble(), within(1e-12));
    }
  }
}
