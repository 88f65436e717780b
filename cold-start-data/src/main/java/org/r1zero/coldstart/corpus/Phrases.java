package org.r1zero.coldstart.corpus;

import java.util.List;
import java.util.Random;

/**
 * What a language says around calculations.
 *
 * @param first before the first calculation
 * @param then before the others
 * @param so before the answer
 * @param doubt between repetitions
 */
record Phrases(List<String> first, List<String> then, List<String> so, List<String> doubt) {
  static final Phrases ENGLISH =
      new Phrases(
          List.of("First", "We start with", "Let us see,"),
          List.of("Then", "Next", "After that"),
          List.of("So the answer is", "That makes", "In the end we have"),
          List.of(
              "Wait, let me check that again.",
              "Hmm, is that right?",
              "Let me think about this once more.",
              "I am not sure, so I will do it again."));

  private static final List<Phrases> OTHERS =
      List.of(
          new Phrases(
              List.of("Primero"),
              List.of("Luego", "Después"),
              List.of("Entonces la respuesta es", "Al final tenemos"),
              List.of("Espera, voy a mirar otra vez.")),
          new Phrases(
              List.of("D'abord"),
              List.of("Ensuite", "Puis"),
              List.of("Donc la réponse est", "Cela fait"),
              List.of("Attends, je regarde encore une fois.")),
          new Phrases(
              List.of("Zuerst"),
              List.of("Dann", "Danach"),
              List.of("Also ist die Antwort", "Das macht"),
              List.of("Warte, ich rechne noch einmal.")),
          new Phrases(List.of("首先"), List.of("然后", "接着"), List.of("所以答案是"), List.of("等等，再算一次。")));

  static Phrases foreign(Random random) {
    return OTHERS.get(random.nextInt(OTHERS.size()));
  }

  static String pick(List<String> from, Random random) {
    return from.get(random.nextInt(from.size()));
  }
}
