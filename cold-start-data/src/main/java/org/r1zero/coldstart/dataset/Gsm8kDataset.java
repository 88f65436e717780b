package org.r1zero.coldstart.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.r1zero.verify.OptionReader;
import org.r1zero.verify.Problem;

/**
 * {@code gsm8k}: grade-school mathematics (Cobbe et al., arXiv:2110.14168) in its published JSON
 * lines, plain or gzipped; the test part is held out. Options: {@code train_file} and {@code
 * test_file}; {@code max_question_chars}, which leaves longer training questions out.
 */
public final class Gsm8kDataset implements DatasetProvider {
  private static final Pattern GOLD = Pattern.compile("-?\\d+(\\.\\d+)?");
  private static final String MARK = "####";

  @Override
  public String name() {
    return "gsm8k";
  }

  @Override
  public Dataset load(JsonNode node, long seed) {
    OptionReader options = OptionReader.at("task.options", node);
    Path train = options.file("train_file", "data/gsm8k/train.jsonl.gz");
    Path test = options.file("test_file", "data/gsm8k/test.jsonl.gz");
    int longest = options.positive("max_question_chars", Integer.MAX_VALUE);
    options.finish();
    List<Problem> problems =
        read(train, "gsm8k/train").stream().filter(p -> p.question().length() <= longest).toList();
    if (problems.isEmpty()) {
      throw new IllegalArgumentException(
          "task.options.max_question_chars " + longest + " leaves no problem of " + train);
    }
    return new Dataset(name(), problems, read(test, "gsm8k/test"));
  }

  /**
   * Reads a file.
   *
   * @param idPrefix before the line number, counted from 1
   */
  static List<Problem> read(Path file, String idPrefix) {
    return PublishedFile.read(
        file,
        "set task.options.train_file and test_file to GSM8K's JSONL files",
        (node, where, line) -> problem(node, where, idPrefix + "/" + line));
  }

  private static Problem problem(JsonNode node, String where, String id) {
    String question = node.path("question").textValue();
    String answer = node.path("answer").textValue();
    int mark = answer == null ? -1 : answer.lastIndexOf(MARK);
    if (question == null || question.isBlank() || answer == null || mark < 0) {
      throw new IllegalArgumentException(
          where + ": must have question, and answer with the gold after " + MARK);
    }
    ObjectNode data = JsonNodeFactory.instance.objectNode();
    data.put("solution", answer.substring(0, mark).strip());
    String gold = answer.substring(mark + MARK.length()).strip().replace(",", "");
    if (!GOLD.matcher(gold).matches()) {
      throw new IllegalArgumentException(
          where + ": the gold after " + MARK + " must be a number, was '" + gold + "'");
    }
    return new Problem(id, question.strip(), gold, data);
  }
}
