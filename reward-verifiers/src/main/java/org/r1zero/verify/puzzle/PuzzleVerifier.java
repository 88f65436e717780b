package org.r1zero.verify.puzzle;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.r1zero.verify.AnswerVerifier;
import org.r1zero.verify.Completion;
import org.r1zero.verify.OptionReader;
import org.r1zero.verify.OptionValues;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.VerifierProvider;
import org.r1zero.verify.format.ReasoningFormat;
import org.r1zero.verify.format.TagScanner;
import org.r1zero.verify.records.Records;

/**
 * Judges answers to the data set {@code puzzles}: 1 for a right one, otherwise 0. The answer is
 * what stands in the answer tags, otherwise after the last {@code answer:}, otherwise the last line
 * (the last paragraph where several numbers are wanted). How it is read says the problem's {@link
 * AnswerKind}.
 */
public final class PuzzleVerifier implements AnswerVerifier {

  private static final int MAX_ANSWER = 10_000;
  private static final int MAX_DIGITS = 60;

  /** Words before an answer among which a negation is about it. */
  private static final int NEAR = 2;

  private static final Pattern NUMBER = Pattern.compile("-?\\d+(?:\\.\\d+)?");
  private static final Pattern THOUSANDS = Pattern.compile("(?<=\\d),(?=\\d{3}(?!\\d))");
  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}]+(?:-[\\p{L}\\p{N}]+)*");

  /** What makes another value of a number, or a question. */
  private static final Pattern ATTACHED_BEFORE =
      Pattern.compile("[\\p{L}\\p{N}]$|[-+*×.^/√∛<>≤≥≠~≈±]\\s*$");

  private static final Pattern ATTACHED_AFTER =
      Pattern.compile("^[\\p{L}\\p{No}]|^\\s*[%‰°^/*×+!?]|\\?\\s*$");
  private static final String ANSWER = "answer:";
  private static final Set<String> HEDGES =
      Set.of(
          ("about almost approximately around roughly nearly maybe perhaps possibly "
                  + "probably least most than above below over under")
              .split(" "));
  private static final Set<String> ARTICLES = Set.of("a", "an", "the");
  private static final Set<String> NEGATIONS = Set.of("not", "never", "neither", "nor", "cannot");

  private final TagScanner scanner;

  /** Sets the answer tags. */
  public PuzzleVerifier(ReasoningFormat format) {
    this.scanner = new TagScanner(format);
  }

  /** An answer that can't be read; the message says why. */
  private static final class UnreadableException extends Exception {
    private static final long serialVersionUID = 1;

    UnreadableException(String message) {
      super(message);
    }
  }

  @Override
  public String id() {
    return "puzzle";
  }

  /** A problem is sound where its own gold is a right answer. */
  @Override
  public void check(Problem problem) {
    AnswerKind kind = kind(problem);
    try {
      String fault = fault(problem, kind, problem.gold());
      if (fault != null) {
        throw problem.fault("its gold is not a right answer: " + fault);
      }
    } catch (UnreadableException e) {
      throw problem.fault("its gold can't be read: " + e.getMessage(), e);
    }
  }

  @Override
  public Verdict verify(Problem problem, Completion completion) {
    AnswerKind kind = kind(problem);
    if (completion.truncated()) {
      return Verdict.truncated(0);
    }
    String answer = find(completion.text(), kind == AnswerKind.NUMBERS);
    if (answer.isBlank()) {
      return new Verdict(0, Outcome.UNPARSEABLE, "no answer found");
    }
    if (answer.length() > MAX_ANSWER) {
      return new Verdict(0, Outcome.UNPARSEABLE, "the answer is too long");
    }
    try {
      String fault = fault(problem, kind, answer);
      return fault == null
          ? new Verdict(1, Outcome.CORRECT, "right")
          : new Verdict(0, Outcome.INCORRECT, fault);
    } catch (UnreadableException e) {
      return new Verdict(0, Outcome.UNPARSEABLE, String.valueOf(e.getMessage()));
    }
  }

  @Override
  public Optional<String> answer(Completion completion) {
    String answer = completion.truncated() ? "" : find(completion.text(), false);
    List<String> words = answer.length() > MAX_ANSWER ? List.of() : words(answer);
    return words.isEmpty() ? Optional.empty() : Optional.of(String.join(" ", words));
  }

  @Override
  public boolean equivalent(String one, String other) {
    return one.equals(other);
  }

  private String find(String text, boolean paragraph) {
    Optional<String> tagged = scanner.lastAnswer(text);
    if (tagged.isPresent()) {
      return tagged.get().strip();
    }
    String end = text.stripTrailing();
    for (int at = end.length() - ANSWER.length(); at >= 0; at--) {
      if (end.regionMatches(true, at, ANSWER, 0, ANSWER.length())) {
        return end.substring(at + ANSWER.length()).strip();
      }
    }
    return end.substring(end.lastIndexOf(paragraph ? "\n\n" : "\n") + 1).strip();
  }

  /** What is wrong with an answer; {@code null} where it is right. */
  private static @Nullable String fault(Problem problem, AnswerKind kind, String answer)
      throws UnreadableException {
    return switch (kind) {
      case NUMBER -> compared(number(answer), number(problem.gold()));
      case NUMBERS -> numbers(answer, problem.gold());
      case DIGITS -> compared(digits(answer), digits(problem.gold()));
      case WORDS -> compared(words(answer), words(problem.gold()));
      case CHOICE -> compared(choice(problem, answer), choice(problem, problem.gold()));
      case ASSIGNMENT -> compared(assigned(problem, answer), assigned(problem, problem.gold()));
      case COLOURING -> clash(problem, assigned(problem, answer));
    };
  }

  private static @Nullable String compared(Object found, Object expected) {
    return found.equals(expected)
        ? null
        : "expected " + shown(expected) + ", found " + shown(found);
  }

  private static String shown(Object value) {
    return Records.shortened(value.toString(), 100, "…");
  }

  /** What follows the last equals sign. */
  private static String result(String answer) {
    return answer.substring(answer.lastIndexOf('=') + 1).replace('\u2212', '-');
  }

  private static BigDecimal number(String answer) throws UnreadableException {
    String text = THOUSANDS.matcher(result(answer).replace("**", "")).replaceAll("");
    List<BigDecimal> numbers = all(text);
    if (numbers.size() != 1) {
      throw new UnreadableException(
          "expected one number, found " + (numbers.isEmpty() ? "none" : numbers.size()));
    }
    Matcher number = NUMBER.matcher(text);
    number.find();
    if (ATTACHED_BEFORE.matcher(text.substring(0, number.start())).find()
        || ATTACHED_AFTER.matcher(text.substring(number.end())).find()) {
      throw new UnreadableException("expected a number alone, found " + shown(text.strip()));
    }
    List<String> before = words(text.substring(0, number.start()));
    if (before.stream().anyMatch(HEDGES::contains)) {
      throw new UnreadableException("expected one number, found a bound or a guess");
    }
    if (!before.isEmpty() && negated(before, before.size())) {
      throw new UnreadableException("expected an answer, found what it is not");
    }
    return numbers.get(0);
  }

  private static List<BigDecimal> all(String text) throws UnreadableException {
    List<BigDecimal> numbers = new ArrayList<>();
    for (Matcher number = NUMBER.matcher(text); number.find(); ) {
      if (number.end() - number.start() > MAX_DIGITS) {
        throw new UnreadableException("a number has too many digits");
      }
      numbers.add(new BigDecimal(number.group()).stripTrailingZeros());
    }
    return numbers;
  }

  /** Numbers, or, where all wanted are digits, digits with nothing between them. */
  private static @Nullable String numbers(String answer, String gold) throws UnreadableException {
    List<BigDecimal> expected = all(gold);
    String text = result(answer);
    List<BigDecimal> found = all(text);
    if (found.size() != expected.size() && gold.chars().noneMatch(c -> c == '-')) {
      List<BigDecimal> digits = all(text.replaceAll("(\\d)", "$1 "));
      boolean wanted = expected.stream().allMatch(n -> n.compareTo(BigDecimal.TEN) < 0);
      found = wanted && digits.size() == expected.size() ? digits : found;
    }
    if (found.size() != expected.size()) {
      throw new UnreadableException(
          "expected " + expected.size() + " numbers, found " + found.size());
    }
    for (int i = 0; i < found.size(); i++) {
      if (found.get(i).compareTo(expected.get(i)) != 0) {
        return String.format(
            "expected %s in place %s, found %s",
            expected.get(i).toPlainString(), i + 1, shown(found.get(i).toPlainString()));
      }
    }
    return null;
  }

  private static String digits(String answer) throws UnreadableException {
    String text = result(answer).strip();
    List<String> words = words(text);
    if (words.size() != 1 || text.startsWith("-")) {
      throw new UnreadableException("expected digits only, found " + shown(text));
    }
    String digits = words.get(0).replaceFirst("^0+(?=.)", "");
    if (digits.length() > MAX_DIGITS) {
      throw new UnreadableException("the number has too many digits");
    }
    return digits;
  }

  /** In lower case. */
  private static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    for (Matcher word = WORD.matcher(text); word.find(); ) {
      words.add(word.group().toLowerCase(Locale.ROOT));
    }
    return words;
  }

  private static String choice(Problem problem, String answer) throws UnreadableException {
    Set<String> choices = new LinkedHashSet<>();
    texts(problem, "choices").forEach(choice -> choices.add(choice.toLowerCase(Locale.ROOT)));
    List<String> words = words(answer);
    for (int i = 1; i < words.size(); i++) {
      if (choices.contains(words.get(i))
          && IntStream.rangeClosed(Math.max(1, i - NEAR), i).anyMatch(n -> negated(words, n))) {
        throw new UnreadableException("expected an answer, found what it is not");
      }
    }
    Set<String> named = new LinkedHashSet<>(words);
    named.retainAll(choices);
    if (named.size() != 1) {
      throw new UnreadableException(
          named.isEmpty()
              ? "expected one of " + shown(choices)
              : "expected one answer, found " + shown(named));
    }
    return named.iterator().next();
  }

  /** Whether a negation stands before the word at a place, with an article between them or not. */
  private static boolean negated(List<String> words, int place) {
    int before = place - 1;
    while (before > 0 && ARTICLES.contains(words.get(before))) {
      before--;
    }
    return NEGATIONS.contains(words.get(before))
        || (words.get(before).equals("t") && before > 0 && words.get(before - 1).endsWith("n"));
  }

  /** Each name is followed by its value, whatever stands between them but a negation. */
  private static Map<String, String> assigned(Problem problem, String answer)
      throws UnreadableException {
    List<String> names = texts(problem, "names");
    List<String> values = texts(problem, "values");
    Map<String, String> found = new HashMap<>();
    List<String> words = words(answer);
    int place = 0;
    String current = null;
    String last = null;
    for (Matcher word = WORD.matcher(answer); word.find(); ) {
      String name = among(names, word.group());
      String value = among(values, word.group());
      if (name != null) {
        current = name;
        last = name;
      } else if (value != null
          && last != null
          && current == null
          && !value.equals(found.get(last))) {
        throw new UnreadableException(last + " is said to be " + found.get(last) + " and " + value);
      } else if (value != null && current != null) {
        if (negated(words, place)) {
          throw new UnreadableException(current + " is only said not to be " + value);
        }
        String before = found.put(current, value);
        if (before != null && !before.equals(value)) {
          throw new UnreadableException(current + " is said to be " + before + " and " + value);
        }
        current = null;
      }
      place++;
    }
    for (String name : names) {
      if (!found.containsKey(name)) {
        throw new UnreadableException("nothing is said of " + name);
      }
    }
    return found;
  }

  private static @Nullable String among(List<String> texts, String word) {
    for (String text : texts) {
      if (text.length() == 1 ? text.equals(word) : text.equalsIgnoreCase(word)) {
        return text;
      }
    }
    return null;
  }

  private static @Nullable String clash(Problem problem, Map<String, String> colours) {
    List<String> names = texts(problem, "names");
    for (JsonNode edge : problem.field("edges")) {
      String one = named(problem, names, edge.path(0));
      String other = named(problem, names, edge.path(1));
      if (String.valueOf(colours.get(one)).equals(colours.get(other))) {
        return one + " and " + other + " are both " + colours.get(one);
      }
    }
    return null;
  }

  private static String named(Problem problem, List<String> names, JsonNode place) {
    int at = place.asInt(-1);
    if (at < 0 || at >= names.size()) {
      throw problem.fault("edges must be pairs of places in names, found " + place);
    }
    return names.get(at);
  }

  private static List<String> texts(Problem problem, String field) {
    List<String> texts = new ArrayList<>();
    problem.field(field).forEach(text -> texts.add(text.asText()));
    if (texts.isEmpty()) {
      throw problem.fault(
          String.format(
              "the verifier 'puzzle' needs the field %s, a list of texts, found %s",
              field, problem.field(field).isMissingNode() ? "none" : problem.field(field)));
    }
    return texts;
  }

  private static AnswerKind kind(Problem problem) {
    JsonNode kind = problem.field("kind");
    return OptionValues.constant(AnswerKind.class, kind)
        .orElseThrow(
            () ->
                problem.fault(
                    "the verifier 'puzzle' needs the field kind, as problems of the data set puzzles"
                        + " have it, found "
                        + (kind.asText().isEmpty() ? "none" : kind.asText())));
  }

  /** Makes {@link PuzzleVerifier}s; option {@code format}. */
  public static final class Provider implements VerifierProvider {

    @Override
    public String id() {
      return "puzzle";
    }

    @Override
    public String description() {
      return "any right answer to a problem of the data set puzzles";
    }

    @Override
    public Verifier create(JsonNode node) {
      OptionReader options = OptionReader.of("verifier 'puzzle'", node);
      JsonNode format = options.node("format");
      options.finish();
      return new PuzzleVerifier(ReasoningFormat.parse(format));
    }
  }
}
