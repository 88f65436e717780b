package org.r1zero.coldstart.curate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A trace before it is chosen.
 *
 * @param example what it would be; {@code null} where nothing was said: it counts among the traces
 *     of its problem, and is not chosen
 * @param asked the id of the problem that it answers
 * @param question the problem's text, without any prompt
 * @param passed whether each filter by a verifier lets it through, in the order of the filters
 */
public record Candidate(
    @Nullable Example example, String asked, String question, Map<String, Boolean> passed) {

  /** A trace of the example's problem. */
  public Candidate(Example example, String question, Map<String, Boolean> passed) {
    this(example, example.problem(), question, passed);
  }

  /** All that is learned from it, and its question: what must not overlap an evaluation set. */
  List<String> texts() {
    List<String> texts = new ArrayList<>(List.of(question));
    if (example != null) {
      texts.add(example.completion());
      if (example.messages().isEmpty()) {
        texts.add(example.prompt());
      }
      example.messages().forEach(message -> texts.add(message.content()));
    }
    return texts;
  }
}
