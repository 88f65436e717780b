package org.r1zero.experiment.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecipeChangesTest {
  private static final String CONSTANT = "grpo.optimizer.lr_scheduler_type=constant";

  @Test
  void sameRecipeHasNoChanges() {
    assertThat(RecipeChanges.between(recipe(), recipe()).all()).isEmpty();
  }

  @Test
  void placesAndWatchesAreHarmless() {
    RecipeChanges changes =
        RecipeChanges.between(
            recipe(),
            recipe(
                "output=elsewhere",
                "checkpoint.save_steps=7",
                "health.nan=stop",
                "scoring.threads=9"));
    assertThat(changes.others()).isEmpty();
    assertThat(changes.harmless()).hasSize(4);
    assertThat(changes.harmless()).contains("checkpoint.save_steps: was 1, is 7");
  }

  @Test
  void everythingElseIsNotAndAllOfItIsListed() {
    RecipeChanges changes =
        RecipeChanges.between(recipe(), recipe("seed=99", "grpo.loss.beta=0.5", "output=x"));
    assertThat(changes.others()).hasSize(2);
    assertThat(changes.others())
        .anyMatch(c -> c.startsWith("seed: was "))
        .anyMatch(c -> c.startsWith("grpo.loss.beta: was ") && c.endsWith("is 0.5"));
    assertThat(changes.all()).hasSize(3);
  }

  @Test
  void moreStepsAreHarmlessOnlyWhereTheRateDoesNotDependOnThem() {
    assertThat(steps(5, 9, CONSTANT).harmless()).containsExactly("grpo.steps: was 5, is 9");
    assertThat(steps(9, 5, CONSTANT).others()).containsExactly("grpo.steps: was 9, is 5");
    assertThat(steps(5, 9, "grpo.optimizer.lr_scheduler_type=linear").others()).hasSize(1);
  }

  private static RecipeChanges steps(int before, int after, String schedule) {
    return RecipeChanges.between(
        recipe("grpo.steps=" + before, schedule), recipe("grpo.steps=" + after, schedule));
  }

  private static Recipe recipe(String... settings) {
    List<String> all = new ArrayList<>(List.of("checkpoint.save_steps=1"));
    all.addAll(List.of(settings));
    return RecipeLoader.builtIn("demo.yaml", all);
  }
}
