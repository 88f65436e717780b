package org.r1zero.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VerdictTest {

  @Test
  void replacesHalfCharactersInTheReason() {
    assertThat(reason("found 7\uD83D")).isEqualTo("found 7\uFFFD");
    assertThat(reason("\uDE00\uD83D")).isEqualTo("\uFFFD\uFFFD");
    assertThat(reason("found 😀")).isEqualTo("found 😀");
  }

  @Test
  void cutsALongReasonWithoutHalvingACharacter() {
    String cut = reason("😀".repeat(1000));
    assertThat(cut).hasSize(Verdict.MAX_REASON).endsWith("…");
    assertThat(StandardCharsets.UTF_8.newEncoder().canEncode(cut)).isTrue();
  }

  @Test
  void wantsNumbersThatAreFinite() {
    assertThatThrownBy(() -> new Verdict(Double.NaN, Outcome.CORRECT, ""))
        .hasMessage("score must be finite, was NaN");
    assertThatThrownBy(
            () -> new Verdict(1, Outcome.CORRECT, "", Map.of("share", Double.POSITIVE_INFINITY)))
        .hasMessage("a part must be finite, was share=Infinity");
  }

  @Test
  void scoreRangeHasBothEnds() {
    ScoreRange range = new ScoreRange(-1, 0);
    assertThat(range.contains(-1)).isTrue();
    assertThat(range.contains(0)).isTrue();
    assertThat(range.contains(0.001)).isFalse();
    assertThat(range.contains(Double.NaN)).isFalse();
    assertThatThrownBy(() -> new ScoreRange(1, 0)).hasMessageContaining("was [1.0, 0.0]");
    assertThatThrownBy(() -> new ScoreRange(0, Double.NaN)).hasMessageContaining("finite");
  }

  private static String reason(String text) {
    return new Verdict(0, Outcome.INCORRECT, text).reason();
  }
}
