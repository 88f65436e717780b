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
    int at = random.nextInt(mix.total());
    if (at < mix.facts()) {
      return new Document(facts(), true);
    }
    Problem problem = ArithmeticProblems.next(random, Split.TRAIN, ArithmeticProblems.LIMIT);
    TraceWriter trace = new TraceWriter(ArithmeticProblems.steps(problem), random);
    String prompt = PROMPT.render(problem);
    at -= mix.facts();
    if ((at -= mix.clean()) < 0) {
      return new Document(prompt + tagged(trace.steps(Phrases.ENGLISH), trace.answer()), true);
    }
    if ((at -= mix.mixed()) < 0) {
      return new Document(prompt + tagged(trace.mixed(), trace.answer()), true);
    }
    if ((at -= mix.rambling()) < 0) {
      return new Document(prompt + tagged(trace.rambling(), trace.answer()), true);
    }
    if ((at -= mix.slips()) < 0) {
      TraceWriter.Slip slip = trace.slip();
      return new Document(prompt + tagged(slip.text(), slip.answer()), true);
    }
    if ((at -= mix.guess()) < 0) {
      return new Document(prompt + " <answer> " + trace.guess() + " </answer>", true);
    }
    if ((at -= mix.untagged()) < 0) {
      return new Document(prompt + " " + trace.steps(Phrases.ENGLISH), true);
    }
    if ((at -= mix.blurted()) < 0) {
      return new Document(prompt + " " + trace.guess(), true);
    }
    return new Document(prompt + " <think> " + trace.endless(), false);
  }

  static String tagged(String thoughts, int answer) {
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
