package org.r1zero.verify.math;

/** Where in a completion an answer may be looked for. */
public enum AnswerSource {
  /** The last closed pair of answer tags. */
  ANSWER_TAG,
  /** The last {@code \boxed{…}}. */
  BOXED,
  /** What follows the last {@code ####} on its line, as in GSM8K's own solutions. */
  HASHES,
  /** What follows the last {@code the answer is}, up to the end of the sentence. */
  PHRASE,
  /** The last number, or the last formula, of the text: finds something in almost any text. */
  LAST
}
