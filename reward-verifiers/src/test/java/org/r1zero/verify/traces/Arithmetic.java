package org.r1zero.verify.traces;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * One problem's traces in the shapes of the embedded base model, whose corpus {@code
 * org.r1zero.coldstart.corpus.TraceWriter} writes: terse, without spaces around signs.
 */
final class Arithmetic {

  private static final List<String> FIRST = List.of("First", "We start with", "Let us see,");
  private static final List<String> THEN = List.of("Then", "Next", "After that");
  private static final List<String> SO =
      List.of("So the answer is", "That makes", "In the end we have");
  private static final List<String> DOUBT =
      List.of(
          "Wait, let me check that again.",
          "Hmm, is that right?",
          "Let me think about this once more.",
          "I am not sure, so I will do it again.");

  /** For each language: before a step, before the answer. */
  private static final List<List<List<String>>> FOREIGN =
      List.of(
          List.of(
              List.of("Luego", "Después"), List.of("Entonces la respuesta es", "Al final tenemos")),
          List.of(List.of("Ensuite", "Puis"), List.of("Donc la réponse est", "Cela fait")),
          List.of(List.of("Dann", "Danach"), List.of("Also ist die Antwort", "Das macht")),
          List.of(List.of("然后", "接着"), List.of("所以答案是")));

  private final Random random;
  private final List<String> steps = new ArrayList<>();
  private int value;

  Arithmetic(Random random) {
    this.random = random;
    this.value = 2 + random.nextInt(20);
    for (int i = 0; i < 2 + random.nextInt(2); i++) {
      int right = 2 + random.nextInt(8);
      int left = value;
      char sign = "+-*".charAt(random.nextInt(3));
      value = sign == '+' ? left + right : sign == '-' ? left - right : left * right;
      steps.add(left + (sign + "" + right) + "=" + value + ".");
    }
  }

  String clean() {
    return tagged(said(THEN) + " " + pick(SO) + " " + value + ".");
  }

  String mixed() {
    List<List<String>> other = FOREIGN.get(random.nextInt(FOREIGN.size()));
    return tagged(said(other.get(0)) + " " + pick(other.get(1)) + " " + value + ".");
  }

  String rambling() {
    List<String> parts = new ArrayList<>();
    int doubled = random.nextInt(steps.size());
    for (int i = 0; i < steps.size(); i++) {
      parts.add(steps.get(i));
      if (i == doubled) {
        parts.add(pick(DOUBT));
        parts.add(steps.get(i));
      }
    }
    return tagged(String.join(" ", parts) + " " + pick(SO) + " " + value + ".");
  }

  String endless() {
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      parts.add(pick(steps));
      parts.add(pick(DOUBT));
    }
    return "<think> " + String.join(" ", parts);
  }

  private String said(List<String> then) {
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < steps.size(); i++) {
      parts.add(pick(i == 0 ? FIRST : then) + " " + steps.get(i));
    }
    return String.join(" ", parts);
  }

  private String tagged(String thoughts) {
    return "<think> " + thoughts + " </think> <answer> " + value + " </answer>";
  }

  private String pick(List<String> from) {
    return from.get(random.nextInt(from.size()));
  }
}
