package org.example.keywords;

import com.fasterxml.jackson.databind.JsonNode;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.OptionReader;
import org.r1zero.verify.VerifierProvider;

/** Makes {@link KeywordsVerifier}s; option {@code ignore_case} (default true). */
public final class KeywordsVerifierProvider implements VerifierProvider {

  @Override
  public String id() {
    return "keywords";
  }

  @Override
  public String description() {
    return "whether the completion has all the words of the field keywords";
  }

  @Override
  public Verifier create(JsonNode node) {
    OptionReader options = OptionReader.of("verifier 'keywords'", node);
    boolean ignoreCase = options.flag("ignore_case", true);
    options.finish(); // reports unknown options
    return new KeywordsVerifier(ignoreCase);
  }
}
