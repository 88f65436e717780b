package org.r1zero.verify.code;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.r1zero.verify.Problem;

/** Problems for tests of the code verifier. */
final class CodeProblems {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path HUMAN_EVAL = Path.of("../data/humaneval/HumanEval.jsonl.gz");

  private CodeProblems() {}

  /** A function with test code. */
  static Problem function(String entryPoint, String... tests) {
    ObjectNode data = JsonNodeFactory.instance.objectNode();
    if (!entryPoint.isEmpty()) {
      data.put("entry_point", entryPoint);
    }
    for (String test : tests) {
      data.withArray("/tests").add(test);
    }
    return new Problem("test/function", "Write a function.", "", data);
  }

  /** A program with pairs of input and output. */
  static Problem program(String... inputsAndOutputs) {
    ObjectNode data = JsonNodeFactory.instance.objectNode();
    for (int i = 0; i < inputsAndOutputs.length; i += 2) {
      data.withArray("/tests")
          .addObject()
          .put("input", inputsAndOutputs[i])
          .put("output", inputsAndOutputs[i + 1]);
    }
    return new Problem("test/program", "Write a program.", "", data);
  }

  /** A problem whose data is written as JSON. */
  static Problem json(String text) {
    try {
      return new Problem("test/json", "", "", (ObjectNode) JSON.readTree(text));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Markdown around a Python program. */
  static String fenced(String code) {
    return "Here it is:\n```python\n" + code + "\n```\n";
  }

  /**
   * One of HumanEval's problems.
   *
   * @param solution continues the prompt
   */
  record HumanEval(Problem problem, String entryPoint, String prompt, String solution) {
    @Override
    public String toString() {
      return problem.id();
    }
  }

  /** All 164. */
  static List<HumanEval> humanEval() throws IOException {
    List<HumanEval> problems = new ArrayList<>();
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(HUMAN_EVAL)), StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        JsonNode node = JSON.readTree(line);
        ObjectNode data = JsonNodeFactory.instance.objectNode();
        data.set("prompt", node.get("prompt"));
        data.set("tests", node.get("test"));
        data.set("entry_point", node.get("entry_point"));
        Problem problem =
            new Problem(node.get("task_id").asText(), node.get("prompt").asText(), "", data);
        problems.add(
            new HumanEval(
                problem,
                node.get("entry_point").asText(),
                node.get("prompt").asText(),
                node.get("canonical_solution").asText()));
      }
    }
    return problems;
  }
}
