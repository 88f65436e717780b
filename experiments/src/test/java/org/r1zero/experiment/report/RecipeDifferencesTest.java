package org.r1zero.experiment.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.r1zero.experiment.report.RecipeDifferences.Named;

class RecipeDifferencesTest {

  @Test
  void keysAreToldApartWhereTheirLinesAreEqual() {
    Named first =
        new Named("a", "a.yaml", "stages:\n- {name: rl, steps: 20}\n- {name: sft, steps: 5}\n");
    Named second =
        new Named("b", "b.yaml", "stages:\n- {name: rl, steps: 5}\n- {name: sft, steps: 20}\n");
    assertThat(RecipeDifferences.between(first, second))
        .containsExactly(
            "- stages.rl.steps: 20",
            "+ stages.rl.steps: 5",
            "- stages.sft.steps: 5",
            "+ stages.sft.steps: 20");
    assertThat(RecipeDifferences.between(first, first)).isEmpty();
  }

  @Test
  void whatOnlyOneHasStandsOnceAndListsAreTakenWhole() {
    Named first = new Named("a", "a.yaml", "rewards: [{verifier: number}]\nseeds: [1, 2]\n");
    Named second =
        new Named(
            "b", "b.yaml", "rewards: [{verifier: number}, {verifier: language}]\nseeds: [1]\n");
    assertThat(RecipeDifferences.between(first, second))
        .containsExactly("- seeds: [1,2]", "+ seeds: [1]", "+ rewards.language: {}");
  }
}
