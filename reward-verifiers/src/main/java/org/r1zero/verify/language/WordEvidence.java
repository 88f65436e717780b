package org.r1zero.verify.language;

import com.github.pemistahl.lingua.api.Language;
import com.github.pemistahl.lingua.api.LanguageDetector;
import com.github.pemistahl.lingua.api.LanguageDetectorBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How much a single word speaks for the wanted language against all others of its script, by the
 * n-gram models of Lingua.
 *
 * <p>Lingua gives each language a confidence relative to the likeliest one, 1. The evidence is the
 * distance to the second where the wanted language is the likeliest, minus its own distance from
 * the likeliest where it is not; both are cut off, and {@link #BIAS} is added: a word that could be
 * either is taken for the wanted language.
 *
 * <p>Thread-safe.
 */
final class WordEvidence {

  /** What a word that says nothing speaks for the wanted language. */
  static final double BIAS = 0.9;

  private static final double SCALE = 10;
  private static final double MAX_FOR = 3;
  private static final double MAX_AGAINST = 4;
  private static final double SHORT_WORD_SHARE = 0.6;
  private static final int SHORT_WORD = 3;
  private static final int MAX_WORD = 40;
  private static final int MAX_CACHED = 20_000;

  private final ScriptProfile target;
  private final LanguageDetector detector;
  private final Map<String, Double> cache = new ConcurrentHashMap<>();

  /**
   * Compares with other languages.
   *
   * @param others those of the target's script; at least one
   */
  WordEvidence(ScriptProfile target, List<ScriptProfile> others) {
    this.target = target;
    List<Language> languages = new ArrayList<>();
    languages.add(target.language());
    others.forEach(other -> languages.add(other.language()));
    this.detector =
        LanguageDetectorBuilder.fromLanguages(languages.toArray(Language[]::new))
            .withPreloadedLanguageModels()
            .build();
  }

  /** Above 0 where the word speaks for the wanted language, below where against it. */
  double of(String word) {
    String plain = word.substring(0, Math.min(word.length(), MAX_WORD)).toLowerCase(Locale.ROOT);
    Double known = cache.get(plain);
    if (known != null) {
      return known;
    }
    double evidence = BIAS + weigh(plain);
    if (cache.size() >= MAX_CACHED) {
      cache.clear();
    }
    cache.put(plain, evidence);
    return evidence;
  }

  private double weigh(String word) {
    SortedMap<Language, Double> confidences = detector.computeLanguageConfidenceValues(word);
    if (confidences.isEmpty()) {
      return 0;
    }
    double own = confidences.getOrDefault(target.language(), 0.0);
    double best =
        confidences.entrySet().stream()
            .filter(entry -> entry.getKey() != target.language())
            .mapToDouble(Map.Entry::getValue)
            .max()
            .orElse(0);
    double share = word.length() <= SHORT_WORD ? SHORT_WORD_SHARE : 1;
    double margin = SCALE * (own - best);
    return share * Math.max(-MAX_AGAINST, Math.min(MAX_FOR, margin));
  }
}
