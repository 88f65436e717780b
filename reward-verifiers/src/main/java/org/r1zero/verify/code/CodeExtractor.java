package org.r1zero.verify.code;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.r1zero.verify.format.ReasoningFormat;
import org.r1zero.verify.format.TagScanner;

/**
 * Finds the program in a completion.
 *
 * <p>Looks in the last answer tags, else in what follows the reasoning, else in the whole text.
 * There the last fenced block counts that is in the wanted language and defines the wanted name,
 * else the last one in the language, else the last one without a language. Without any fence the
 * text itself is taken for the program, as models without chat training write it.
 */
final class CodeExtractor {

  private final TagScanner scanner;

  CodeExtractor(ReasoningFormat format) {
    this.scanner = new TagScanner(format);
  }

  /**
   * Finds the program.
   *
   * @param wanted matches a program that defines what is tested
   * @return the program, its indentation kept; empty where there is none
   */
  Optional<String> extract(String completion, Language language, Optional<Pattern> wanted) {
    Optional<String> answer = scanner.lastAnswer(completion).filter(text -> !text.isBlank());
    String afterThinking = answer.orElseGet(() -> scanner.afterThinking(completion));
    String place = afterThinking.isBlank() ? completion : afterThinking;
    List<Block> blocks = blocks(place);
    if (blocks.isEmpty()) {
      return place.isBlank() ? Optional.empty() : Optional.of(place);
    }
    String best = null;
    int bestRank = 0;
    for (Block block : blocks) {
      int rank = 1;
      if (language.isNamed(block.info())) {
        rank = 3;
      } else if (block.info().isEmpty()) {
        rank = 2;
      }
      if (rank > 1 && wanted.isPresent() && wanted.get().matcher(block.text()).find()) {
        rank += 2;
      }
      if (rank >= bestRank && !block.text().isBlank()) {
        best = block.text();
        bestRank = rank;
      }
    }
    return Optional.ofNullable(best);
  }

  /** A fenced block; one that is not closed goes on to the end. */
  private record Block(String info, String text) {}

  private static List<Block> blocks(String text) {
    List<Block> blocks = new ArrayList<>();
    StringBuilder content = new StringBuilder();
    String info = null;
    String fence = "";
    for (String line : (Iterable<String>) text.lines()::iterator) {
      String start = line.stripLeading();
      if (info == null) {
        if (start.startsWith("```") || start.startsWith("~~~")) {
          fence = start.substring(0, 3);
          String rest = start.substring(3);
          info = rest.strip().toLowerCase(Locale.ROOT);
          content.setLength(0);
        }
      } else if (start.startsWith(fence)) {
        blocks.add(new Block(info, content.toString()));
        info = null;
      } else {
        content.append(line).append('\n');
      }
    }
    if (info != null) {
      blocks.add(new Block(info, content.toString()));
    }
    return blocks;
  }
}
