package org.r1zero.experiment.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.r1zero.coldstart.dataset.Dataset;
import org.r1zero.experiment.config.PromptConfig;
import org.r1zero.experiment.config.PromptConfig.Overlong;
import org.r1zero.experiment.model.ModelFolder;
import org.r1zero.rollout.Texts;
import org.r1zero.verify.Problem;

/** Lengths are counted by the embedded model's tokenizer; the context is each test's own. */
class FitTest {
  private static final Problem SHORT = new Problem("short", "What is 3 + 4?", "7");
  private static final Problem LONG =
      new Problem("long", "Ana has 9 pens. ".repeat(20) + "How many pens is that?", "180");

  private ModelFolder folder;
  private Texts texts;

  @BeforeEach
  void setUp() throws IOException {
    folder = ModelFolder.open("embedded");
    texts = new Texts(folder.tokenizer(), folder.renderer(PromptConfig.defaults()));
  }

  @AfterEach
  void tearDown() {
    folder.close();
  }

  @Test
  void whatFitsExactlyIsKeptAndOneTokenLessIsAFault() {
    int prompt = tokens(LONG);
    assertThat(fit(Overlong.ERROR, 30, prompt + 30).faults()).isEmpty();
    Fit fit = fit(Overlong.ERROR, 30, prompt + 29);
    assertThat(fit.faults()).hasSize(1);
    assertThat(fit.faults().get(0))
        .contains("(30)")
        .contains("1 of 2 problems")
        .contains("first long with a prompt of " + prompt)
        .contains("lower sampling.max_new_tokens to 29 or less");
    assertThat(fit.longest()).isEqualTo(prompt);
  }

  @Test
  void aPromptAsLongAsTheContextNeedsAnotherModelNotFewerNewTokens() {
    assertThat(fit(Overlong.ERROR, 1, tokens(LONG)).faults().get(0))
        .contains("use a shorter prompt.template, or a model with a longer context");
  }

  @Test
  void dropLeavesOutAndCounts() {
    Fit fit = fit(Overlong.DROP, 10, tokens(SHORT) + 10);
    assertThat(fit.faults()).isEmpty();
    assertThat(fit.dataset().train()).containsExactly(SHORT);
    assertThat(fit.dropped()).isEqualTo(1);
    assertThat(fit.longest()).isEqualTo(tokens(SHORT));
    assertThat(fit.dataset().notes())
        .containsExactly(
            "1 problems do not fit the context of " + fit.context() + " tokens: left out");
  }

  @Test
  void cutLeftKeepsTheEndOfTheQuestionWithinTheContext() {
    Fit fit = fit(Overlong.CUT_LEFT, 10, tokens(LONG));
    Problem cut = fit.dataset().train().get(1);
    assertThat(cut.question()).isNotEqualTo(LONG.question()).endsWith("How many pens is that?");
    assertThat(tokens(cut)).isBetween(tokens(LONG) - 14, tokens(LONG) - 10);
    assertThat(fit.dropped()).isZero();
    assertThat(fit.dataset().notes().get(0)).contains("1 questions are cut at the left");
  }

  @Test
  void heldOutProblemsCountOnlyWhereTheyAreWanted() {
    Dataset dataset = new Dataset("x", List.of(SHORT), List.of(LONG));
    int context = tokens(SHORT) + 10;
    assertThat(Fit.of(Overlong.ERROR, 10, dataset, true, false, texts, context).faults()).isEmpty();
    assertThat(Fit.of(Overlong.ERROR, 10, dataset, true, true, texts, context).faults()).hasSize(1);
    assertThat(Fit.of(Overlong.ERROR, 10, dataset, false, true, texts, context).longest())
        .isEqualTo(tokens(LONG));
  }

  private Fit fit(Overlong overlong, int newTokens, int context) {
    Dataset dataset = new Dataset("x", List.of(SHORT, LONG), List.of());
    return Fit.of(overlong, newTokens, dataset, true, false, texts, context);
  }

  private int tokens(Problem problem) {
    return texts.encode(texts.renderer().render(problem)).length;
  }
}
