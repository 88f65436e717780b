package org.r1zero.verify.length;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.zip.Deflater;
import org.r1zero.verify.Completion;
import org.r1zero.verify.OptionReader;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.VerifierProvider;

/**
 * Repetition and rambling: how much of a completion says nothing new.
 *
 * <p>Its idle share is that of the tokens that
 *
 * <ul>
 *   <li>lie in an n-gram that stood there before (default 10 tokens, so that cases of one pattern
 *       with other numbers do not count),
 *   <li>or in a sentence that stood there before, little words before it left aside,
 *   <li>or in a sentence that only doubts ({@code Wait, let me check that again.}).
 * </ul>
 *
 * A text of {@value #MIN_BYTES} bytes or more that compresses to less than a tenth is idle too: it
 * finds what has no words. The score is 1 minus the idle share, from 0 to 1; {@link
 * Outcome#CORRECT} up to an idle share of {@code max_repetition}. The parts are {@code repeated},
 * {@code doubts} and {@code compression_ratio}.
 */
public final class RepetitionVerifier implements Verifier {

  /** The largest idle share that is not rambling. */
  public static final double DEFAULT_MAX_REPETITION = 0.25;

  /** Tokens of an n-gram. */
  public static final int DEFAULT_NGRAM = 10;

  private static final int MIN_BYTES = 500;
  private static final double LOOP_RATIO = 0.1;
  private static final double LOOP_SHARE = 0.25;
  private static final int MIN_SENTENCE = 3;
  private static final double UNSPACED_FACTOR = 1.6;

  private final int ngram;
  private final double maxRepetition;

  /**
   * Makes the verifier.
   *
   * @param ngram tokens that have to come again to count, at least 2
   * @param maxRepetition the idle share up to which a completion is correct, from 0 to 1
   */
  public RepetitionVerifier(int ngram, double maxRepetition) {
    if (ngram < 2 || !(maxRepetition >= 0 && maxRepetition <= 1)) {
      throw new IllegalArgumentException(
          String.format(
              "repetition needs ngram >= 2 and max_repetition in [0, 1], was %s and %s",
              ngram, maxRepetition));
    }
    this.ngram = ngram;
    this.maxRepetition = maxRepetition;
  }

  @Override
  public String id() {
    return "repetition";
  }

  @Override
  public Verdict verify(Problem problem, Completion completion) {
    List<List<String>> sentences = Sentences.of(completion.text());
    int tokens = sentences.stream().mapToInt(List::size).sum();
    boolean[] repeated = new boolean[tokens];
    boolean[] doubts = new boolean[tokens];
    markSentences(sentences, repeated, doubts);
    markNgrams(sentences, repeated);
    boolean[] idle = new boolean[tokens];
    for (int i = 0; i < tokens; i++) {
      idle[i] = repeated[i] || doubts[i];
    }
    double ratio = compressionRatio(completion.text());
    double loop = ratio >= LOOP_RATIO ? 0 : 1 - (1 - LOOP_SHARE) * ratio / LOOP_RATIO;
    double share = Math.max(share(idle), loop);
    Outcome outcome =
        share <= maxRepetition ? Outcome.CORRECT : share >= 1 ? Outcome.INCORRECT : Outcome.PARTIAL;
    String reason =
        String.format(
            Locale.ROOT,
            "%.0f %% says nothing new (%.0f %% repeated, %.0f %% doubts, compresses to %.0f %%)",
            100 * share,
            100 * share(repeated),
            100 * share(doubts),
            100 * ratio);
    return new Verdict(
        1 - share,
        outcome,
        reason,
        Map.of("repeated", share(repeated), "doubts", share(doubts), "compression_ratio", ratio));
  }

  private static void markSentences(
      List<List<String>> sentences, boolean[] repeated, boolean[] doubts) {
    Set<List<String>> seen = new HashSet<>();
    int start = 0;
    for (List<String> sentence : sentences) {
      List<String> core = Doubts.core(sentence);
      boolean again = core.size() >= MIN_SENTENCE && !seen.add(core);
      boolean doubt = Doubts.isDoubt(sentence);
      for (int i = start; i < start + sentence.size(); i++) {
        repeated[i] |= again;
        doubts[i] |= doubt;
      }
      start += sentence.size();
    }
  }

  private void markNgrams(List<List<String>> sentences, boolean[] repeated) {
    Map<String, Integer> ids = new HashMap<>();
    List<Integer> tokens = new ArrayList<>();
    int unspaced = 0;
    for (List<String> sentence : sentences) {
      for (String token : sentence) {
        tokens.add(ids.computeIfAbsent(token, t -> ids.size()));
        unspaced += Sentences.isUnspaced(token.codePointAt(0)) ? 1 : 0;
      }
    }
    int n = 2 * unspaced > tokens.size() ? (int) Math.round(ngram * UNSPACED_FACTOR) : ngram;
    Set<List<Integer>> seen = new HashSet<>();
    for (int i = 0; i + n <= tokens.size(); i++) {
      if (!seen.add(List.copyOf(tokens.subList(i, i + n)))) {
        for (int j = i; j < i + n; j++) {
          repeated[j] = true;
        }
      }
    }
  }

  /** Compressed to plain bytes; 1 for a text too short to tell. */
  private static double compressionRatio(String text) {
    byte[] plain = Sentences.bounded(text).getBytes(StandardCharsets.UTF_8);
    if (plain.length < MIN_BYTES) {
      return 1;
    }
    Deflater deflater = new Deflater();
    try {
      deflater.setInput(plain);
      deflater.finish();
      byte[] buffer = new byte[8192];
      while (!deflater.finished()) {
        deflater.deflate(buffer);
      }
      return Math.min(1, (double) deflater.getBytesWritten() / plain.length);
    } finally {
      deflater.end();
    }
  }

  private static double share(boolean[] marked) {
    int count = 0;
    for (boolean mark : marked) {
      count += mark ? 1 : 0;
    }
    return marked.length == 0 ? 0 : (double) count / marked.length;
  }

  /**
   * Makes {@link RepetitionVerifier}s; options {@code ngram} (default 10) and {@code
   * max_repetition} (default 0.25).
   */
  public static final class Provider implements VerifierProvider {

    @Override
    public String id() {
      return "repetition";
    }

    @Override
    public String description() {
      return "how much of a completion is new: repetition and rambling lower it";
    }

    @Override
    public Verifier create(JsonNode node) {
      OptionReader options = OptionReader.of("verifier 'repetition'", node);
      int ngram = options.integer("ngram", RepetitionVerifier.DEFAULT_NGRAM, 2, 1000);
      double maxRepetition =
          options.number("max_repetition", RepetitionVerifier.DEFAULT_MAX_REPETITION, 0, 1);
      options.finish();
      return new RepetitionVerifier(ngram, maxRepetition);
    }
  }
}
