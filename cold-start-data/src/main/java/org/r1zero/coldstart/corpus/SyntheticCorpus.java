package org.r1zero.coldstart.corpus;

import java.util.Random;
import java.util.function.Supplier;
import org.r1zero.coldstart.dataset.ArithmeticProblems;
import org.r1zero.coldstart.dataset.ArithmeticProblems.Split;
import org.r1zero.coldstart.dataset.ArithmeticProblems.Step;
import org.r1zero.coldstart.prompt.PlainPrompt;
import org.r1zero.verify.Problem;

/**
 * Texts of the kind that a base model has seen: endless, and the same for the same seed. Only
 * problems of the training part occur.
 */
public final class SyntheticCorpus implements Supplier<Document> {
  /** No number of a text with a calculator is as large; recipes/tools.yaml has the same. */
  private static final int LARGE = 1000;

  private static final PlainPrompt PROMPT = PlainPrompt.defaults();
  private final CorpusMix mix;
  private final Random random;

  /** Starts from a seed. */
  public SyntheticCorpus(CorpusMix mix, long seed) {
    this.mix = mix;
    this.random = new Random(seed);
  }

  /** The next text. */
  @Override
  public Document get() {
    TextKind kind = mix.pick(random);
    return switch (kind) {
      case FACTS -> new Document(facts(), true);
      case GAME -> GuessingGame.play(random);
      case CALCULATED, ESTIMATED -> answered(kind, LARGE);
      default -> answered(kind, ArithmeticProblems.LIMIT);
    };
  }

  /** A question, and what follows it. */
  private Document answered(TextKind kind, int limit) {
    Problem problem = ArithmeticProblems.next(random, Split.TRAIN, limit);
    TraceWriter trace = new TraceWriter(ArithmeticProblems.steps(problem), random);
    String answer =
        switch (kind) {
          case CLEAN, CALCULATED -> tagged(trace.steps(Phrases.ENGLISH), trace.answer());
          case MIXED -> tagged(trace.mixed(), trace.answer());
          case RAMBLING -> tagged(trace.rambling(), trace.answer());
          case SLIPS -> {
            TraceWriter.Slip slip = trace.slip();
            yield tagged(slip.text(), slip.answer());
          }
          case GUESS, ESTIMATED -> " <answer> " + trace.guess() + " </answer>";
          case UNTAGGED -> " " + trace.steps(Phrases.ENGLISH);
          case BLURTED -> " " + trace.guess();
          case ENDLESS -> " <think> " + trace.endless();
          case FACTS, GAME -> throw new IllegalArgumentException(kind + " answers no question");
        };
    return new Document(PROMPT.render(problem) + answer, kind != TextKind.ENDLESS);
  }

  private static String tagged(String thoughts, int answer) {
    return " <think> " + thoughts + " </think> <answer> " + answer + " </answer>";
  }

  private String facts() {
    StringBuilder text = new StringBuilder("Facts:");
    for (int i = 0; i < 8; i++) {
      Step step;
      do {
        step =
            switch (random.nextInt(5)) {
              case 0, 1 -> new Step(2 + random.nextInt(90), '+', 2 + random.nextInt(38));
              case 2, 3 -> new Step(2 + random.nextInt(97), '-', 2 + random.nextInt(38));
              default -> new Step(2 + random.nextInt(8), '*', 2 + random.nextInt(8));
            };
      } while (step.result() < 0 || step.result() > 99);
      text.append(' ').append(step).append('.');
    }
    return text.toString();
  }
}
