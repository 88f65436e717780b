package org.example.keywords;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.r1zero.verify.Completion;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.ScoreRange;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.Verifier;

/**
 * Whether the completion has all the words of the problem's field {@code keywords}: the score is the
 * share that it has. It has no state, so it is deterministic and thread-safe; it looks for each word
 * once, so its time is bounded.
 */
public final class KeywordsVerifier implements Verifier {

  private final boolean ignoreCase;

  /** Looks for the words as they stand, or in any case. */
  public KeywordsVerifier(boolean ignoreCase) {
    this.ignoreCase = ignoreCase;
  }

  @Override
  public String id() {
    return "keywords";
  }

  @Override
  public ScoreRange range() {
    return ScoreRange.UNIT;
  }

  @Override
  public Verdict verify(Problem problem, Completion completion) {
    JsonNode keywords = problem.field("keywords");
    if (!keywords.isArray() || keywords.isEmpty()) {
      // A fault of the data, not of the model: the one reason to throw.
      throw new IllegalArgumentException(
          "problem " + problem.id() + " needs the field keywords, a list of words, found " + keywords);
    }
    String text = plain(completion.text());
    List<String> missing = new ArrayList<>();
    for (JsonNode keyword : keywords) {
      if (!text.contains(plain(keyword.asText()))) {
        missing.add(keyword.asText());
      }
    }
    double share = 1 - (double) missing.size() / keywords.size();
    Outcome outcome =
        missing.isEmpty() ? Outcome.CORRECT : share > 0 ? Outcome.PARTIAL : Outcome.INCORRECT;
    return new Verdict(share, outcome, missing.isEmpty() ? "all there" : "missing: " + missing);
  }

  private String plain(String text) {
    return ignoreCase ? text.toLowerCase(Locale.ROOT) : text;
  }
}
