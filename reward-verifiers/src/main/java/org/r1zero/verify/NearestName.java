package org.r1zero.verify;

import java.util.Collection;
import java.util.Optional;

/** Guesses which known name a misspelt one was meant to be. */
public final class NearestName {

  /** A guess may differ by at most this many edits, or by a third of the name if that is more. */
  private static final int MIN_EDITS = 2;

  private NearestName() {}

  /** The known name with the fewest edits from {@code name}, if it is near enough to suggest. */
  public static Optional<String> of(String name, Collection<String> known) {
    int limit = Math.max(MIN_EDITS, name.length() / 3);
    String best = null;
    int bestEdits = limit + 1;
    for (String candidate : known) {
      int edits = edits(name, candidate);
      if (edits < bestEdits) {
        best = candidate;
        bestEdits = edits;
      }
    }
    return Optional.ofNullable(best);
  }

  /** {@code (did you mean 'x'?)} where there is a guess, otherwise nothing. */
  public static String hint(String name, Collection<String> known) {
    return of(name, known).map(guess -> " (did you mean '" + guess + "'?)").orElse("");
  }

  /**
   * Refuses a name that nothing has.
   *
   * @param kind of what was asked for, such as {@code verifier}
   */
  public static IllegalArgumentException unknown(
      String kind, String name, Collection<String> known) {
    return new IllegalArgumentException(
        String.format(
            "no %s '%s'%s; found: %s", kind, name, hint(name, known), String.join(", ", known)));
  }

  /** Levenshtein distance. */
  private static int edits(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
