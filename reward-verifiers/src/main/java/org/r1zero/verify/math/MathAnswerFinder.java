package org.r1zero.verify.math;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.r1zero.verify.format.ReasoningFormat;
import org.r1zero.verify.format.TagScanner;
import org.r1zero.verify.math.read.AnswerText;
import org.r1zero.verify.math.read.MathSpans;
import org.r1zero.verify.math.read.Remarks;
import org.r1zero.verify.math.read.Sentences;

/**
 * Finds where in a completion the answer stands: for each source in turn the texts that may be it,
 * the likeliest first.
 *
 * <p>Answer tags are looked for in the whole text; the other sources in what follows the reasoning,
 * and in the whole text where that has nothing.
 */
final class MathAnswerFinder {

  /** Anything that is looked for stands near the end. */
  private static final int TAIL = 6_000;

  private static final int MAX_CANDIDATES = 12;
  private static final Pattern ANSWER =
      Pattern.compile(
          "\\banswers?\\b|\\bans\\b(?=\\s?[:.=])|答案|答え|答：|答:|正解|정답|답은|답:|(?<!\\p{L})(?:ответ|respuesta|resposta|risposta|réponse|antwort"
              + "|odpowiedź|cevap|đáp án|الإجابة|الجواب|उत्तर)(?!\\p{L})",
          Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
  private static final Pattern MARK =
      Pattern.compile(
          "\\bis\\b\\s?:?|\\bare\\b\\s?:?|[:：]|=|\\bequals\\b|[是为為は]\\s?[:：]?|\\b(?:es|est|ist|è|é|jest|là|هي|هو)(?!\\p{L})\\s?:?",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern MARKED = Pattern.compile("[:：是为為は]");
  private static final Pattern CLOSING =
      Pattern.compile(
          "final answer is:?\\s{0,3}(.{1,300}?)\\.?\\s{0,3}I hope",
          Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
  private static final Pattern SENTENCE_END = Pattern.compile("[.!?](?=\\s|$|<)|[\\r\\n。！？]");

  private final TagScanner scanner;
  private final List<AnswerSource> sources;

  MathAnswerFinder(ReasoningFormat format, List<AnswerSource> sources) {
    this.scanner = new TagScanner(format);
    this.sources = List.copyOf(sources);
  }

  /** The candidates of the first source that has any; empty where none has. */
  List<String> find(String completion) {
    return find(completion, sources);
  }

  /** The candidates of the first of some sources that has any; empty where none has. */
  List<String> find(String completion, List<AnswerSource> among) {
    String afterThinking = scanner.afterThinking(completion);
    for (AnswerSource source : among) {
      List<String> found =
          source == AnswerSource.ANSWER_TAG
              ? scanner.lastAnswer(completion).map(List::of).orElse(List.of())
              : find(source, afterThinking);
      if (hasText(found)) {
        return clean(found);
      }
    }
    for (AnswerSource source : among) {
      List<String> found = find(source, completion);
      if (hasText(found)) {
        return clean(found);
      }
    }
    return List.of();
  }

  private static List<String> clean(List<String> texts) {
    return texts.stream().map(String::strip).filter(text -> !text.isEmpty()).distinct().toList();
  }

  private static boolean hasText(List<String> texts) {
    return texts.stream().anyMatch(text -> !text.isBlank());
  }

  /** The candidates of one source. */
  static List<String> find(AnswerSource source, String text) {
    return switch (source) {
      case ANSWER_TAG -> List.of();
      case BOXED -> boxed(text);
      case HASHES -> afterHashes(text);
      case PHRASE -> afterPhrase(text);
      case LAST -> last(text);
    };
  }

  /** The last box, unless the closing formula of few-shot prompts comes after it. */
  private static List<String> boxed(String text) {
    Boxes.Found box = Boxes.last(text).orElse(null);
    if (box == null) {
      return List.of();
    }
    Matcher closing = CLOSING.matcher(text).region(box.end(), text.length());
    if (closing.find()) {
      List<String> direct = direct(closing.group(1));
      if (!direct.isEmpty()) {
        return direct;
      }
    }
    return List.of(box.content());
  }

  private static List<String> afterHashes(String text) {
    int hashes = text.lastIndexOf("####");
    return hashes < 0
        ? List.of()
        : text.substring(hashes + 4).stripLeading().lines().findFirst().stream().toList();
  }

  private static List<String> afterPhrase(String text) {
    String tail = tail(text);
    List<Integer> ends = new ArrayList<>();
    Matcher answer = ANSWER.matcher(tail);
    while (answer.find()) {
      ends.add(answer.end());
    }
    for (int i = ends.size() - 1; i >= Math.max(0, ends.size() - 8); i--) {
      List<String> found = inSentence(tail, ends.get(i));
      if (!found.isEmpty()) {
        return found;
      }
    }
    return List.of();
  }

  /** What the sentence says that has the word "answer" before {@code from}. */
  private static List<String> inSentence(String text, int from) {
    int start = from;
    while (start < text.length() && "*_:：是为為は\" \t\r\n".indexOf(text.charAt(start)) >= 0) {
      start++;
    }
    boolean marked = MARKED.matcher(text.substring(Math.max(0, from - 1), start)).find();
    String rest = text.substring(start, Math.min(text.length(), start + 1_500));
    int stop = sentenceEnd(rest);
    if (rest.startsWith("?", stop)) {
      return List.of();
    }
    String sentence = rest.substring(0, stop);
    Matcher mark = MARK.matcher(sentence);
    while (mark.find()) {
      boolean near = mark.start() <= 100 && MathSpans.outside(sentence, mark.start());
      if (near && !(marked && mark.group().matches("[:=]"))) {
        List<String> direct = direct(sentence.substring(mark.end()));
        if (!direct.isEmpty()) {
          return direct;
        }
      }
    }
    if (marked || mark.reset().find()) {
      List<String> direct = direct(sentence);
      if (!direct.isEmpty() && marked) {
        return direct;
      }
    }
    List<String> last = expressions(sentence);
    if (!last.isEmpty()) {
      return last;
    }
    if (mark.reset().find() && !sentence.substring(mark.end()).isBlank()) {
      return List.of(sentence.substring(mark.end()));
    }
    return marked && !sentence.isBlank() ? List.of(sentence) : List.of();
  }

  /** Where an expression comes at once: it, and what else of the sentence may belong to it. */
  private static List<String> direct(String text) {
    String rest = text.strip();
    while (!rest.isEmpty() && "\"'*“‘".indexOf(rest.charAt(0)) >= 0) {
      rest = rest.substring(1).strip();
    }
    List<MathSpans> formulas = MathSpans.formulas(rest);
    if (!formulas.isEmpty() && formulas.get(0).start() == 0) {
      return List.of(said(rest, formulas.get(0)));
    }
    if (!rest.isEmpty() && AnswerText.parses(rest)) {
      return List.of(rest);
    }
    String plainly = Remarks.without(rest);
    if (plainly != null && AnswerText.parses(plainly)) {
      return List.of(plainly);
    }
    List<MathSpans> plain = MathSpans.plain(rest);
    boolean atOnce =
        !plain.isEmpty()
            && (plain.get(0).start() == 0
                || rest.substring(0, plain.get(0).start()).matches("[$€£]"));
    return atOnce ? List.of(said(rest, longest(plain))) : List.of();
  }

  /** An expression, or all of its sentence where other words there make another value of it. */
  private static String said(String sentence, MathSpans span) {
    return Sentences.stands(sentence, span.start(), span.end()) ? span.text() : sentence;
  }

  private static MathSpans longest(List<MathSpans> spans) {
    MathSpans best = spans.get(0);
    for (MathSpans span : spans) {
      best = span.start() == best.start() && span.end() > best.end() ? span : best;
    }
    return best;
  }

  /** The end of the first sentence, full stops in formulas and numbers not counted. */
  private static int sentenceEnd(String text) {
    List<MathSpans> formulas = MathSpans.formulas(text);
    Matcher end = SENTENCE_END.matcher(text);
    while (end.find()) {
      int at = end.start();
      if (formulas.stream().noneMatch(span -> span.start() < at && at < span.end())) {
        return at;
      }
    }
    return text.length();
  }

  private static List<String> last(String text) {
    String tail = tail(text);
    List<String> found = new ArrayList<>();
    String whole = text.strip();
    int open = whole.lastIndexOf("<answer>");
    if (open >= 0) {
      // Cut off before its tag was closed.
      return last(whole.substring(open + "<answer>".length()));
    }
    if (whole.length() <= 300 && Remarks.without(whole) == null && AnswerText.parses(whole)) {
      found.add(whole);
    }
    String value = whole.length() <= 300 ? Sentences.value(whole) : null;
    if (value != null && value.indexOf('=') > 0) {
      found.add(value);
    }
    found.addAll(expressions(tail));
    if (found.isEmpty() && whole.length() <= 300) {
      found.add(whole);
    }
    return found;
  }

  /**
   * The formula or number that ends last; of a number outside of formulas also the shorter readings
   * that end there. All of the text where words beside it make another value of it.
   */
  private static List<String> expressions(String text) {
    List<MathSpans> spans = new ArrayList<>(MathSpans.formulas(text));
    int formulas = spans.size();
    spans.addAll(MathSpans.plain(text));
    if (spans.isEmpty()) {
      return List.of();
    }
    List<MathSpans> marked = List.copyOf(spans.subList(0, formulas));
    spans.sort(
        Comparator.comparingInt(MathSpans::end).reversed().thenComparingInt(MathSpans::start));
    MathSpans last = spans.get(0);
    if (!Sentences.stands(text, last.start(), last.end())) {
      return List.of(text);
    }
    boolean formula = marked.contains(last);
    return spans.stream()
        .filter(span -> span.equals(last) || (!formula && span.end() >= last.end() - 1))
        .limit(MAX_CANDIDATES)
        .map(MathSpans::text)
        .toList();
  }

  private static String tail(String text) {
    return text.substring(Math.max(0, text.length() - TAIL));
  }
}
