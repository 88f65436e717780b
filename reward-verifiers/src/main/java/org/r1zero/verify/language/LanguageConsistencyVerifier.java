package org.r1zero.verify.language;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.r1zero.verify.Completion;
import org.r1zero.verify.OptionReader;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.VerifierProvider;
import org.r1zero.verify.format.ReasoningFormat;
import org.r1zero.verify.format.TagScanner;
import org.r1zero.verify.records.Records;

/**
 * Language consistency as in the DeepSeek-R1 paper (section 2.3.2): "the proportion of target
 * language words in the CoT".
 *
 * <p>The score is that share, from 0 to 1. Code, formulas, tags, numbers, single letters, names,
 * abbreviations and units do not count as words; sentences do wherever they stand, in code and
 * formulas too. A text without any words scores 0: nothing is said in the wanted language. {@link
 * Outcome#CORRECT} from a share of {@code min_share} on. A problem whose data has a field {@code
 * language} is judged for that one.
 *
 * <p>Very close languages (such as Spanish and Portuguese) are told apart in sentences, hardly in
 * single words. Bounded: of a long text the first and the last {@value #HALF} words count.
 */
public final class LanguageConsistencyVerifier implements Verifier {

  /** From which share on a text counts as being in one language. */
  public static final double DEFAULT_MIN_SHARE = 0.97;

  private static final int HALF = 2000;
  private static final int SHOWN = 3;

  private final String language;
  private final Map<String, ScriptProfile> known = new TreeMap<>();
  private final Map<String, WordTagger> taggers = new ConcurrentHashMap<>();
  private final double minShare;
  private final TagScanner scanner;
  private final Part part;

  /** What of a completion is judged. */
  public enum Part {
    /** All of it. */
    ALL,
    /** The reasoning alone, as the paper says. */
    THINKING
  }

  /**
   * Makes the verifier; reads the language models, which takes seconds and some 25 MB for each
   * language that shares its script with a target.
   *
   * @param language the wanted language, ISO 639-1
   * @param others the languages to tell it from, and the further targets that a problem may name
   * @param minShare from which share on a completion is correct, from 0 to 1
   */
  public LanguageConsistencyVerifier(
      String language, List<String> others, double minShare, Part part, ReasoningFormat format) {
    this.language = language;
    this.minShare = minShare;
    this.part = part;
    this.scanner = new TagScanner(format);
    others.forEach(code -> known.put(code, ScriptProfile.of(code)));
    ScriptProfile target = ScriptProfile.of(language);
    known.put(language, target);
    tagger(target);
  }

  @Override
  public String id() {
    return "language";
  }

  @Override
  public Verdict verify(Problem problem, Completion completion) {
    String wanted = problem.field("language").asText(language);
    ScriptProfile target = known.get(wanted);
    if (target == null) {
      throw problem.fault(
          "the verifier 'language' does not know the language '"
              + wanted
              + "'; add it to the option 'languages', which now has "
              + String.join(", ", known.keySet()));
    }
    String text = completion.text();
    List<Word> words = bounded(Words.of(part == Part.ALL ? text : scanner.thinking(text)));
    return verdict(wanted, words, tagger(target).foreign(words));
  }

  /**
   * A word as it was judged.
   *
   * @param text as it stands in the text
   * @param foreign whether it is in another language than wanted
   */
  public record JudgedWord(String text, boolean foreign) {}

  /** The words of a text in their order, for showing which are foreign. */
  public List<JudgedWord> words(String text) {
    List<Word> words = bounded(Words.of(text));
    boolean[] foreign = tagger(ScriptProfile.of(language)).foreign(words);
    List<JudgedWord> judged = new ArrayList<>();
    for (int i = 0; i < foreign.length; i++) {
      judged.add(new JudgedWord(words.get(i).text(), foreign[i]));
    }
    return judged;
  }

  private WordTagger tagger(ScriptProfile target) {
    return taggers.computeIfAbsent(
        target.code(), code -> new WordTagger(target, List.copyOf(known.values())));
  }

  private static List<Word> bounded(List<Word> words) {
    if (words.size() <= 2 * HALF) {
      return words;
    }
    List<Word> ends = new ArrayList<>(words.subList(0, HALF));
    ends.addAll(words.subList(words.size() - HALF, words.size()));
    return ends;
  }

  private Verdict verdict(String wanted, List<Word> words, boolean[] foreign) {
    int all = 0;
    int strange = 0;
    List<String> examples = new ArrayList<>();
    for (int i = 0; i < foreign.length; i++) {
      Word word = words.get(i);
      all += word.count();
      if (foreign[i]) {
        strange += word.count();
        if (examples.size() < SHOWN) {
          examples.add(Records.shortened(word.text(), 20, "…"));
        }
      }
    }
    if (all == 0) {
      return new Verdict(
          0,
          Outcome.INCORRECT,
          "no words in '" + wanted + "', nor in another language",
          Map.of("words", 0.0));
    }
    double share = (double) (all - strange) / all;
    Outcome outcome =
        share >= minShare ? Outcome.CORRECT : strange == all ? Outcome.INCORRECT : Outcome.PARTIAL;
    String reason =
        String.format(Locale.ROOT, "%.1f %% of %d words are in '%s'", 100 * share, all, wanted)
            + (examples.isEmpty() ? "" : "; not: " + String.join(", ", examples));
    return new Verdict(
        share, outcome, reason, Map.of("words", (double) all, "foreign_words", (double) strange));
  }

  /**
   * Makes {@link LanguageConsistencyVerifier}s; options {@code language} (default en), {@code
   * languages} (those to tell it from), {@code min_share} (default 0.97), {@code part} (all,
   * thinking) and {@code format}.
   */
  public static final class Provider implements VerifierProvider {

    /** The languages that a target is told from unless others are named. */
    public static final List<String> DEFAULT_LANGUAGES =
        List.of(
            "en", "es", "fr", "de", "it", "pt", "nl", "pl", "tr", "ru", "uk", "zh", "ja", "ko",
            "ar", "hi");

    @Override
    public String id() {
      return "language";
    }

    @Override
    public String description() {
      return "the share of words in the wanted language; code, formulas and names left out";
    }

    @Override
    public Verifier create(JsonNode node) {
      OptionReader options = OptionReader.of("verifier 'language'", node);
      String language = options.text("language", "en");
      List<String> languages = options.texts("languages", DEFAULT_LANGUAGES);
      double minShare =
          options.number("min_share", LanguageConsistencyVerifier.DEFAULT_MIN_SHARE, 0, 1);
      LanguageConsistencyVerifier.Part part =
          options.choice("part", LanguageConsistencyVerifier.Part.ALL);
      JsonNode format = options.node("format");
      List<String> known = ScriptProfile.codes();
      for (String code : languages) {
        if (!known.contains(code)) {
          options.fault(
              "option 'languages' has '" + code + "', known: " + String.join(", ", known));
        }
      }
      if (!known.contains(language)) {
        options.fault("option 'language' must be one of " + String.join(", ", known));
      }
      options.finish();
      return new LanguageConsistencyVerifier(
          language, languages, minShare, part, ReasoningFormat.parse(format));
    }
  }
}
