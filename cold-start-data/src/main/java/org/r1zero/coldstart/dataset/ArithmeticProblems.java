package org.r1zero.coldstart.dataset;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import org.r1zero.grpo.files.Hashes;
import org.r1zero.verify.Problem;

/**
 * Word problems of one to three steps with small whole numbers, made from a seed.
 *
 * <p>A problem's text alone decides whether it is for training or held out, so the two never
 * overlap, whatever the seeds.
 */
public final class ArithmeticProblems {
  private static final List<String> NAMES =
      List.of("Tom", "Ana", "Ben", "Mia", "Leo", "Eva", "Sam", "Lily", "Max", "Zoe");
  private static final List<String> THINGS =
      List.of("apples", "pens", "books", "coins", "cards", "shells", "stamps", "marbles");

  private static final Pattern WORD = Pattern.compile("\\{(\\w+)}");

  /**
   * A kind of story.
   *
   * @param text what somebody has, and what happens to it; words in braces are filled in
   * @param calculation of the answer, from left to right
   */
  private record Plot(String text, String calculation) {}

  private static final List<Plot> PLOTS =
      List.of(
          new Plot("{a} {things}. {other} gives {who} {b} more.", "a + b"),
          new Plot("{a} {things} and loses {b} of them.", "a - b"),
          new Plot("{bags} bags with {each} {things} each.", "bags * each"),
          new Plot("{a} {things}. {who} buys {b} more and gives {c} to {other}.", "a + b - c"),
          new Plot("{bags} boxes with {each} {things} each and finds {b} more.", "bags * each + b"),
          new Plot(
              "{bags} boxes with {each} {things} each and sells {d} of them.", "bags * each - d"),
          new Plot("{a} {things}. {who} loses {c} and then finds {b}.", "a - c + b"),
          new Plot("{a} {things}. {who} buys {b}, loses {c} and finds {d}.", "a + b - c + d"),
          new Plot(
              "{bags} bags with {each} {things} each, buys {b} more and gives {d} to {other}.",
              "bags * each + b - d"));

  /** No number of a problem is as large, unless a data set asks for larger ones. */
  public static final int LIMIT = 100;

  /** The most calculations that a problem needs. */
  public static final int MAX_STEPS = 3;

  private ArithmeticProblems() {}

  /** Which part a problem belongs to. */
  public enum Split {
    /** Nine tenths. */
    TRAIN,
    /** One tenth. */
    HELD_OUT;

    /** The part of a question, by a checksum of its text. */
    public static Split of(String question) {
      CRC32 crc = new CRC32();
      crc.update(question.getBytes(StandardCharsets.UTF_8));
      return crc.getValue() % 10 == 0 ? HELD_OUT : TRAIN;
    }
  }

  /** Stories in which somebody gives things to himself, which are not told. */
  private static final Pattern SELF_GIVING =
      Pattern.compile("\\b(\\w+) gives \\1\\b|^(\\w+) .* to \\2\\.");

  /**
   * Different problems of one part.
   *
   * @param maxSteps the most calculations that one needs
   * @param limit all numbers are smaller, those calculated too; at least {@link #LIMIT}
   * @throws IllegalArgumentException if there are not so many
   */
  public static List<Problem> generate(Split split, int count, int maxSteps, int limit, long seed) {
    Random random = new Random(seed);
    Map<String, Problem> byQuestion = new LinkedHashMap<>();
    for (long tries = 0; byQuestion.size() < count; tries++) {
      if (tries > 1000L * count) {
        throw new IllegalArgumentException(
            String.format(
                "there are only some %s different arithmetic problems of at most %s steps in the"
                    + " part %s; ask for fewer",
                byQuestion.size(), maxSteps, split));
      }
      Problem problem = next(random, split, limit);
      if (steps(problem).size() <= maxSteps) {
        byQuestion.putIfAbsent(problem.question(), problem);
      }
    }
    return new ArrayList<>(byQuestion.values());
  }

  /** The next problem of one part; all its numbers are smaller than a limit. */
  public static Problem next(Random random, Split split, int limit) {
    while (true) {
      Story story = Story.tell(random, limit);
      if (story.steps.stream().allMatch(s -> s.result() >= 0 && s.result() < limit)
          && !SELF_GIVING.matcher(story.question).find()
          && Split.of(story.question) == split) {
        return story.toProblem();
      }
    }
  }

  /**
   * One calculation.
   *
   * @param operator {@code +}, {@code -} or {@code *}
   */
  public record Step(int left, char operator, int right) {
    /** Its result. */
    public int result() {
      return switch (operator) {
        case '+' -> left + right;
        case '-' -> left - right;
        default -> left * right;
      };
    }

    /** Such as {@code 12+7=19}. */
    @Override
    public String toString() {
      return left + "" + operator + right + "=" + result();
    }
  }

  /** The calculations that solve a problem of this class. */
  public static List<Step> steps(Problem problem) {
    List<Step> steps = new ArrayList<>();
    problem
        .field("steps")
        .forEach(
            s ->
                steps.add(
                    new Step(
                        s.get("left").asInt(),
                        s.get("operator").asText().charAt(0),
                        s.get("right").asInt())));
    return steps;
  }

  private record Story(String question, List<Step> steps) {

    static Story tell(Random random, int limit) {
      String who = NAMES.get(random.nextInt(NAMES.size()));
      String other = NAMES.get(random.nextInt(NAMES.size()));
      String things = THINGS.get(random.nextInt(THINGS.size()));
      int scale = limit / LIMIT;
      int factors = (int) (8 * Math.sqrt(scale));
      int a = 2 + random.nextInt(60 * scale);
      int b = 2 + random.nextInt(38 * scale);
      int c = 2 + random.nextInt(30 * scale);
      int d = 2 + random.nextInt(20 * scale);
      int bags = 2 + random.nextInt(factors);
      int each = 2 + random.nextInt(factors);
      Map<String, Object> words =
          Map.of(
              "who", who, "other", other, "things", things, "a", a, "b", b, "c", c, "d", d, "bags",
              bags, "each", each);
      Function<String, Object> word = name -> Objects.requireNonNull(words.get(name), name);
      Plot plot = PLOTS.get(random.nextInt(PLOTS.size()));
      String[] chain = plot.calculation.split(" ", -1);
      List<Step> steps = new ArrayList<>();
      int value = (int) word.apply(chain[0]);
      for (int i = 1; i < chain.length; i += 2) {
        Step step = new Step(value, chain[i].charAt(0), (int) word.apply(chain[i + 1]));
        steps.add(step);
        value = step.result();
      }
      String question =
          WORD.matcher("{who} has " + plot.text + " How many {things} does {who} have now?")
              .replaceAll(found -> word.apply(found.group(1)).toString());
      return new Story(question, steps);
    }

    Problem toProblem() {
      ObjectNode data = JsonNodeFactory.instance.objectNode();
      data.put("difficulty", steps.size());
      ArrayNode array = data.putArray("steps");
      for (Step step : steps) {
        array
            .addObject()
            .put("left", step.left())
            .put("operator", String.valueOf(step.operator()))
            .put("right", step.right());
      }
      String gold = String.valueOf(steps.get(steps.size() - 1).result());
      return new Problem("arithmetic/" + digest(question), question, gold, data);
    }

    /** 64 bits: a checksum of 32 would be shared by two of a hundred thousand problems. */
    private static String digest(String question) {
      return Hashes.sha256(question).substring(0, 16);
    }
  }
}
