package org.r1zero.coldstart.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.r1zero.verify.Problem;

/**
 * {@code humaneval} and {@code mbpp} as they are published: their own fields go to the verifier
 * {@code code} as they are.
 */
abstract class CodeBenchmark extends HeldOutBenchmark {
  CodeBenchmark(String file, String form) {
    super(file, form);
  }

  /** {@code humaneval} (Chen et al., arXiv:2107.03374): a function to be completed. */
  public static final class HumanEval extends CodeBenchmark {
    /** Found by the service loader. */
    public HumanEval() {
      super("data/humaneval/HumanEval.jsonl.gz", "HumanEval.jsonl.gz");
    }

    @Override
    public String name() {
      return "humaneval";
    }

    @Override
    String question(JsonNode node, String where) {
      PublishedFile.text(node, "test", where);
      PublishedFile.text(node, "entry_point", where);
      return "Complete the following Python function. Answer with the whole function in a code"
          + " block.\n```python\n"
          + PublishedFile.text(node, "prompt", where)
          + "```";
    }
  }

  /**
   * {@code mbpp} (Austin et al., arXiv:2108.07732): a task in words, {@code text} or in the
   * sanitized file {@code prompt}; the prompt shows its tests, as the paper's does.
   */
  public static final class Mbpp extends CodeBenchmark {
    /** Found by the service loader. */
    public Mbpp() {
      super("data/mbpp/mbpp.jsonl", "MBPP's mbpp.jsonl");
    }

    @Override
    public String name() {
      return "mbpp";
    }

    @Override
    String question(JsonNode node, String where) {
      JsonNode tests = node.path("test_list");
      if (!tests.isArray() || tests.isEmpty()) {
        throw new IllegalArgumentException(
            where + ": must have test_list, a list of assertions, found " + tests);
      }
      StringBuilder question = new StringBuilder();
      question.append(
          PublishedFile.text(node, node.has("text") ? "text" : "prompt", where).strip());
      question.append(
          "\nAnswer with a Python program in a code block. It should pass these tests:");
      tests.forEach(test -> question.append('\n').append(test.asText()));
      return question.toString();
    }
  }

  /** What is put to the model; checks the record's form. */
  abstract String question(JsonNode node, String where);

  @Override
  final Problem problem(JsonNode node, String where, int line) {
    if (!(node instanceof ObjectNode data)) {
      throw new IllegalArgumentException(where + ": must be an object, was " + node);
    }
    String id = PublishedFile.text(node, "task_id", where);
    return new Problem(
        id.startsWith(name()) ? id : name() + "/" + id, question(node, where), "", data);
  }
}
