package org.r1zero.coldstart.curate;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * Finds texts that share a run of words with an evaluation set: 13 words, as GPT-3
 * (arXiv:2005.14165, appendix C) and others have it. A text of fewer words overlaps where all of it
 * occurs as a whole.
 */
public final class Decontaminator {
  /** The run's usual length. */
  public static final int DEFAULT_NGRAM = 13;

  private final int ngram;
  private final Set<String> forbidden = new HashSet<>();

  /**
   * Takes the texts that must not occur.
   *
   * @param ngram words in a run, at least 1
   */
  public Decontaminator(Collection<String> evaluation, int ngram) {
    if (ngram < 1) {
      throw new IllegalArgumentException("ngram must be >= 1, was " + ngram);
    }
    this.ngram = ngram;
    evaluation.forEach(text -> forbidden.addAll(WordGrams.of(text, ngram)));
  }

  /** Whether a text shares a run with any of them. */
  public boolean overlaps(String text) {
    return WordGrams.of(text, ngram).stream().anyMatch(forbidden::contains);
  }
}
