package org.r1zero.verify.code;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
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

  /** A fence: what stands before it (a list's mark, a quotation's), its marks and its words. */
  private static final Pattern FENCE =
      Pattern.compile("((?:[ \\t>]|[-*+][ \\t]|\\d{1,9}[.)][ \\t])*+)(`{3,}+|~{3,}+)([^`]*+)");

  /** Marks without a fence, as prompts for base models have them. */
  private static final Map<String, String> MARKS =
      Map.of("[PYTHON]", "[/PYTHON]", "[BEGIN]", "[DONE]", "[JAVA]", "[/JAVA]");

  private static List<Block> blocks(String text) {
    List<Block> blocks = new ArrayList<>();
    StringBuilder content = new StringBuilder();
    String info = null;
    String prefix = "";
    String end = "";
    for (String line : (Iterable<String>) text.lines()::iterator) {
      Matcher fence = FENCE.matcher(line);
      if (info == null) {
        String mark = line.strip().toUpperCase(Locale.ROOT);
        if (fence.matches()) {
          prefix = fence.group(1);
          end = fence.group(2);
          info = language(fence.group(3));
          content.setLength(0);
        } else if (MARKS.containsKey(mark)) {
          prefix = "";
          end = MARKS.getOrDefault(mark, "");
          info = mark.equals("[BEGIN]") ? "" : language(mark.substring(1, mark.length() - 1));
          content.setLength(0);
        }
      } else if (closes(line, fence, end, prefix) && !inText(content)) {
        blocks.add(new Block(info, content.toString()));
        info = null;
      } else {
        content.append(unindented(line, prefix)).append('\n');
      }
    }
    if (info != null) {
      blocks.add(new Block(info, content.toString()));
    }
    return blocks;
  }

  /** A fence within the code, in a comment or a text, is further in than the block's own. */
  private static boolean closes(String line, Matcher fence, String end, String prefix) {
    if (end.startsWith("[")) {
      return line.strip().equalsIgnoreCase(end);
    }
    return fence.matches()
        && fence.group(2).startsWith(end)
        && fence.group(3).isBlank()
        && fence.group(1).length() < prefix.length() + 4;
  }

  /** Whether the code so far ends within a text of several lines. */
  private static boolean inText(CharSequence code) {
    return TRIPLE.matcher(code).results().count() % 2 == 1;
  }

  private static final Pattern TRIPLE = Pattern.compile("\"\"\"|\'\'\'");

  /** A line without what stands before each of the block's lines. */
  private static String unindented(String line, String prefix) {
    int at = 0;
    while (at < Math.min(line.length(), prefix.length())
        && (line.charAt(at) == ' ' || line.charAt(at) == '\t' || line.charAt(at) == '>')) {
      at++;
    }
    return line.substring(at);
  }

  /** The first word after a fence: {@code python title=x}, {@code {.python}}. */
  private static String language(String info) {
    String[] words = info.toLowerCase(Locale.ROOT).strip().split("[\\s,:;={}.]+", -1);
    return words.length > 1 && words[0].isEmpty() ? words[1] : words[0];
  }
}
