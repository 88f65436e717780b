package org.r1zero.coldstart.curate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A trace before it is chosen.
 *
 * @param example what it would be
 * @param question the problem's text, without any prompt
 * @param passed whether each filter by a verifier lets it through, in the order of the filters
 */
public record Candidate(Example example, String question, Map<String, Boolean> passed) {

  /** All that is learned from it, and its question: what must not overlap an evaluation set. */
  List<String> texts() {
    List<String> texts = new ArrayList<>(List.of(question, example.completion()));
    if (example.messages().isEmpty()) {
      texts.add(example.prompt());
    }
    example.messages().forEach(message -> texts.add(message.content()));
    return texts;
  }
}
