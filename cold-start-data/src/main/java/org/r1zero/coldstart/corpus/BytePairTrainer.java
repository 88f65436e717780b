package org.r1zero.coldstart.corpus;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Learns byte-level byte-pair merges (Sennrich et al., arXiv:1508.07909; on bytes as in GPT-2),
 * digits always single.
 */
final class BytePairTrainer {
  /** GPT-2's way of cutting text into words, as the tokenizers library has it. */
  private static final Pattern WORDS =
      Pattern.compile(
          "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+");

  private static final Pattern DIGITS = Pattern.compile("\\p{Nd}");

  private BytePairTrainer() {}

  /** Two tokens that become one. */
  record Merge(String left, String right) {}

  /** The 256 byte tokens in order, each as the printable character that stands for its byte. */
  static List<String> byteTokens() {
    List<String> tokens = new ArrayList<>();
    for (int b = 0; b < 256; b++) {
      tokens.add(String.valueOf(printable(b)));
    }
    return tokens;
  }

  private static char printable(int b) {
    boolean plain = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || (b >= 0xAE && b <= 0xFF);
    if (plain) {
      return (char) b;
    }
    int shifted = 256;
    for (int i = 0; i < b; i++) {
      boolean other =
          (i >= '!' && i <= '~') || (i >= 0xA1 && i <= 0xAC) || (i >= 0xAE && i <= 0xFF);
      shifted += other ? 0 : 1;
    }
    return (char) shifted;
  }

  /**
   * Learns merges, the most frequent pair first; among equals the alphabetically first.
   *
   * @param texts without the added tokens' texts
   */
  static List<Merge> train(Iterable<String> texts, int merges) {
    Map<String, Integer> counts = new TreeMap<>();
    for (String text : texts) {
      for (String piece : splitDigits(text)) {
        Matcher matcher = WORDS.matcher(piece);
        while (matcher.find()) {
          counts.merge(matcher.group(), 1, Integer::sum);
        }
      }
    }
    Map<List<String>, Integer> words = new LinkedHashMap<>();
    counts.forEach((word, count) -> words.put(bytes(word), count));
    List<Merge> result = new ArrayList<>();
    while (result.size() < merges) {
      Merge best = mostFrequent(words);
      if (best == null) {
        return result;
      }
      result.add(best);
      Map<List<String>, Integer> merged = new LinkedHashMap<>();
      words.forEach((word, count) -> merged.merge(apply(best, word), count, Integer::sum));
      words.clear();
      words.putAll(merged);
    }
    return result;
  }

  private static List<String> splitDigits(String text) {
    List<String> pieces = new ArrayList<>();
    int end = 0;
    Matcher matcher = DIGITS.matcher(text);
    while (matcher.find()) {
      pieces.add(text.substring(end, matcher.start()));
      pieces.add(matcher.group());
      end = matcher.end();
    }
    pieces.add(text.substring(end));
    return pieces;
  }

  private static List<String> bytes(String word) {
    List<String> symbols = new ArrayList<>();
    for (byte b : word.getBytes(StandardCharsets.UTF_8)) {
      symbols.add(String.valueOf(printable(b & 0xff)));
    }
    return symbols;
  }

  private static @Nullable Merge mostFrequent(Map<List<String>, Integer> words) {
    Map<Merge, Integer> pairs = new HashMap<>();
    words.forEach(
        (word, count) -> {
          for (int i = 0; i + 1 < word.size(); i++) {
            pairs.merge(new Merge(word.get(i), word.get(i + 1)), count, Integer::sum);
          }
        });
    return pairs.entrySet().stream()
        .filter(e -> e.getValue() > 1)
        .min(
            Comparator.comparingInt((Map.Entry<Merge, Integer> e) -> -e.getValue())
                .thenComparing(e -> e.getKey().left() + "\0" + e.getKey().right()))
        .map(Map.Entry::getKey)
        .orElse(null);
  }

  private static List<String> apply(Merge merge, List<String> word) {
    List<String> result = new ArrayList<>(word.size());
    for (int i = 0; i < word.size(); i++) {
      if (i + 1 < word.size()
          && word.get(i).equals(merge.left())
          && word.get(i + 1).equals(merge.right())) {
        result.add(merge.left() + merge.right());
        i++;
      } else {
        result.add(word.get(i));
      }
    }
    return result;
  }
}
