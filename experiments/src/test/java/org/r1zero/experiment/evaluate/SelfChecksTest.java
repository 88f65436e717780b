package org.r1zero.experiment.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SelfChecksTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Let me check that again. 46-2=44.                | 1 | 0",
        "Hmm, is that right? Let me double-check.         | 2 | 0",
        "So it is 7. Wait, no. That is wrong, it is 8.    | 0 | 2",
        "I made a mistake. Let me redo the sum.           | 0 | 2",
        "等等，再算一次。                                    | 1 | 0",
        "12 不对，是 13                                     | 0 | 1",
        "Voy a mirar otra vez.                            | 1 | 0",
        "Tom writes a check and is correct to do so.      | 0 | 0",
        "The answer is 12.                                | 0 | 0",
      })
  void countsWhatThePatternsSay(String text, int verifications, int corrections) {
    SelfChecks checks = SelfChecks.of(text);
    assertThat(checks.verifications()).as("verifications").isEqualTo(verifications);
    assertThat(checks.corrections()).as("corrections").isEqualTo(corrections);
  }

  @Test
  void knowsWhereTheFirstCorrectionStarts() {
    String text = "It is 7. Correction: 8. Correction: 9.";
    assertThat(text.substring(SelfChecks.of(text).firstCorrection())).startsWith("Correction: 8");
    assertThat(SelfChecks.of("It is 7.").firstCorrection()).isEqualTo(-1);
  }

  @Test
  void isQuickOnHostileText() {
    long started = System.nanoTime();
    for (String piece : new String[] {"let me ", "that is ", "no, ", "a", "再", " ", "wait"}) {
      SelfChecks.of(piece.repeat(300_000));
    }
    assertThat((System.nanoTime() - started) / 1e9).isLessThan(20);
  }
}
