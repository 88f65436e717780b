package org.r1zero.coldstart.corpus;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.r1zero.coldstart.dataset.ArithmeticProblems.Step;

/** Writes down how a problem is solved, well or badly. */
final class TraceWriter {
  private final List<Step> steps;
  private final Random random;

  TraceWriter(List<Step> steps, Random random) {
    this.steps = steps;
    this.random = random;
  }

  int answer() {
    return steps.get(steps.size() - 1).result();
  }

  /** A number near the right one; right in one case of eight. */
  int guess() {
    if (random.nextInt(8) == 0) {
      return answer();
    }
    return Math.abs(answer() + (random.nextBoolean() ? 1 : -1) * (1 + random.nextInt(20)));
  }

  /** All steps in one language. */
  String steps(Phrases phrases) {
    return sentences(phrases, phrases) + conclusion(phrases, answer());
  }

  /** Starts in English and goes on in another language. */
  String mixed() {
    Phrases other = Phrases.foreign(random);
    return sentences(Phrases.ENGLISH, other) + conclusion(other, answer());
  }

  /** Says some steps twice and doubts them, but comes to the answer. */
  String rambling() {
    List<String> words = new ArrayList<>();
    for (Step step : steps) {
      int times = 1 + random.nextInt(2);
      for (int i = 0; i < times; i++) {
        words.add(step + ".");
        if (i + 1 < times || random.nextInt(3) == 0) {
          words.add(Phrases.pick(Phrases.ENGLISH.doubt(), random));
        }
      }
    }
    return String.join(" ", words) + conclusion(Phrases.ENGLISH, answer());
  }

  /** Goes round in circles. */
  String endless() {
    List<String> words = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      words.add(steps.get(random.nextInt(steps.size())) + ".");
      words.add(Phrases.pick(Phrases.ENGLISH.doubt(), random));
    }
    return String.join(" ", words);
  }

  /**
   * Calculates one step wrongly and goes on with the wrong number.
   *
   * @return the trace and the answer that it comes to
   */
  Slip slip() {
    int wrongAt = random.nextInt(steps.size());
    int least = steps.stream().skip(wrongAt).mapToInt(Step::result).min().orElseThrow();
    List<String> sentences = new ArrayList<>();
    int value = steps.get(0).left();
    for (int i = 0; i < steps.size(); i++) {
      Step step = new Step(value, steps.get(i).operator(), steps.get(i).right());
      value = step.result();
      String text = step.toString();
      if (i == wrongAt) {
        int off = (random.nextBoolean() ? 1 : -1) * (random.nextBoolean() ? 1 : 10);
        value += least + off < 0 ? -off : off; // all later results are off by as much
        text = text.substring(0, text.indexOf('=') + 1) + value;
      }
      sentences.add(opening(Phrases.ENGLISH, i) + text + ".");
    }
    return new Slip(String.join(" ", sentences) + conclusion(Phrases.ENGLISH, value), value);
  }

  /**
   * A wrong trace.
   *
   * @param answer what it comes to
   */
  record Slip(String text, int answer) {}

  private String sentences(Phrases first, Phrases later) {
    List<String> sentences = new ArrayList<>();
    for (int i = 0; i < steps.size(); i++) {
      sentences.add(opening(i == 0 ? first : later, i) + steps.get(i) + ".");
    }
    return String.join(" ", sentences);
  }

  private String opening(Phrases phrases, int step) {
    return Phrases.pick(step == 0 ? phrases.first() : phrases.then(), random) + " ";
  }

  private String conclusion(Phrases phrases, int number) {
    return " " + Phrases.pick(phrases.so(), random) + " " + number + ".";
  }
}
