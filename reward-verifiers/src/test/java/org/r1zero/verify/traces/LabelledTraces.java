package org.r1zero.verify.traces;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Labelled traces: generated ones of many kinds, from a seed and sentences in thirteen languages,
 * and handmade ones that share no sentence with them.
 */
public final class LabelledTraces {

  private static final List<String> LANGUAGES =
      List.of("en", "es", "fr", "de", "it", "pt", "nl", "pl", "tr", "ru", "zh", "ja", "ko");
  private static final List<String> FORMULAS =
      List.of(
          "$x^2 + %d = %d$",
          "\\(\\frac{%d}{%d} = 0.5\\)",
          "%d * 3 = %d",
          "\\[ \\sum_{i=1}^{%d} i = %d \\]",
          "$$\\begin{aligned} a &= %d \\\\ \\text{apples} &= %d \\end{aligned}$$");
  private static final List<String> CODE =
      List.of(
          "```python\ndef total(prices):\n    return sum(prices) + %d\n```",
          "```java\nint result = Math.max(%d, total);\nSystem.out.println(result);\n```",
          "for (int i = 0; i < %d; i++) {\n  total += values[i];\n}",
          "`for item in basket: print(item, %d)`");
  private static final List<String> NAMES =
      List.of("Natalia", "Ben", "Jürgen", "Mrs. Okonkwo", "Chiara", "Xiaoming", "Pedro Álvarez");

  private final Random random;
  private final Map<String, List<String>> sentences = new TreeMap<>();

  private LabelledTraces(long seed) {
    random = new Random(seed);
    for (String language : LANGUAGES) {
      sentences.put(language, read(language + ".txt").lines().toList());
    }
  }

  /** Generated traces, {@code count} of each kind, always the same ones for a seed. */
  public static List<LabelledTrace> generated(long seed, int count) {
    LabelledTraces maker = new LabelledTraces(seed);
    List<LabelledTrace> traces = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      maker.addAll(traces, i);
    }
    return traces;
  }

  /** Traces written by hand. */
  public static List<LabelledTrace> handmade() {
    List<LabelledTrace> traces = new ArrayList<>();
    for (String line : read("handmade.jsonl").lines().toList()) {
      try {
        JsonNode node = new ObjectMapper().readTree(line);
        traces.add(
            new LabelledTrace(
                node.path("id").asText(),
                "handmade",
                node.path("text").asText(),
                node.path("language").asText(),
                node.path("consistent").asInt() == 1,
                node.path("rambling").asInt() == 1));
      } catch (IOException e) {
        throw new UncheckedIOException("handmade trace: " + line, e);
      }
    }
    return traces;
  }

  private void addAll(List<LabelledTrace> traces, int i) {
    String other = LANGUAGES.get(1 + i % (LANGUAGES.size() - 1));
    traces.add(trace("clean", i, "en", prose("en", 3 + i % 6), true, false));
    traces.add(trace("clean, other language", i, other, prose(other, 3 + i % 4), true, false));
    traces.add(trace("clean, formulas", i, "en", withFormulas("en"), true, false));
    traces.add(trace("clean, code", i, "en", withCode(), true, false));
    traces.add(trace("clean, names", i, "en", withNames(), true, false));
    traces.add(trace("mixed, one sentence", i, "en", mixed("en", other), false, false));
    traces.add(trace("mixed, English in it", i, other, mixed(other, "en"), false, false));
    traces.add(trace("mixed, within a sentence", i, "en", spliced(other), false, false));
    traces.add(trace("rambling, loop", i, "en", loop("en"), true, true));
    traces.add(trace("rambling, loop, other language", i, other, loop(other), true, true));
    Arithmetic arithmetic = new Arithmetic(random);
    traces.add(trace("model, clean", i, "en", arithmetic.clean(), true, false));
    traces.add(trace("model, mixed", i, "en", arithmetic.mixed(), false, false));
    traces.add(trace("model, rambling", i, "en", arithmetic.rambling(), true, true));
    traces.add(trace("model, endless", i, "en", arithmetic.endless(), true, true));
  }

  private static LabelledTrace trace(
      String kind, int i, String language, String text, boolean consistent, boolean rambling) {
    return new LabelledTrace(kind + "/" + i, kind, text, language, consistent, rambling);
  }

  private String tagged(String thoughts) {
    return random.nextBoolean()
        ? "<think> " + thoughts + " </think> <answer> " + number() + " </answer>"
        : thoughts + "\n\\boxed{" + number() + "}";
  }

  private String prose(String language, int count) {
    return tagged(join(different(language, count)));
  }

  private String withFormulas(String language) {
    List<String> parts = different(language, 4);
    parts.add(1 + random.nextInt(3), formula());
    parts.add(formula());
    return tagged(join(parts));
  }

  private String withCode() {
    List<String> parts = different("en", 4);
    parts.add(2, "\n" + String.format(pick(CODE), number()) + "\n");
    return tagged(join(parts));
  }

  private String withNames() {
    List<String> parts = different("en", 3);
    String name = pick(NAMES);
    parts.add(1, name + " buys " + number() + " pears, and " + name + " likes them.");
    parts.add("That is what " + name + " and " + pick(NAMES) + " wanted to know.");
    return tagged(join(parts));
  }

  private String mixed(String language, String other) {
    List<String> parts = different(language, 2 + random.nextInt(4));
    parts.add(random.nextInt(parts.size() + 1), pick(different(other, 1)));
    return tagged(join(parts));
  }

  /** The first half of an English sentence, then another language's second half. */
  private String spliced(String other) {
    List<String> parts = different("en", 2 + random.nextInt(2));
    String english = different("en", 1).get(0);
    String foreign = different(other, 1).get(0);
    int cut = english.indexOf(' ', english.length() / 3);
    int from = Math.max(0, foreign.indexOf(' ', foreign.length() / 3));
    parts.add(1, english.substring(0, cut) + " " + foreign.substring(from).strip());
    return tagged(join(parts));
  }

  private String loop(String language) {
    List<String> parts = different(language, 2 + random.nextInt(3));
    List<String> all = new ArrayList<>(parts);
    int from = random.nextInt(parts.size());
    for (int i = 0; i < 2 + random.nextInt(4); i++) {
      all.addAll(parts.subList(from, parts.size()));
    }
    return tagged(join(all));
  }

  private List<String> different(String language, int count) {
    List<String> all = new ArrayList<>(sentences.getOrDefault(language, List.of()));
    List<String> some = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String sentence = all.remove(random.nextInt(all.size()));
      some.add(
          sentence
              .replace("{a}", Integer.toString(number()))
              .replace("{b}", Integer.toString(number()))
              .replace("{c}", Integer.toString(number())));
    }
    return some;
  }

  private String formula() {
    return String.format(pick(FORMULAS), number(), number());
  }

  private int number() {
    return 2 + random.nextInt(98);
  }

  private String pick(List<String> from) {
    return from.get(random.nextInt(from.size()));
  }

  private static String join(List<String> parts) {
    return String.join(" ", parts);
  }

  private static String read(String name) {
    try (InputStream in = LabelledTraces.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("no resource " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("resource " + name, e);
    }
  }
}
