package org.r1zero.coldstart.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import org.r1zero.verify.Problem;

/**
 * {@code gpqa}: multiple choice in the columns that GPQA (Rein et al., arXiv:2311.12022) is
 * published in. The question's own text decides the order of the choices; the gold is a letter.
 */
public final class GpqaBenchmark extends HeldOutBenchmark {
  private static final String RIGHT = "Correct Answer";
  private static final String WRONG = "Incorrect Answer ";
  private static final int MOST = 25;

  /** Found by the service loader. */
  public GpqaBenchmark() {
    super("gpqa", "data/gpqa/gpqa_diamond.csv", "GPQA's gpqa_diamond.csv");
  }

  @Override
  Problem problem(JsonNode node, String where, int line) {
    String question = PublishedFile.text(node, "Question", where).strip();
    String right = PublishedFile.text(node, RIGHT, where).strip();
    List<String> choices = new ArrayList<>(List.of(right));
    choices.add(PublishedFile.text(node, WRONG + 1, where).strip());
    for (int i = 2; i <= MOST && node.hasNonNull(WRONG + i); i++) {
      choices.add(PublishedFile.text(node, WRONG + i, where).strip());
    }
    CRC32 hash = new CRC32();
    hash.update(question.getBytes(StandardCharsets.UTF_8));
    Collections.shuffle(choices, new Random(hash.getValue()));
    if (choices.indexOf(right) != choices.lastIndexOf(right)) {
      throw new IllegalArgumentException(where + ": the right answer is among the wrong ones");
    }
    StringBuilder text = new StringBuilder(question).append("\n\n");
    for (int i = 0; i < choices.size(); i++) {
      text.append(letter(i)).append(") ").append(choices.get(i)).append('\n');
    }
    text.append("\nAnswer with the letter of the right choice.");
    ObjectNode data = JsonNodeFactory.instance.objectNode();
    if (node.hasNonNull("Subdomain")) {
      data.set("subject", node.get("Subdomain"));
    }
    String id = node.path("Record ID").asText("");
    return new Problem(
        "gpqa/" + (id.isEmpty() ? Integer.toString(line) : id),
        text.toString(),
        letter(choices.indexOf(right)),
        data);
  }

  private static String letter(int place) {
    return String.valueOf((char) ('A' + place));
  }
}
