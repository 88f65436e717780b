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
    assertThat(factor(schedule, update, 2, 10)).isCloseTo(factor, within(1e-12));
  }

  @ParameterizedTest
  @EnumSource(LearningRateSchedule.class)
  void withoutWarmUpTheFirstUpdateHasThePeak(LearningRateSchedule schedule) {
    assertThat(factor(schedule, 0, 0, 100)).isEqualTo(1);
  }

  private static double factor(
      LearningRateSchedule schedule, long update, long warmup, long total) {
    return schedule.factor(
        new LearningRateSchedule.Point(update, warmup, total, 1), SchedulerKwargs.defaults());
  }

  @TestFactory
  Stream<DynamicTest> equalsTransformers() {
    JsonNode cases = Golden.load("optim/schedules");
    return StreamSupport.stream(cases.spliterator(), false)
        .map(
            c ->
                DynamicTest.dynamicTest(
                    "%s %s, %s of %s"
                        .formatted(
                            c.get("schedule"), c.get("kwargs"), c.get("warmup"), c.get("total")),
                    () -> assertEqualsTransformers(c)));
  }

  private static void assertEqualsTransformers(JsonNode c) {
    LearningRateSchedule schedule =
        LearningRateSchedule.valueOf(c.get("schedule").asText().toUpperCase(Locale.ROOT));
    long total = c.get("total").asLong();
    SchedulerKwargs kwargs = kwargs(c.get("kwargs"));
    for (int update = 0; update < total; update++) {
      assertThat(
              schedule.factor(
                  new LearningRateSchedule.Point(
                      update, c.get("warmup").asLong(), total, c.get("peak").asDouble()),
                  kwargs))
          .as("update %d", update)
          .isCloseTo(c.get("factors").get(update).asDouble(), within(1e-12));
    }
  }

  private static SchedulerKwargs kwargs(JsonNode k) {
    return new SchedulerKwargs(
        k.has("num_cycles") ? k.get("num_cycles").asDouble() : null,
        k.has("min_lr") ? k.get("min_lr").asDouble() : null,
        k.has("min_lr_rate") ? k.get("min_lr_rate").asDouble() : null,
        k.path("lr_end").asDouble(1e-7),
        k.path("power").asDouble(1),
        k.path("timescale").asInt(0),
        k.path("num_decay_steps").asInt(0),
        k.path("min_lr_ratio").asDouble(0),
        ramp(k.path("warmup_type").asText("linear")),
        ramp(k.path("decay_type").asText("cosine")));
  }

  private static SchedulerKwargs.Ramp ramp(String name) {
    return name.equals("1-sqrt")
        ? SchedulerKwargs.Ramp.ONE_MINUS_SQRT
        : SchedulerKwargs.Ramp.valueOf(name.toUpperCase(Locale.ROOT));
  }
}
