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
 * <p>Looks in the last answer tags, otherwise in what follows the reasoning, otherwise in the whole
 * text. There the last fenced block counts that is in the wanted language and defines the wanted
 * name, otherwise the last one in the language, otherwise the last one without a language. Without
 * any fence the text itself is taken for the program, as models without chat training write it.
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
      return place.isBlank() ? Optional.empty() : Optional.of(inline(place, wanted).orElse(place));
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

  /** The last code within a line of text that defines the wanted name, where nothing else does. */
  private static Optional<String> inline(String text, Optional<Pattern> wanted) {
    if (wanted.isEmpty() || wanted.get().matcher(text).find()) {
      return Optional.empty();
    }
    return INLINE
        .matcher(text)
        .results()
        .map(span -> span.group(1))
        .filter(code -> wanted.get().matcher(code).find())
        .reduce((first, second) -> second);
  }

  private static final Pattern INLINE = Pattern.compile("`([^`\\n]++)`");

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
      String mark = line.strip().toUpperCase(Locale.ROOT);
      if (info != null && (!closes(line, fence, end) || inText(content))) {
        content.append(unindented(line, prefix)).append('\n');
        continue;
      }
      if (info != null) {
        blocks.add(new Block(info, content.toString()));
        info = null;
        if (end.startsWith("[") || !WORD.matcher(fence.group(3)).matches()) {
          continue;
        } // otherwise a block that was not closed, and the next one begins
      }
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
    }
    if (info != null) {
      blocks.add(new Block(info, content.toString()));
    }
    return blocks;
  }

  /** Whether a line can end a block; in code such a line stands within a text alone. */
  private static boolean closes(String line, Matcher fence, String end) {
    if (end.startsWith("[")) {
      return line.strip().equalsIgnoreCase(end);
    }
    return fence.matches()
        && fence.group(2).startsWith(end)
        && fence.group(1).chars().allMatch(c -> c == ' ' || c == '\t' || c == '>');
  }

  private static final Pattern WORD = Pattern.compile("[ \\t]*+\\{?\\.?[\\w+#-]++\\}?[ \\t]*+");

  /** Whether the code so far ends within a text of several lines, such as a docstring. */
  private static boolean inText(CharSequence code) {
    Matcher token = TOKEN.matcher(code);
    while (token.find()) {
      if (token.hitEnd() && token.group().length() >= 3 && OPEN.matcher(token.group()).matches()) {
        return true;
      }
    }
    return false;
  }

  /** A comment, a text of several lines, closed or not, or a text of one. */
  private static final Pattern TOKEN =
      Pattern.compile(
          "#[^\\n]*+|//[^\\n]*+|\"\"\"(?:[^\\\\\"]|\\\\.|\"(?!\"\"))*+(?:\"\"\")?"
              + "|'''(?:[^\\\\']|\\\\.|'(?!''))*+(?:''')?"
              + "|\"(?:[^\\\\\"\\n]|\\\\.)*+\"?|'(?:[^\\\\'\\n]|\\\\.)*+'?",
          Pattern.DOTALL);

  private static final Pattern OPEN = Pattern.compile("(\"\"\"|''')(?:(?!\\1).)*+", Pattern.DOTALL);

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
