package org.r1zero.verify.math;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.r1zero.verify.format.ReasoningFormat;
import org.r1zero.verify.format.TagScanner;

/**
 * Finds the text of the answer in a completion, from the first of the given sources that has one.
 *
 * <p>Answer tags are looked for in the whole text; the other sources in what follows the reasoning,
 * and in the whole text if there is nothing.
 */
public final class AnswerExtractor {

  /**
   * With look-arounds for {@code \b}, which in Java takes quadratic time in a row of combining
   * marks.
   */
  private static final Pattern PHRASE =
      Pattern.compile(
          "(?<!\\w)answer(?!\\w)\\**\\s{0,4}+(?:(?<!\\w)is(?!\\w)|:|=)\\s{0,4}+:?\\**",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern SENTENCE_END = Pattern.compile("[.!?](?=\\s|$)|[\\r\\n]");

  private final TagScanner scanner;
  private final List<AnswerSource> sources;

  /**
   * Looks in {@code sources} in their order.
   *
   * @param format the tags of {@link AnswerSource#ANSWER_TAG}
   * @param sources where to look, the first first
   */
  public AnswerExtractor(ReasoningFormat format, List<AnswerSource> sources) {
    this.scanner = new TagScanner(format);
    this.sources = List.copyOf(sources);
  }

  /**
   * An answer as it stands in the completion.
   *
   * @param text the answer, white space around it removed; for {@link AnswerSource#LAST} the whole
   *     text that ends with it
   * @param source where it was found
   */
  public record Extracted(String text, AnswerSource source) {}

  /** Finds the answer; empty where no source has one that is not blank. */
  public Optional<Extracted> extract(String completion) {
    String afterThinking = scanner.afterThinking(completion);
    for (AnswerSource source : sources) {
      Optional<String> found = find(source, completion, afterThinking);
      if (found.isPresent()) {
        return Optional.of(new Extracted(found.get().strip(), source));
      }
    }
    return Optional.empty();
  }

  private Optional<String> find(AnswerSource source, String completion, String afterThinking) {
    if (source == AnswerSource.ANSWER_TAG) {
      return scanner.lastAnswer(completion).filter(answer -> !answer.isBlank());
    }
    Optional<String> found = find(source, afterThinking);
    return found.isPresent() ? found : find(source, completion);
  }

  private static Optional<String> find(AnswerSource source, String text) {
    Optional<String> found =
        switch (source) {
          case ANSWER_TAG -> throw new AssertionError(source);
          case BOXED -> lastBoxed(text);
          case HASHES -> afterHashes(text);
          case PHRASE -> afterPhrase(text);
          case LAST -> Optional.of(text);
        };
    return found.filter(answer -> !answer.isBlank());
  }

  /** The content of the last {@code \boxed} or {@code \fbox} whose braces are closed. */
  static Optional<String> lastBoxed(String text) {
    int from = text.length();
    for (int tries = 0; tries < 20 && from >= 0; tries++) {
      int box = Math.max(text.lastIndexOf("\\boxed", from), text.lastIndexOf("\\fbox", from));
      if (box < 0) {
        return Optional.empty();
      }
      int open = box + (text.startsWith("\\boxed", box) ? 6 : 5);
      while (open < text.length() && text.charAt(open) == ' ') {
        open++;
      }
      int close = Braces.close(text, open);
      if (close > open) {
        return Optional.of(text.substring(open + 1, close));
      }
      from = box - 1;
    }
    return Optional.empty();
  }

  private static Optional<String> afterHashes(String text) {
    int hashes = text.lastIndexOf("####");
    if (hashes < 0) {
      return Optional.empty();
    }
    String rest = text.substring(hashes + 4).stripLeading();
    return rest.lines().findFirst();
  }

  private static Optional<String> afterPhrase(String text) {
    Matcher matcher = PHRASE.matcher(text);
    int end = -1;
    while (matcher.find()) {
      end = matcher.end();
    }
    if (end < 0) {
      return Optional.empty();
    }
    String rest = text.substring(end).strip();
    Matcher stop = SENTENCE_END.matcher(rest);
    return Optional.of(stop.find() ? rest.substring(0, stop.start()) : rest);
  }
}
