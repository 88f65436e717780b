package org.r1zero.coldstart.curate;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds texts that share a run of words with an evaluation set: 13 words, as GPT-3
 * (arXiv:2005.14165, appendix C) and others have it. Of an evaluation text that has fewer, from 8
 * on, the run of all its words must not occur; one of fewer than 8 words, which says too little to
 * be found within another, must not be the whole text.
 */
public final class Decontaminator {
  /** The run's usual length. */
  public static final int DEFAULT_NGRAM = 13;

  /** The shortest run that GPT-3's authors looked for. */
  private static final int SHORTEST_RUN = 8;

  private final int ngram;
  private final Set<String> forbidden = new HashSet<>();
  private final Set<Integer> shorter = new TreeSet<>();

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
    for (String text : evaluation) {
      forbidden.addAll(WordGrams.of(text, ngram));
      int words = WordGrams.words(text).size();
      if (words >= SHORTEST_RUN && words < ngram) {
        shorter.add(words);
      }
    }
  }

  /** Whether a text shares a run with any of them. */
  public boolean overlaps(String text) {
    return hasRun(text, ngram) || shorter.stream().anyMatch(words -> hasRun(text, words));
  }

  /** Whether anything that is learned from a trace, or its question, does. */
  public boolean overlaps(Candidate trace) {
    return trace.texts().stream().anyMatch(this::overlaps);
  }

  private boolean hasRun(String text, int words) {
    return WordGrams.of(text, words).stream().anyMatch(forbidden::contains);
  }
}
