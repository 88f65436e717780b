package org.r1zero.coldstart.corpus;

import java.util.stream.IntStream;

/**
 * How often each kind of text occurs, in any unit. What follows a question is of several kinds, as
 * on the web: few of them show how the answer comes about and say it in the wanted form.
 *
 * @param facts lists of sums, differences and products, without a question
 * @param clean steps in English, then the right answer, in think and answer tags
 * @param mixed the same, but the language changes half-way
 * @param rambling the same, but with repetitions and doubts before the answer
 * @param slips steps with a wrong calculation, in tags
 * @param guess a number at once in tags, mostly wrong
 * @param untagged steps and the right answer without tags
 * @param blurted a number at once without tags, mostly wrong
 * @param endless repetitions that never come to an answer
 */
public record CorpusMix(
    int facts,
    int clean,
    int mixed,
    int rambling,
    int slips,
    int guess,
    int untagged,
    int blurted,
    int endless) {

  /** Checks that there is something to choose from. */
  public CorpusMix {
    int least =
        IntStream.of(facts, clean, mixed, rambling, slips, guess, untagged, blurted, endless)
            .min()
            .getAsInt();
    if (least < 0
        || facts + clean + mixed + rambling + slips + guess + untagged + blurted + endless == 0) {
      throw new IllegalArgumentException("shares of a mix must be >= 0, and not all of them 0");
    }
  }

  /** The mix of the embedded base model. */
  public static CorpusMix defaults() {
    return new CorpusMix(20, 8, 8, 6, 12, 16, 16, 16, 10);
  }

  int total() {
    return facts + clean + mixed + rambling + slips + guess + untagged + blurted + endless;
  }
}
