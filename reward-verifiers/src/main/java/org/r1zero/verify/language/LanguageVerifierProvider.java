package org.r1zero.verify.language;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.r1zero.verify.OptionReader;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.VerifierProvider;
import org.r1zero.verify.format.ReasoningFormat;

/**
 * Makes {@link LanguageConsistencyVerifier}s; options {@code language} (default en), {@code
 * languages} (those to tell it from), {@code min_share} (default 0.97), {@code part} (all,
 * thinking) and {@code format}.
 */
public final class LanguageVerifierProvider implements VerifierProvider {

  /** The languages that a target is told from unless others are named. */
  public static final List<String> DEFAULT_LANGUAGES =
      List.of(
          "en", "es", "fr", "de", "it", "pt", "nl", "pl", "tr", "ru", "uk", "zh", "ja", "ko", "ar",
          "hi");

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
        options.fault("option 'languages' has '" + code + "', known: " + String.join(", ", known));
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
