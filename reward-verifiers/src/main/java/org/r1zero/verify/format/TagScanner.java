package org.r1zero.verify.format;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds a format's tags in a text: one pass, no nesting, tags taken literally. */
public final class TagScanner {

  private final ReasoningFormat format;

  /** Scans for the tags of {@code format}. */
  public TagScanner(ReasoningFormat format) {
    this.format = format;
  }

  /** Which tag was found. */
  public enum Kind {
    /** Opens the reasoning. */
    THINK_OPEN,
    /** Closes the reasoning. */
    THINK_CLOSE,
    /** Opens the answer. */
    ANSWER_OPEN,
    /** Closes the answer. */
    ANSWER_CLOSE
  }

  /**
   * One tag in a text.
   *
   * @param kind which
   * @param start index of its first character
   * @param end index after its last character
   */
  public record Tag(Kind kind, int start, int end) {}

  /** All tags of {@code text} in order. */
  public List<Tag> scan(String text) {
    List<Tag> tags = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      Tag tag = tagAt(text, at);
      if (tag == null) {
        at++;
      } else {
        tags.add(tag);
        at = tag.end();
      }
    }
    return tags;
  }

  /**
   * The text of the last answer that is both opened and closed. Where an opening tag is repeated,
   * the one nearest to the closing tag counts.
   */
  public Optional<String> lastAnswer(String text) {
    int open = -1;
    String answer = null;
    for (Tag tag : scan(text)) {
      if (tag.kind() == Kind.ANSWER_OPEN) {
        open = tag.end();
      } else if (tag.kind() == Kind.ANSWER_CLOSE && open >= 0) {
        answer = text.substring(open, tag.start());
        open = -1;
      }
    }
    return Optional.ofNullable(answer);
  }

  /** What follows the last end of reasoning; the whole text where there is none. */
  public String afterThinking(String text) {
    int close = text.lastIndexOf(format.thinkClose());
    return close < 0 ? text : text.substring(close + format.thinkClose().length());
  }

  /**
   * The reasoning, from the opening tag (or from the start, where the prompt or nobody opened it)
   * to the last closing tag, or to the answer or the end where it is not closed.
   */
  public String thinking(String text) {
    int open = text.indexOf(format.thinkOpen());
    int start = open < 0 ? 0 : open + format.thinkOpen().length();
    int end = text.lastIndexOf(format.thinkClose());
    if (end < start) {
      int answer = text.indexOf(format.answerOpen(), start);
      end = answer < 0 ? text.length() : answer;
    }
    return text.substring(start, end);
  }

  private @Nullable Tag tagAt(String text, int at) {
    for (Kind kind : Kind.values()) {
      String literal = literal(kind);
      if (text.startsWith(literal, at)) {
        return new Tag(kind, at, at + literal.length());
      }
    }
    return null;
  }

  /** A tag as it stands in a text. */
  String literal(Kind kind) {
    return switch (kind) {
      case THINK_OPEN -> format.thinkOpen();
      case THINK_CLOSE -> format.thinkClose();
      case ANSWER_OPEN -> format.answerOpen();
      case ANSWER_CLOSE -> format.answerClose();
    };
  }
}
