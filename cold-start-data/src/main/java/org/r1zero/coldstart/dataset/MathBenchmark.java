package org.r1zero.coldstart.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.r1zero.verify.Problem;

/**
 * {@code math500}, {@code aime} and {@code amc}: {@code problem} and {@code answer} in JSON lines,
 * as MATH-500 (Lightman et al., arXiv:2305.20050) the AIME and the AMC sets are published.
 */
abstract class MathBenchmark extends HeldOutBenchmark {
  MathBenchmark(String name, String file, String form) {
    super(name, file, form);
  }

  /** {@code math500}: difficulty is the field {@code level}. */
  public static final class Math500 extends MathBenchmark {
    /** Found by the service loader. */
    public Math500() {
      super("math500", "data/math500/test.jsonl", "MATH-500's test.jsonl");
    }
  }

  /** {@code aime}: the answers are whole numbers. */
  public static final class Aime extends MathBenchmark {
    /** Found by the service loader. */
    public Aime() {
      super("aime", "data/aime24/aime24.jsonl.gz", "AIME's JSON lines");
    }
  }

  /** {@code amc}: the answers are numbers. */
  public static final class Amc extends MathBenchmark {
    /** Found by the service loader. */
    public Amc() {
      super("amc", "data/amc/amc.jsonl", "AMC's JSON lines");
    }
  }

  @Override
  final Problem problem(JsonNode node, String where, int line) {
    ObjectNode data = JsonNodeFactory.instance.objectNode();
    copy(node, "level", "difficulty", data);
    copy(node, "subject", "subject", data);
    copy(node, "solution", "solution", data);
    String id = node.has("unique_id") ? node.path("unique_id").asText() : node.path("id").asText();
    return new Problem(
        name() + "/" + (id.isEmpty() ? Integer.toString(line) : id),
        PublishedFile.text(node, "problem", where).strip(),
        PublishedFile.text(node, "answer", where).strip(),
        data);
  }

  private static void copy(JsonNode from, String field, String to, ObjectNode data) {
    if (from.hasNonNull(field)) {
      data.set(to, from.get(field));
    }
  }
}
