package org.r1zero.experiment.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.r1zero.experiment.config.RecipeGuide;

/** What {@code r1zero explain} says, and how wide it is. */
class ExplainCommandTest {
  @Test
  void aKeyIsExplained() {
    Ran ran = Ran.command("explain", "grpo.loss.epsilon_high");
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.out())
        .isEqualTo(
            """
            grpo.loss.epsilon_high
              upper clip range; with cispo, the largest weight; null takes epsilon
              type     number or null
              range    > 0
              default  null
              TRL      epsilon_high
              verl     actor_rollout_ref.actor.clip_ratio_high
            """);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "epsilon_high | TRL's epsilon_high is grpo.loss.epsilon_high here | > 0",
        "clip_ratio_high | is grpo.loss.epsilon_high here | upper clip range",
        "actor_rollout_ref.rollout.n | is grpo.num_generations here | >= 2",
        "rollout.n | is grpo.num_generations here | >= 2",
        "learning_rate | grpo.optimizer.learning_rate | The same name elsewhere:",
        "loss.beta | grpo.loss.beta | KL coefficient",
        "grpo.loss | loss_type | the surrogate",
        "loss_type | cispo | MiniMax-M1",
        "tf32 | TRL's tf32 has no counterpart here | no counterpart",
        "sft | stages[sft].options | examples per update",
        "rejection_sampling | stages[curate].options | completions per problem",
        "stages.warm-up.options.schedule.max_steps | updates; above 0 | default  0",
        "rewards.number.weight | rewards[].weight | the verifier's score",
        "rewards[].weight | rewards[].weight | the verifier's score",
        "arms | recipe | ways of training",
      })
  void namesOfAllKindsAreUnderstood(String name, String one, String other) {
    Ran ran = Ran.command("explain", name);
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.out()).contains(one).contains(other);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "epsilon_hgih | the nearest: grpo.loss.epsilon_high",
        "grpo.lossx | the nearest: grpo.loss",
        "grpo.optimizer.learning_rte | the nearest: grpo.optimizer.learning_rate",
        "warmup | grpo.optimizer.warmup_steps",
        "kl_loss_coeff | verl's actor_rollout_ref.actor.kl_loss_coef (grpo.loss.beta)",
        "qwertzuiopasdf | r1zero explain lists the sections",
        "' ' | r1zero explain lists the sections",
      })
  void whatThereIsNotIsAnsweredWithTheNearest(String name, String answer) {
    Ran ran = Ran.command("explain", name);
    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains("there is no key ").contains(answer).hasLineCount(1);
  }

  @Test
  void everyAnswerFitsAnOrdinaryTerminal() {
    for (RecipeGuide.Key key : new RecipeGuide().keys()) {
      Ran ran = Ran.command("explain", key.path());
      assertThat(ran.code()).as(ran.err()).isZero();
      assertThat(ran.out().lines()).as(key.path()).allMatch(line -> line.length() <= 80);
      assertThat(ran.out()).startsWith(key.path() + System.lineSeparator());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"grpo", "stages", "arms", "extends"})
  void withoutAKeyTheSectionsAreListed(String section) {
    assertThat(Ran.command("explain").out().lines()).contains("  " + section);
  }

  @Test
  void theSchemaIsPrinted() {
    assertThat(Ran.command("explain", "--schema").out()).isEqualTo(new RecipeGuide().schema());
  }
}
