package org.r1zero.experiment.rundir;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.r1zero.rollout.trace.RolloutTrace;

class RolloutTextsTest {
  @Test
  void theFirstTheBestAndTheWorstEachOnce() {
    List<String> texts =
        RolloutTexts.of(
            List.of(trace("first", 0.5), trace("best", 1), trace("worst", 0), trace("other", 0.7)));
    assertThat(texts).hasSize(3);
    assertThat(texts.get(0)).startsWith("**reward 0.500**, number correct").contains("    first");
    assertThat(texts.get(1)).contains("    best");
    assertThat(texts.get(2)).contains("    worst");
    assertThat(RolloutTexts.of(List.of(trace("only", 1)))).hasSize(1);
    assertThat(RolloutTexts.of(List.of())).isEmpty();
  }

  @Test
  void whatAModelSaidIsABlockOfCode() {
    String text = RolloutTexts.of(List.of(trace("one\n# two\n```<b>", 1))).get(0);
    assertThat(text).contains("    one\n    # two\n    ```<b>");
  }

  private static RolloutTrace trace(String said, double reward) {
    return new RolloutTrace(
        3,
        "p",
        0,
        "Question",
        said,
        "42",
        5,
        "stop",
        reward,
        Map.of("number", new RolloutTrace.VerdictTrace(1, "correct", "r")),
        1);
  }
}
