package org.r1zero.coldstart.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.function.BiPredicate;
import org.r1zero.verify.OptionReader;
import org.r1zero.verify.Problem;

/**
 * {@code humaneval}, {@code mbpp} and {@code livecodebench} as they are published: their own fields
 * go to the verifier {@code code} as they are.
 */
abstract class CodeBenchmark extends HeldOutBenchmark {
  CodeBenchmark(String name, String file, String form) {
    super(name, file, form);
  }

  /** {@code humaneval} (Chen et al., arXiv:2107.03374): a function to be completed. */
  public static final class HumanEval extends CodeBenchmark {
    /** Found by the service loader. */
    public HumanEval() {
      super("humaneval", "data/humaneval/HumanEval.jsonl.gz", "HumanEval.jsonl.gz");
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
      super("mbpp", "data/mbpp/mbpp.jsonl", "MBPP's mbpp.jsonl");
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

  /**
   * {@code livecodebench} (Jain et al., arXiv:2403.07974), its code generation: a program that
   * reads standard input, or a method to be completed. Options {@code from} and {@code until} are
   * the first and the last day of the contests that problems are taken of, so that a model can be
   * asked what is newer than its training.
   */
  public static final class LiveCodeBench extends CodeBenchmark {
    /** Found by the service loader. */
    public LiveCodeBench() {
      super(
          "livecodebench",
          "data/livecodebench/test.jsonl",
          "a file of LiveCodeBench's code generation, such as test.jsonl, and from and until to"
              + " days of its contests");
    }

    @Override
    String id(JsonNode node, String where) {
      return PublishedFile.text(node, "question_id", where);
    }

    @Override
    BiPredicate<JsonNode, String> wanted(OptionReader options) {
      LocalDate from = day(options, "from", LocalDate.MIN);
      LocalDate until = day(options, "until", LocalDate.MAX);
      if (from.equals(LocalDate.MIN) && until.equals(LocalDate.MAX)) {
        return (record, where) -> true;
      }
      return (record, where) -> {
        String date = PublishedFile.text(record, "contest_date", where);
        try {
          LocalDate day = LocalDate.parse(date.substring(0, Math.min(date.length(), 10)));
          return !day.isBefore(from) && !day.isAfter(until);
        } catch (DateTimeParseException e) {
          throw new IllegalArgumentException(
              where + ": contest_date must begin with a day such as 2024-08-01, was " + date, e);
        }
      };
    }

    private static LocalDate day(OptionReader options, String name, LocalDate otherwise) {
      String day = options.text(name, "");
      if (day.isEmpty()) {
        return otherwise;
      }
      try {
        return LocalDate.parse(day);
      } catch (DateTimeParseException e) {
        options.fault(name + " must be a day such as \"2024-08-01\", was " + day);
        return otherwise;
      }
    }

    @Override
    String question(JsonNode node, String where) {
      PublishedFile.text(node, "public_test_cases", where);
      PublishedFile.text(node, "private_test_cases", where);
      String content = PublishedFile.text(node, "question_content", where).strip();
      String starter = node.path("starter_code").asText("").stripTrailing();
      return content
          + (starter.isBlank()
              ? "\n\nAnswer with a Python program in a code block. It reads its input from standard"
                  + " input and writes its answer to standard output."
              : "\n\nComplete the following Python code. Answer with all of it in a code"
                  + " block.\n```python\n"
                  + starter
                  + "\n```");
    }
  }

  /** What is put to the model; checks the record's form. */
  abstract String question(JsonNode node, String where);

  /** What the benchmark calls the problem. */
  String id(JsonNode node, String where) {
    return PublishedFile.text(node, "task_id", where);
  }

  @Override
  final Problem problem(JsonNode node, String where, int line) {
    if (!(node instanceof ObjectNode data)) {
      throw new IllegalArgumentException(where + ": must be an object, was " + node);
    }
    String id = id(node, where);
    return new Problem(
        id.startsWith(name()) ? id : name() + "/" + id, question(node, where), "", data);
  }
}
