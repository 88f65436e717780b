package org.r1zero.experiment.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.r1zero.grpo.StepReport;
import org.r1zero.rollout.generation.SamplingStatus;

class ProgressTest {
  private static final String CLEAR = "\r\u001b[K";
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  @Test
  void aTerminalShowsHowFarSamplingIsAndTheCacheInUse() {
    progress(120).rollouts(4, status());
    assertThat(said())
        .contains("step 5/20  sampled 6/16")
        .contains("cache 75 %")
        .contains("2 workers replaced")
        .as("a rate needs time to tell")
        .doesNotContain("tokens/s");
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 80, 40, 20, 8})
  void noLineIsWiderThanTheWindow(int width) {
    Progress progress = progress(width);
    progress.rollouts(4, status());
    progress.stepFinished(report(11));
    progress.sampling("completions of /a/folder/with/a/very/long/name/and/more/of/it", 3, 1700);
    String last = "";
    for (String line : said().split("\n|" + java.util.regex.Pattern.quote(CLEAR), -1)) {
      assertThat(line).hasSizeLessThan(width);
      last = line;
    }
    assertThat(last).contains("3/1700".substring(0, Math.min(6, width - 1)));
    assertThat(said()).contains("step 12".substring(0, Math.min(7, width - 1)));
  }

  @Test
  void anEightyColumnWindowHasRoomForWhatMattersInAStep() {
    progress(80).stepFinished(report(11));
    assertThat(said()).contains("step 12/20").contains("reward 0.912").contains("91.2 %");
  }

  @Test
  void aStepThatWasFollowedByAnEvaluationShowsItInEightyColumns() {
    Map<String, Double> metrics = new TreeMap<>(report(11).metrics());
    metrics.put("eval/pass1_sampled", 0.345);
    progress(80).stepFinished(new StepReport(11, metrics));
    assertThat(said()).contains("step 12/20").contains("91.2 %").contains("held-out 34.5 %");
  }

  @Test
  void elsewhereNothingIsRenewedAndEachStepIsALine() {
    Progress progress = progress(0);
    progress.rollouts(4, status());
    progress.sampling("completions", 5, 10);
    assertThat(bytes.size()).isZero();
    progress.stepFinished(report(11));
    assertThat(said()).hasLineCount(1).contains("length 64").doesNotContain("\u001b");
  }

  @Test
  void aRateLeavesOutWhatWasSampledBeforeAnybodyLooked() {
    SamplingRate rate = new SamplingRate();
    rate.update(0, 6400, 1_000_000_000L);
    assertThat(rate.perSecond(1_000_000_001L)).isZero();
    rate.update(0, 7400, 3_000_000_000L);
    assertThat(rate.perSecond(3_000_000_000L)).isEqualTo(500);
    rate.update(1, 100, 4_000_000_000L);
    assertThat(rate.perSecond(4_000_000_000L)).isZero();
  }

  private static StepReport report(long step) {
    return new StepReport(
        step,
        Map.of(
            "reward", 0.912,
            "rewards/number/correct", 0.912,
            "completions/mean_length", 64.0,
            "tokens_per_second/rollout", 12804.0));
  }

  private static SamplingStatus status() {
    return new SamplingStatus(6, 3, 7, 900, new SamplingStatus.Cache(300, 400), 2, 2);
  }

  private String said() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private Progress progress(int width) {
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    return new Progress(width == 0 ? out : Console.terminal(out, () -> width, false), 20, "number");
  }
}
