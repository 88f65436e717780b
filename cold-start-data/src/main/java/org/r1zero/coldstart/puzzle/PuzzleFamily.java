package org.r1zero.coldstart.puzzle;

import java.util.Random;

/** Kinds of puzzles. Each makes any number of them, in levels, decided by the draws alone. */
public enum PuzzleFamily {
  /** Operations one after another. */
  CHAIN,
  /** A number in another base. */
  BASE,
  /** The next term. */
  SEQUENCE,
  /** Sums and products of matrices, determinants. */
  MATRIX,
  /** Words in alphabetical order. */
  SORT,
  /** Caesar, Atbash and Vigenère. */
  CIPHER,
  /** Days of the week, days between dates. */
  CALENDAR,
  /** What follows from statements about groups. */
  SYLLOGISM,
  /** Who tells the truth. */
  KNIGHTS,
  /** Who lives where with what. */
  ZEBRA,
  /** A map in three colours; many answers are right. */
  COLOURING,
  /** Four by four. */
  SUDOKU,
  /** How two people are related. */
  FAMILY;

  /** The highest level. */
  public static final int MAX_LEVEL = 5;

  /**
   * Makes a puzzle.
   *
   * @param random decides it
   * @param level from 1 to {@link #MAX_LEVEL}
   */
  public Puzzle make(Random random, int level) {
    if (level < 1 || level > MAX_LEVEL) {
      throw new IllegalArgumentException("level must be from 1 to " + MAX_LEVEL + ", was " + level);
    }
    return switch (this) {
      case CHAIN -> NumberPuzzles.chain(random, level);
      case BASE -> NumberPuzzles.base(random, level);
      case SEQUENCE -> NumberPuzzles.sequence(random, level);
      case MATRIX -> NumberPuzzles.matrix(random, level);
      case SORT -> WordPuzzles.sort(random, level);
      case CIPHER -> WordPuzzles.cipher(random, level);
      case CALENDAR -> WordPuzzles.calendar(random, level);
      case SYLLOGISM -> LogicPuzzles.syllogism(random, level);
      case KNIGHTS -> LogicPuzzles.knights(random, level);
      case ZEBRA -> ZebraPuzzles.zebra(random, level);
      case COLOURING -> GridPuzzles.colouring(random, level);
      case SUDOKU -> GridPuzzles.sudoku(random, level);
      case FAMILY -> FamilyPuzzles.family(random, level);
    };
  }
}
