package org.r1zero.verify.math;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.r1zero.verify.Completion;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.math.read.AnswerText;

/**
 * Cases of a published test suite: a resource, or where it is not in this repository a file of the
 * folder that {@code R1ZERO_MATH_SUITES} names. provenance.json says which files of which commit
 * they were read from.
 */
record Suite(String name, List<Suite.Case> cases) {

  private static final String FOLDER = "R1ZERO_MATH_SUITES";
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * A case.
   *
   * @param node with gold, completion, expected and perhaps options; or answer and unreadable
   * @param id unique in its suite
   */
  record Case(String id, JsonNode node) {

    /** Why we differ from the suite on purpose; empty where we don't. */
    String differs() {
      return node.path("differs").asText();
    }

    /** Whether our verdict is the suite's. */
    boolean agrees() {
      if (node.path("unreadable").asBoolean()) {
        return !AnswerText.parses(node.path("answer").asText());
      }
      return verdict().score() == node.path("expected").asInt();
    }

    Verdict verdict() {
      // The suites ask whether two values are equal, calculations included.
      ObjectNode options = JSON.createObjectNode().put("evaluated", false);
      node.path("options").properties().forEach(o -> options.set(o.getKey(), o.getValue()));
      Verifier verifier = new MathVerifier.Provider().create(options);
      return verifier.verify(
          new Problem(id, "", node.path("gold").asText()),
          Completion.of(node.path("completion").asText()));
    }
  }

  /** Ends the test as skipped, with the reason, where a suite is not on this machine. */
  static void require(String name) {
    assumeTrue(
        Suite.class.getResource(name + ".jsonl") != null || System.getenv(FOLDER) != null,
        "the cases of " + name + " are not in this repository: " + FOLDER + " names their folder");
  }

  static Suite load(String name) {
    require(name);
    List<Case> cases = new ArrayList<>();
    String folder = System.getenv(FOLDER);
    String text =
        Suite.class.getResource(name + ".jsonl") != null || folder == null
            ? text(name + ".jsonl")
            : file(Path.of(folder, name + ".jsonl"));
    for (String line : text.lines().toList()) {
      JsonNode node = parse(line);
      cases.add(new Case(node.path("id").asText(), node));
    }
    return new Suite(name, List.copyOf(cases));
  }

  static JsonNode parse(String json) {
    try {
      return JSON.readTree(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String file(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String text(String resource) {
    try (InputStream stream = Suite.class.getResourceAsStream(resource)) {
      if (stream == null) {
        throw new IllegalStateException("no resource " + resource);
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
