package org.r1zero.verify.format;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.r1zero.verify.Completion;
import org.r1zero.verify.OptionReader;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.VerifierProvider;
import org.r1zero.verify.format.TagScanner.Kind;
import org.r1zero.verify.format.TagScanner.Tag;

/**
 * Whether a completion keeps to the thinking and answer tags.
 *
 * <p>Strict: score 1 if the completion is reasoning in its tags, then white space, then an answer
 * in its tags, then the end; each tag once, something visible in both; else 0.
 *
 * <p>Soft: the share of the expected tags that stand in the completion exactly once and in their
 * order; text around them is allowed. It leads a model that has none of the tags towards them.
 */
public final class FormatVerifier implements Verifier {

  private final ReasoningFormat format;
  private final TagScanner scanner;
  private final Mode mode;

  /** How exactly the tags are asked for. */
  public enum Mode {
    /** All or nothing. */
    STRICT,
    /** A share for each tag. */
    SOFT
  }

  /** Checks for {@code format} as exactly as {@code mode} says. */
  public FormatVerifier(ReasoningFormat format, Mode mode) {
    this.format = format;
    this.scanner = new TagScanner(format);
    this.mode = mode;
  }

  @Override
  public String id() {
    return "format";
  }

  @Override
  public Verdict verify(Problem problem, Completion completion) {
    List<Tag> tags = scanner.scan(completion.text());
    return mode == Mode.STRICT ? strict(completion.text(), tags) : soft(tags);
  }

  private List<Kind> expected() {
    return format.promptOpensThink()
        ? List.of(Kind.THINK_CLOSE, Kind.ANSWER_OPEN, Kind.ANSWER_CLOSE)
        : List.of(Kind.THINK_OPEN, Kind.THINK_CLOSE, Kind.ANSWER_OPEN, Kind.ANSWER_CLOSE);
  }

  /** Tags as they stand in a text. */
  private String written(List<Kind> kinds) {
    return kinds.isEmpty()
        ? "none"
        : kinds.stream().map(scanner::literal).collect(Collectors.joining(" "));
  }

  private Verdict strict(String text, List<Tag> tags) {
    List<Kind> found = tags.stream().map(Tag::kind).limit(5).toList();
    if (!found.equals(expected())) {
      return wrong("expected the tags " + written(expected()) + ", found " + written(found));
    }
    int last = tags.size() - 1;
    Tag thinkClose = tags.get(last - 2);
    Tag answerOpen = tags.get(last - 1);
    Tag answerClose = tags.get(last);
    int thinkStart = format.promptOpensThink() ? 0 : tags.get(0).end();
    if (!format.promptOpensThink() && !blank(text, 0, tags.get(0).start())) {
      return wrong("text before the reasoning");
    }
    if (blank(text, thinkStart, thinkClose.start())) {
      return wrong("the reasoning is blank");
    }
    if (!blank(text, thinkClose.end(), answerOpen.start())) {
      return wrong("text between the reasoning and the answer");
    }
    if (blank(text, answerOpen.end(), answerClose.start())) {
      return wrong("the answer is blank");
    }
    if (!blank(text, answerClose.end(), text.length())) {
      return wrong("text after the answer");
    }
    return new Verdict(1, Outcome.CORRECT, "in the format");
  }

  private Verdict soft(List<Tag> tags) {
    Set<Kind> once = EnumSet.noneOf(Kind.class);
    Set<Kind> repeated = EnumSet.noneOf(Kind.class);
    for (Tag tag : tags) {
      if (!once.add(tag.kind())) {
        repeated.add(tag.kind());
      }
    }
    once.removeAll(repeated);
    List<Kind> inOrder = tags.stream().map(Tag::kind).filter(once::contains).toList();
    List<Kind> expected = expected();
    int kept = longestCommon(inOrder, expected);
    double share = (double) kept / expected.size();
    Outcome outcome =
        kept == expected.size() ? Outcome.CORRECT : kept == 0 ? Outcome.INCORRECT : Outcome.PARTIAL;
    String reason = kept + " of " + expected.size() + " tags stand once and in order";
    return new Verdict(share, outcome, reason, Map.of("tags", share));
  }

  /** Length of the longest common subsequence; both lists have at most four elements. */
  private static int longestCommon(List<Kind> a, List<Kind> b) {
    if (a.isEmpty() || b.isEmpty()) {
      return 0;
    }
    List<Kind> restA = a.subList(1, a.size());
    List<Kind> restB = b.subList(1, b.size());
    if (a.get(0) == b.get(0)) {
      return 1 + longestCommon(restA, restB);
    }
    return Math.max(longestCommon(restA, b), longestCommon(a, restB));
  }

  /** Whether nothing can be seen there: only white space, control and format characters. */
  private static boolean blank(String text, int from, int to) {
    return text.substring(from, to).codePoints().noneMatch(FormatVerifier::isVisible);
  }

  private static boolean isVisible(int c) {
    return switch (Character.getType(c)) {
      case Character.SPACE_SEPARATOR,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }

  private static Verdict wrong(String reason) {
    return new Verdict(0, Outcome.INCORRECT, reason);
  }

  /** Makes {@link FormatVerifier}s; options {@code mode} (strict, soft) and {@code format}. */
  public static final class Provider implements VerifierProvider {

    @Override
    public String id() {
      return "format";
    }

    @Override
    public String description() {
      return "thinking and answer tags, strict (0 or 1) or soft (a share for each tag)";
    }

    @Override
    public Verifier create(JsonNode node) {
      OptionReader options = OptionReader.of("verifier 'format'", node);
      FormatVerifier.Mode mode = options.choice("mode", FormatVerifier.Mode.STRICT);
      JsonNode format = options.node("format");
      options.finish();
      return new FormatVerifier(ReasoningFormat.parse(format), mode);
    }
  }
}
