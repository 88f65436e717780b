package org.r1zero.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A text that has broken, or could break, a parser: made when asked for, so that a corpus of
 * megabyte texts does not fill the memory.
 *
 * @param name what a failed test shows
 * @param text makes it
 */
public record HostileText(String name, Supplier<String> text) {

  private static final int MEGABYTE = 1 << 20;
  private static final int FUZZED = 200;
  private static final long SEED = 20260101;

  /** What fuzzed texts are put together from: what verifiers look for, and what confuses them. */
  private static final List<String> PIECES =
      List.of(
          "<think>",
          "</think>",
          "<answer>",
          "</answer>",
          "\\boxed{",
          "\\frac{1}{",
          "}",
          "{",
          "(",
          ")",
          "[",
          "]",
          "\\(",
          "\\]",
          "$",
          "$$",
          "```",
          "```python\n",
          "\n",
          " ",
          "\t",
          "\0",
          "1",
          "0",
          "-7",
          "3.14",
          "1,000",
          "1/0",
          "1/3",
          "50%",
          "+",
          "-",
          "*",
          "/",
          "=",
          "^",
          "_",
          ",",
          ".",
          "x",
          "\\sqrt",
          "\\pi",
          "∞",
          "±",
          "the answer is",
          "####",
          "Wait,",
          "然后",
          "réponse",
          "答案",
          "\uD800",
          "\uDC00",
          "😀",
          "e\u0301",
          "\u202E",
          "\uFEFF",
          "\\",
          "\"",
          "'",
          "%s",
          "&lt;");

  /** All of them: unit-sized ones, megabyte-sized ones, and seeded random mixtures. */
  public static List<HostileText> corpus() {
    List<HostileText> texts = new ArrayList<>(small());
    texts.addAll(large());
    return texts;
  }

  /** Texts of at most a few kilobytes. */
  public static List<HostileText> small() {
    List<HostileText> texts = new ArrayList<>();
    add(texts, "empty", "");
    add(texts, "white space", " \t\r\n\u00A0\u2003\u3000");
    add(texts, "NUL", "a\0b\0");
    add(texts, "control characters", characters(0, 0x20) + characters(0x7F, 0xA0));
    add(texts, "unpaired high surrogate", "1 \uD83D 2");
    add(texts, "unpaired low surrogate", "1 \uDE00 2");
    add(texts, "surrogates in the wrong order", "\uDE00\uD83D");
    add(texts, "surrogate at the end", "72\uD83D");
    add(texts, "byte order mark and non-characters", "\uFEFF\uFFFE\uFFFF\uFDD0");
    add(texts, "right-to-left override", "\u202E27\u202C");
    add(texts, "zero width", "7\u200B2\u200D\u2060");
    add(texts, "other digits", "٧٢ ७२ ７２ 𝟕𝟐 ⑦ ²");
    add(texts, "power tower", "9^9^9^9^9^9 9**9**9**9 10^{10^{10^{10}}}");
    add(texts, "huge exponent", "1e999999999 1E-999999999 6\\times10^{99999999999}");
    add(texts, "division by zero", "1/0 0/0 \\frac{1}{0} 1%0");
    add(texts, "factorials", "99999999999! 9!!!!!!!!");
    add(texts, "not a number", "NaN Infinity -Infinity null None undefined");
    add(texts, "escapes", "\\u0041 \\x41 %n %s %999999999d {} {0} ${jndi:ldap://x/y} $1 \\1");
    add(texts, "markup", "<think/><answer x='1'></answer  ><ANSWER>1</ANSWER><!-- <answer> -->");
    add(texts, "other languages' code", "__import__('os').system('x') System.exit(0); rm -rf ~");
    add(texts, "tags in the wrong order", "</answer>1<answer></think>2<think>");
    add(texts, "tags one inside the other", "<think><answer>1</think>2</answer>");
    Random random = new Random(SEED);
    for (int i = 0; i < FUZZED; i++) {
      long seed = random.nextLong();
      texts.add(new HostileText("fuzzed " + i, () -> fuzzed(new Random(seed))));
    }
    return texts;
  }

  /** Texts of about a megabyte. */
  public static List<HostileText> large() {
    List<HostileText> texts = new ArrayList<>();
    for (String unit :
        List.of(
            "a",
            "(",
            ")",
            "()",
            "[",
            "{",
            "}",
            "\\frac{",
            "\\sqrt{",
            "\\boxed{",
            "\\left(",
            "<",
            "<think>",
            "</think>",
            "<answer>",
            "</answer>",
            "<answer>1</answer>",
            "9",
            "1/",
            "1+",
            "1 ",
            "1,",
            "1.",
            "-",
            "=",
            "^",
            "1=",
            "$",
            "\\",
            "`",
            "```python\n",
            "{\"a\":",
            " ",
            "\n",
            "\"",
            "the answer is ",
            "####",
            "!",
            "x^",
            "e\u0301",
            "\u0301",
            "然",
            "\uD800",
            "\uDC00",
            "😀",
            "\0",
            "def f():\n",
            "and so on, ")) {
      texts.add(
          new HostileText(
              "a megabyte of " + unit.strip(), () -> unit.repeat(MEGABYTE / unit.length())));
    }
    int deep = 300_000;
    add(texts, "deep parentheses", "(".repeat(deep) + "1" + ")".repeat(deep));
    add(texts, "deep braces", "\\boxed{" + "{".repeat(deep) + "1" + "}".repeat(deep + 1));
    add(texts, "deep fractions", "\\frac{1".repeat(50_000) + "}{2}".repeat(50_000));
    add(texts, "deep signs", "-".repeat(deep) + "1");
    add(texts, "many words", words(150_000));
    add(texts, "every character", characters(0, 0x10000));
    return texts;
  }

  private static void add(List<HostileText> texts, String name, String text) {
    texts.add(new HostileText(name, () -> text));
  }

  private static String fuzzed(Random random) {
    int pieces = 1 + random.nextInt(60);
    return random
        .ints(pieces, 0, PIECES.size())
        .mapToObj(PIECES::get)
        .collect(Collectors.joining());
  }

  private static String words(int count) {
    Random random = new Random(SEED);
    return random
        .ints(count, 0, 5000)
        .mapToObj(i -> Integer.toString(i, 36))
        .collect(Collectors.joining(" "));
  }

  private static String characters(int from, int to) {
    StringBuilder text = new StringBuilder();
    IntStream.range(from, to).forEach(c -> text.append((char) c));
    return text.toString();
  }
}
