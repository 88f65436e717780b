package org.r1zero.verify.format;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Set;
import org.r1zero.verify.OptionReader;

/**
 * The tags around the reasoning and the answer: shared by the prompt, which asks for them, and by
 * the verifiers, which look for them.
 *
 * @param thinkOpen opens the reasoning
 * @param thinkClose closes it
 * @param answerOpen opens the answer
 * @param answerClose closes it
 * @param promptOpensThink whether the prompt ends with {@code thinkOpen}, as TinyZero's does, so
 *     that a completion starts inside the reasoning and should not have that tag
 */
public record ReasoningFormat(
    String thinkOpen,
    String thinkClose,
    String answerOpen,
    String answerClose,
    boolean promptOpensThink) {

  /** {@code <think>…</think> <answer>…</answer>}, all of it written by the model. */
  public static final ReasoningFormat DEFAULT =
      new ReasoningFormat("<think>", "</think>", "<answer>", "</answer>", false);

  /** Checks that the four tags can be told apart. */
  public ReasoningFormat {
    List<String> tags = List.of(thinkOpen, thinkClose, answerOpen, answerClose);
    if (Set.copyOf(tags).size() != tags.size() || tags.stream().anyMatch(String::isBlank)) {
      throw new IllegalArgumentException(
          "the four tags must be different and not blank, were " + tags);
    }
    for (String tag : tags) {
      for (String other : tags) {
        if (!tag.equals(other) && other.contains(tag)) {
          throw new IllegalArgumentException("tag " + tag + " is a part of tag " + other);
        }
      }
    }
  }

  /** The same tags with another {@link #promptOpensThink}. */
  public ReasoningFormat withPromptOpensThink(boolean opens) {
    return new ReasoningFormat(thinkOpen, thinkClose, answerOpen, answerClose, opens);
  }

  /**
   * Reads a format from the options of a verifier or prompt: {@code think_open}, {@code
   * think_close}, {@code answer_open}, {@code answer_close}, {@code prompt_opens_think}, each
   * defaulting to {@link #DEFAULT}'s.
   *
   * @throws IllegalArgumentException if an option is unknown or unfit
   */
  public static ReasoningFormat parse(JsonNode node) {
    OptionReader options = OptionReader.of("format", node);
    String thinkOpen = options.text("think_open", DEFAULT.thinkOpen);
    String thinkClose = options.text("think_close", DEFAULT.thinkClose);
    String answerOpen = options.text("answer_open", DEFAULT.answerOpen);
    String answerClose = options.text("answer_close", DEFAULT.answerClose);
    boolean opens = options.flag("prompt_opens_think", DEFAULT.promptOpensThink);
    options.finish();
    return new ReasoningFormat(thinkOpen, thinkClose, answerOpen, answerClose, opens);
  }
}
