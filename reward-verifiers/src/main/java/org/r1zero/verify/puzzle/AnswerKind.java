package org.r1zero.verify.puzzle;

/** How the answer to a puzzle is read; the field {@code kind} of a problem, in lower case. */
public enum AnswerKind {
  /** One number, equal to the gold. */
  NUMBER,
  /** Numbers in order, as in rows; all of them equal to the gold's. */
  NUMBERS,
  /** One number by its digits, which may be letters; leading zeros and case make no difference. */
  DIGITS,
  /** Words in order; case and what stands between them make no difference. */
  WORDS,
  /** One of the field {@code choices}: the gold, and no other of them. */
  CHOICE,
  /** For each of the field {@code names} one of {@code values}, as in the gold. */
  ASSIGNMENT,
  /**
   * For each of the field {@code names} one of {@code values}, different ones for the two names of
   * each pair in {@code edges}, by their places: many answers may be right.
   */
  COLOURING
}
