package org.r1zero.verify.reward;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.r1zero.verify.OptionReader;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.VerifierProvider;
import org.r1zero.verify.Verifiers;

/**
 * Makes {@link BySourceVerifier}s; options {@code sources} (a mapping of a source to its verifier,
 * a name or a mapping with {@code verifier} and {@code options}), {@code default} (the same, for
 * all other problems; {@code none} leaves them unjudged; without it they are an error) and {@code
 * field} (default data_source).
 */
public final class BySourceVerifierProvider implements VerifierProvider {

  @Override
  public String id() {
    return "by_source";
  }

  @Override
  public String description() {
    return "a verifier of its own for each data set, by the problem's data_source";
  }

  @Override
  public Verifier create(JsonNode node) {
    return create(node, Verifiers.discover());
  }

  @Override
  public Verifier create(JsonNode node, Verifiers known) {
    OptionReader options = OptionReader.of("verifier 'by_source'", node);
    JsonNode sources = options.node("sources");
    JsonNode otherwise = options.node("default");
    String field = options.text("field", "data_source");
    if (!sources.isObject() || sources.isEmpty()) {
      options.fault(
          "option 'sources' must be a mapping such as {gsm8k: {verifier: number}}, was " + sources);
    }
    Map<String, Verifier> judges = new TreeMap<>();
    for (Map.Entry<String, JsonNode> source : sources.properties()) {
      Verifier judge = judge("sources." + source.getKey(), source.getValue(), known, options);
      if (judge != null) {
        judges.put(source.getKey(), judge);
      }
    }
    boolean none = otherwise.asText().equals("none");
    Verifier others =
        none || otherwise.isMissingNode() ? null : judge("default", otherwise, known, options);
    options.finish();
    return new BySourceVerifier(field, judges, others, none);
  }

  private @Nullable Verifier judge(
      String name, JsonNode node, Verifiers known, OptionReader options) {
    String verifier = node.isTextual() ? node.textValue() : node.path("verifier").asText("");
    boolean fits = node.isTextual();
    if (node.isObject()) {
      fits = !verifier.isEmpty();
      for (Map.Entry<String, JsonNode> key : node.properties()) {
        fits &= List.of("verifier", "options").contains(key.getKey());
      }
    }
    if (!fits) {
      options.fault(
          "option '"
              + name
              + "' must be a verifier's name, or a mapping with verifier and options, was "
              + node);
      return null;
    }
    try {
      return known.create(verifier, node.path("options"));
    } catch (IllegalArgumentException e) {
      options.fault("option '" + name + "': " + e.getMessage());
      return null;
    }
  }
}
