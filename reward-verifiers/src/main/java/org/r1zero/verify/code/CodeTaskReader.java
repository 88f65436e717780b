package org.r1zero.verify.code;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.r1zero.verify.Problem;
import org.r1zero.verify.records.Records;

/**
 * Reads the tests of a problem in the forms in which data sets have them.
 *
 * <p>{@code tests} (or HumanEval's {@code test}, MBPP's {@code test_list}) is
 *
 * <ul>
 *   <li>a text or a list of texts: test code, which {@code test_setup_code} or {@code test_imports}
 *       may precede;
 *   <li>a list of objects with {@code input} and {@code output}: runs of the program;
 *   <li>a list of objects with {@code args} and {@code expected}: calls of {@code entry_point};
 *   <li>an object with {@code inputs} and {@code outputs}: runs, or with {@code fn_name} calls;
 *   <li>a text that is JSON of one of these.
 * </ul>
 *
 * <p>LiveCodeBench's records have tests in {@linkplain LiveCodeBenchTests fields of their own}.
 */
final class CodeTaskReader {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private CodeTaskReader() {}

  /**
   * Reads a problem.
   *
   * @throws IllegalArgumentException if it has no tests, or tests of another form
   */
  static CodeTask read(Problem problem, Language defaultLanguage) {
    JsonNode tests = unwrapped(first(problem, "tests", "test", "test_list"));
    if (tests.isMissingNode()) {
      tests = LiveCodeBenchTests.of(problem).map(JsonNode.class::cast).orElse(tests);
    }
    Optional<String> entry = text(problem.field("entry_point"));
    if (entry.isEmpty()) {
      entry = text(tests.path("fn_name")).or(() -> LiveCodeBenchTests.entryPoint(problem));
    }
    String begun = LiveCodeBenchTests.isForm(problem) ? "starter_code" : "prompt";
    String prompt = text(problem.field(begun)).orElse(problem.question());
    Optional<CodeTests> read = tests(problem, tests, entry.isPresent());
    if (read.isEmpty()) {
      throw problem.fault(
          "the verifier 'code' needs the field tests: test code, a list of {input, output},"
              + " or a list of {args, expected} with entry_point; found "
              + (tests.isMissingNode() ? "none" : shown(tests)));
    }
    return new CodeTask(problem, language(problem, defaultLanguage), prompt, entry, read.get());
  }

  private static Optional<CodeTests> tests(Problem problem, JsonNode tests, boolean hasEntry) {
    if (tests.isTextual() && !tests.textValue().isBlank()) {
      return Optional.of(asserts(problem, List.of(tests.textValue())));
    }
    if (tests.isObject()) {
      return pairs(tests.path("inputs"), tests.path("outputs"), hasEntry);
    }
    if (!tests.isArray() || tests.isEmpty()) {
      return Optional.empty();
    }
    if (tests.path(0).isTextual()) {
      return texts(tests).map(sources -> asserts(problem, sources));
    }
    if (tests.path(0).has("args")) {
      return hasEntry ? calls(tests) : Optional.empty();
    }
    ArrayNode inputs = JsonNodeFactory.instance.arrayNode();
    ArrayNode outputs = JsonNodeFactory.instance.arrayNode();
    for (JsonNode test : tests) {
      inputs.add(test.path("input"));
      outputs.add(test.path("output"));
    }
    boolean functional = tests.path(0).path("testtype").asText().equals("functional");
    return pairs(inputs, outputs, functional && hasEntry);
  }

  private static CodeTests asserts(Problem problem, List<String> sources) {
    List<String> all = new ArrayList<>();
    texts(problem.field("test_imports")).ifPresent(all::addAll);
    text(problem.field("test_setup_code")).ifPresent(all::add);
    all.addAll(sources);
    return new CodeTests.Asserts(List.copyOf(all));
  }

  private static Optional<CodeTests> calls(JsonNode tests) {
    List<CodeTests.Call> calls = new ArrayList<>();
    for (JsonNode test : tests) {
      if (!test.path("args").isArray() || !test.has("expected")) {
        return Optional.empty();
      }
      calls.add(new CodeTests.Call(test.path("args"), test.path("expected")));
    }
    return Optional.of(new CodeTests.Calls(calls, false));
  }

  private static Optional<CodeTests> pairs(JsonNode inputs, JsonNode outputs, boolean calls) {
    if (!inputs.isArray() || inputs.isEmpty() || inputs.size() != outputs.size()) {
      return Optional.empty();
    }
    List<CodeTests.Call> called = new ArrayList<>();
    List<CodeTests.Run> runs = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      JsonNode in = inputs.path(i);
      JsonNode out = outputs.path(i);
      if (calls) {
        called.add(new CodeTests.Call(arguments(in), unwrapped(out)));
        continue;
      }
      Optional<String> input = lines(in);
      Optional<String> output = lines(out);
      if (input.isEmpty() || output.isEmpty()) {
        return Optional.empty();
      }
      runs.add(new CodeTests.Run(input.get(), output.get()));
    }
    if (!calls) {
      return Optional.of(new CodeTests.Runs(runs));
    }
    boolean wrapped =
        called.stream().allMatch(c -> c.expected().isArray() && c.expected().size() == 1);
    return Optional.of(new CodeTests.Calls(called, wrapped));
  }

  /** LiveCodeBench writes the arguments as JSON, one a line; APPS as an array. */
  private static JsonNode arguments(JsonNode in) {
    if (!in.isTextual()) {
      return in.isArray() ? in : JsonNodeFactory.instance.arrayNode().add(in);
    }
    ArrayNode arguments = JsonNodeFactory.instance.arrayNode();
    in.textValue().lines().filter(line -> !line.isBlank()).forEach(l -> arguments.add(parsed(l)));
    return arguments;
  }

  /** A text, a number, or a list of lines. */
  private static Optional<String> lines(JsonNode node) {
    if (node.isTextual() || node.isNumber()) {
      return Optional.of(node.asText());
    }
    return texts(node).map(lines -> String.join("\n", lines) + "\n");
  }

  private static Language language(Problem problem, Language defaultLanguage) {
    Optional<String> name = text(problem.field("language"));
    if (name.isEmpty()) {
      return defaultLanguage;
    }
    for (Language language : Language.values()) {
      if (language.isNamed(name.get().toLowerCase(Locale.ROOT))) {
        return language;
      }
    }
    throw problem.fault(
        "the verifier 'code' runs python and java, the field language is " + name.get());
  }

  private static JsonNode first(Problem problem, String... names) {
    for (String name : names) {
      if (problem.data().hasNonNull(name)) {
        return problem.field(name);
      }
    }
    return JsonNodeFactory.instance.missingNode();
  }

  private static JsonNode unwrapped(JsonNode node) {
    return node.isTextual() ? parsed(node.textValue()) : node;
  }

  /** The JSON that a text holds, otherwise the text. */
  private static JsonNode parsed(String text) {
    try {
      JsonNode node = JSON.readTree(text);
      return node.isMissingNode() ? JsonNodeFactory.instance.textNode(text) : node;
    } catch (JsonProcessingException e) {
      return JsonNodeFactory.instance.textNode(text);
    }
  }

  private static Optional<String> text(JsonNode node) {
    return node.isTextual() && !node.textValue().isBlank()
        ? Optional.of(node.textValue())
        : Optional.empty();
  }

  private static Optional<List<String>> texts(JsonNode node) {
    List<String> texts = new ArrayList<>();
    for (JsonNode element : node) {
      if (!element.isTextual()) {
        return Optional.empty();
      }
      texts.add(element.textValue());
    }
    return node.isArray() ? Optional.of(texts) : Optional.empty();
  }

  private static String shown(JsonNode node) {
    String text = node.toString();
    return Records.shortened(text, 200, "…");
  }
}
