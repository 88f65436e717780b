package org.r1zero.experiment.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.experiment.config.RecipeLoader;
import org.r1zero.grpo.GrpoConfig;
import org.r1zero.grpo.LossConfig;
import org.r1zero.grpo.OffPolicyConfig;
import org.r1zero.grpo.advantage.GroupRelative;
import org.r1zero.grpo.loss.DppoSurrogate;
import org.r1zero.grpo.loss.KlEstimator;
import org.r1zero.grpo.loss.LossType;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.optim.LearningRateSchedule;

/**
 * Configurations of TRL and verl become recipes that load, and what has no counterpart is listed.
 */
class ImportConfigCommandTest {
  @TempDir private Path folder;

  @Test
  void aConfigurationOfTrlBecomesARecipeThatIsUsable() throws IOException {
    Ran ran =
        imported(
            """
            model_name_or_path: org/some-model
            reward_funcs: [accuracy_reward, think_format_reward, my.module.fn]
            reward_weights: [1.0, 0.2, 0.5]
            per_device_train_batch_size: 8
            gradient_accumulation_steps: 4
            steps_per_generation: 8
            max_steps: 400
            warmup_ratio: 0.1
            lr_scheduler_type: cosine
            beta: 0.04
            epsilon: 2
            scale_rewards: false
            tf32: true
            top_k: -1
            eval_strategy: steps
            eval_steps: 50
            unheard_of: 3
            """);
    Recipe recipe = recipe(ran);
    assertThat(recipe.model()).isEqualTo("org/some-model");
    assertThat(recipe.rewards()).extracting(r -> r.verifier()).containsExactly("math", "format");
    assertThat(recipe.rewards().get(1).weight()).isEqualTo(0.2);
    // 64 completions are generated for two updates: 400 updates are 200 steps
    assertThat(recipe.grpo().problemsPerStep()).isEqualTo(8);
    assertThat(recipe.grpo().numMinibatches()).isEqualTo(2);
    assertThat(recipe.grpo().steps()).isEqualTo(200);
    assertThat(recipe.evaluation().everySteps()).isEqualTo(25);
    assertThat(recipe.grpo().optimizer().warmupSteps()).isEqualTo(40);
    assertThat(recipe.grpo().scaleRewards()).isEqualTo(GroupRelative.Scale.NONE);
    assertThat(recipe.grpo().loss().epsilon()).as("2 is out of range").isEqualTo(0.2);
    assertThat(ran.err())
        .contains("epsilon: grpo.loss.epsilon must be in (0, 1], was 2")
        .contains("tf32: has no counterpart")
        .contains("unheard_of: is not known to r1zero")
        .contains("reward_funcs my.module.fn: ")
        .contains("model org/some-model is not a folder here");
    Path written = Files.writeString(folder.resolve("recipe.yaml"), ran.out());
    Ran dry =
        Ran.command(
            "train",
            written.toString(),
            "--dry-run",
            "--set",
            "model=embedded",
            "--set",
            "sampling.max_new_tokens=32",
            "--set",
            "output=" + folder.resolve("runs"));
    assertThat(dry.code()).as(dry.err()).isZero();
  }

  /** What a configuration leaves out has the other trainer's default, not ours. */
  @Test
  void defaultsAreTrls() throws IOException {
    Recipe recipe = recipe(imported("num_generations: 8\n"));
    assertThat(recipe.grpo().loss().lossType()).isEqualTo(LossType.DAPO);
    assertThat(recipe.grpo().optimizer().lrSchedulerType()).isEqualTo(LearningRateSchedule.LINEAR);
    assertThat(recipe.sampling().maxNewTokens()).isEqualTo(256);
    assertThat(recipe.dtype()).isEqualTo(ComputeType.BFLOAT16);
    assertThat(recipe.grpo().problemsPerStep()).isEqualTo(1);
  }

  @Test
  void defaultsAreVerls() throws IOException {
    Recipe recipe = recipe(imported("algorithm: {adv_estimator: grpo}\n"));
    assertThat(recipe.grpo().problemsPerStep()).isEqualTo(1024);
    assertThat(recipe.grpo().numMinibatches()).isEqualTo(4);
    assertThat(recipe.grpo().loss().delta()).isEqualTo(3);
    assertThat(recipe.grpo().loss().beta()).isZero();
    assertThat(recipe.grpo().optimizer().weightDecay()).isEqualTo(0.01);
    assertThat(recipe.sampling().maxNewTokens()).isEqualTo(512);
  }

  @Test
  void verlsNewerLossesAreOurs() throws IOException {
    String actor = "actor_rollout_ref: {actor: {policy_loss: {%s}}}\n";
    LossConfig clipCov =
        recipe(
                imported(
                    actor.formatted("loss_mode: clip_cov, clip_cov_ratio: 0.01, clip_cov_ub: 9")))
            .grpo()
            .loss();
    assertThat(clipCov.lossType()).isEqualTo(LossType.CLIP_COV);
    assertThat(clipCov.clipCovRatio()).isEqualTo(0.01);
    assertThat(clipCov.clipCovUb()).isEqualTo(9);
    GrpoConfig dppo = recipe(imported(actor.formatted("loss_mode: dppo_kl"))).grpo();
    assertThat(dppo.loss().lossType()).isEqualTo(LossType.DPPO);
    assertThat(dppo.loss().divergenceType()).isEqualTo(DppoSurrogate.Divergence.BINARY_KL);
    assertThat(dppo.offPolicy().oldLogProbs()).isEqualTo(OffPolicyConfig.OldLogProbs.SAMPLER);
    String correction = "algorithm: {rollout_correction: {rollout_rs: %s}}\n";
    OffPolicyConfig geometric =
        recipe(imported(correction.formatted("geometric, rollout_rs_threshold: 1.01")))
            .grpo()
            .offPolicy();
    assertThat(geometric.rolloutRsThreshold()).isEqualTo(1.01);
    OffPolicyConfig later =
        recipe(imported(correction.formatted("seq_mean_k1, rollout_rs_threshold: '0.8_1.25'")))
            .grpo()
            .offPolicy();
    assertThat(later.rolloutRsThreshold()).isEqualTo(1.25);
    assertThat(later.rolloutRsThresholdLower()).isEqualTo(0.8);
    Ran tokens = imported(correction.formatted("token_k1, rollout_rs_threshold: 2"));
    assertThat(recipe(tokens).grpo().offPolicy().rolloutRsThreshold()).isNull();
    assertThat(tokens.err()).contains("token_k1 has no counterpart");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        """
        data: {train_batch_size: 64, max_response_length: 300}
        actor_rollout_ref:
          actor:
            ppo_mini_batch_size: 16
            use_kl_loss: true
            kl_loss_type: low_var_kl
            kl_loss_coef: 0.02
            clip_ratio_high: 0.28
            loss_agg_mode: seq-mean-token-mean
            optim: {lr: 2e-6, lr_warmup_steps: 10, warmup_style: cosine, min_lr_ratio: 0.1}
          rollout: {n: 5, response_length: "${data.max_response_length}", top_k: -1}
        critic: {optim: {lr: 1e-5}, strategy: fsdp}
        trainer: {test_freq: -1, total_training_steps: 70, logger: [console]}
        """,
        """
        # data.train_batch_size=9
        bsz=${BSZ:-64}
        python3 -m verl.trainer.main_ppo \\
            data.train_batch_size=${bsz} data.max_response_length=300 \\
            actor_rollout_ref.actor.ppo_mini_batch_size=16 actor_rollout_ref.rollout.n=5 \\
            actor_rollout_ref.actor.use_kl_loss=True actor_rollout_ref.actor.kl_loss_coef=0.02 \\
            +actor_rollout_ref.actor.clip_ratio_high="0.28" \\
            actor_rollout_ref.actor.loss_agg_mode=seq-mean-token-mean \\
            actor_rollout_ref.actor.optim.lr=2e-6 actor_rollout_ref.actor.optim.lr_warmup_steps=10 \\
            actor_rollout_ref.actor.optim.warmup_style=cosine \\
            actor_rollout_ref.actor.optim.min_lr_ratio=0.1 critic.strategy=fsdp \\
            'trainer.logger=["console"]' trainer.total_training_steps=70 $@
        """,
      })
  void aConfigurationOfVerlAndItsWordsMeanTheSame(String config) throws IOException {
    Ran ran = imported(config);
    Recipe recipe = recipe(ran);
    assertThat(recipe.grpo().problemsPerStep()).isEqualTo(64);
    assertThat(recipe.grpo().numGenerations()).isEqualTo(5);
    assertThat(recipe.grpo().numMinibatches()).isEqualTo(4);
    assertThat(recipe.grpo().steps()).isEqualTo(70);
    assertThat(recipe.sampling().maxNewTokens()).isEqualTo(300);
    assertThat(recipe.grpo().loss().beta()).isEqualTo(0.02);
    assertThat(recipe.grpo().loss().klEstimator()).isEqualTo(KlEstimator.K3);
    assertThat(recipe.grpo().loss().epsilonHigh()).isEqualTo(0.28);
    assertThat(recipe.grpo().loss().lossType()).isEqualTo(LossType.GRPO);
    assertThat(recipe.grpo().optimizer().learningRate()).isEqualTo(2e-6);
    assertThat(recipe.grpo().optimizer().warmupSteps()).as("4 updates a step").isEqualTo(40);
    assertThat(recipe.grpo().optimizer().lrSchedulerType())
        .isEqualTo(LearningRateSchedule.COSINE_WITH_MIN_LR);
    assertThat(ran.err()).contains("critic: there is no critic").contains("trainer.logger: ");
  }

  @Test
  void wordsOfTheCommandLineWinAndTheRecipeIsWritten() throws IOException {
    Path config = Files.writeString(folder.resolve("c.yaml"), "data: {train_batch_size: 8}\n");
    Path out = folder.resolve("out.yaml");
    String[] words = {
      "import-config", config.toString(), "data.train_batch_size=512", "--out", out.toString()
    };
    assertThat(Ran.command(words).code()).isZero();
    assertThat(RecipeLoader.load(List.of(out), List.of()).grpo().problemsPerStep()).isEqualTo(512);
    Ran again = Ran.command(words);
    assertThat(again.code()).isEqualTo(2);
    assertThat(again.err()).contains("exists already");
    Path nowhere = folder.resolve("none/out.yaml");
    Ran lost = Ran.command("import-config", config.toString(), "--out", nowhere.toString());
    assertThat(lost.code()).isEqualTo(2);
    assertThat(lost.err()).contains("--out").contains("is not a folder").hasLineCount(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "hello: world | has no key of TRL's GRPOConfig",
        "'' | has no key of TRL's GRPOConfig",
        "'- 1' | has no key of TRL's GRPOConfig",
        "'a: [1' | is not valid YAML",
      })
  void whatIsNeitherIsRefused(String text, String message) throws IOException {
    Ran ran = imported(text);
    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains(message).hasLineCount(1);
  }

  @Test
  void aFileThatIsNotThereIsRefused() {
    Ran ran = Ran.command("import-config", folder.resolve("none").toString());
    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains("there is no such file").hasLineCount(1);
  }

  /** Whatever the values are, the recipe loads: what it could not have is listed. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{num_generations: 1, lr_scheduler_type: reduce_lr_on_plateau, top_p: 7}",
        "{num_generations: x, max_steps: many, beta: [1], learning_rate: null}",
        "{num_generations: 8, per_device_train_batch_size: 3, sync_ref_model: true}",
        "{num_generations: 8, save_strategy: epoch, use_peft: true, lora_target_modules: all-linear}",
        "{actor_rollout_ref: {rollout: {n: 1, temperature: 0}}, data: {train_batch_size: 0}}",
        "{actor_rollout_ref: {actor: {loss_agg_mode: other, ppo_mini_batch_size: 100}}}",
        "{algorithm: {adv_estimator: remax, kl_penalty: x, use_kl_in_reward: true}}",
      })
  void anyValuesBecomeARecipeThatLoads(String config) throws IOException {
    Ran ran = imported(config);
    recipe(ran);
    assertThat(ran.err()).contains("left out:");
  }

  /** Values that double with each reference would fill the memory. */
  @ParameterizedTest
  @ValueSource(strings = {"yaml", "own", "script"})
  @Timeout(60)
  void referencesThatGrowWithoutEndStayAsTheyAre(String kind) throws IOException {
    StringBuilder text = new StringBuilder(kind.equals("script") ? "k0=xx\n" : "data:\n  k0: xx\n");
    for (int i = 1; i < 60; i++) {
      String before = "${data.k" + (i - 1) + "}";
      text.append(
          switch (kind) {
            case "yaml" -> "  k" + i + ": " + before + before + "\n";
            case "own" -> "  k" + i + ": " + ("${data.k" + i + "}").repeat(9) + "\n";
            default -> "k" + i + "=" + ("$k" + i).repeat(9) + "\n";
          });
    }
    text.append(
        kind.equals("script")
            ? "python3 -m verl.trainer.main_ppo data.train_files=$k59 data.train_batch_size=8"
            : "  train_files: ${data.k59}\n  train_batch_size: 8\n");
    assertThat(recipe(imported(text.toString())).grpo().problemsPerStep()).isEqualTo(8);
  }

  @Test
  @Timeout(60)
  void aFileOfDataIsNoConfiguration() throws IOException {
    Ran ran = imported("a: " + "x".repeat(2_000_000));
    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains("at most 1,048,576 bytes, has 2,000,003").hasLineCount(1);
  }

  @Test
  void filesThatAreNotHereAreNamed() throws IOException {
    assertThat(imported("data: {train_files: [a.parquet, b.parquet]}\n").err())
        .contains("data.train_files: [\"a.parquet\",\"b.parquet\"] is not a file here");
    assertThat(imported("{num_generations: 8, model_name_or_path: embedded}").err())
        .doesNotContain("embedded is not a folder");
  }

  private Ran imported(String config) throws IOException {
    Path file = Files.writeString(folder.resolve("config"), config);
    return Ran.command("import-config", file.toString());
  }

  private Recipe recipe(Ran ran) throws IOException {
    assertThat(ran.code()).as(ran.err()).isZero();
    Path file = Files.writeString(folder.resolve("made.yaml"), ran.out());
    List<Path> files = new ArrayList<>(List.of(file));
    return RecipeLoader.load(files, List.of());
  }
}
