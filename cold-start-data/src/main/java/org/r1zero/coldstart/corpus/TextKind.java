package org.r1zero.coldstart.corpus;

/**
 * A kind of text. What follows a question is of several kinds, as on the web: few of them show how
 * the answer comes about and say it in the wanted form.
 */
public enum TextKind {
  /** Lists of sums, differences and products, without a question. */
  FACTS,
  /** Steps in English, then the right answer, in think and answer tags. */
  CLEAN,
  /** The same, but the language changes half-way. */
  MIXED,
  /** The same, but with repetitions and doubts before the answer. */
  RAMBLING,
  /** Steps with a wrong calculation, in tags. */
  SLIPS,
  /** A number at once in tags, mostly wrong. */
  GUESS,
  /** Steps and the right answer without tags. */
  UNTAGGED,
  /** A number at once without tags, mostly wrong. */
  BLURTED,
  /** Repetitions that never come to an answer. */
  ENDLESS,
  /**
   * Like {@link #CLEAN}, but with numbers of up to three digits, whose results a calculator gave:
   * too many to be learned by heart, while calculations can be written down.
   */
  CALCULATED,
  /** Such numbers again, but a number at once in tags, mostly wrong. */
  ESTIMATED,
  /** A game of guessing a number, played half well and half badly. */
  GAME
}
