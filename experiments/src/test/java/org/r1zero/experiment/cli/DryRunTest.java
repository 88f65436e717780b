package org.r1zero.experiment.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code --dry-run} says, command by command; nothing is trained and nothing is written. */
@Tag("slow")
class DryRunTest {
  private static final String TRACE =
      "{\"prompt\": \"Question: 1+1?\\nAnswer:\", \"completion\": \" 2\"}\n";
  @TempDir private Path folder;

  @Test
  void trainAndDemo() throws IOException {
    Path recipe = Files.writeString(folder.resolve("r.yaml"), "name: x\n");
    for (List<String> command : List.of(List.of("train", recipe.toString()), List.of("demo"))) {
      Ran ran = dry(command);
      assertThat(ran.code()).as(ran.err()).isZero();
      assertThat(ran.out()).startsWith("name: ").contains("adam_beta2: 0.999");
      assertThat(ran.err())
          .contains("OK: ")
          .contains("problems to train on")
          .contains("million parameters, about ");
    }
    assertThat(folder.resolve("runs")).doesNotExist();
  }

  @Test
  void everyKeyIsPrintedAlsoThoseOfStagesAndThoseThatAreNull() throws IOException {
    Path recipe = Files.writeString(folder.resolve("r.yaml"), "name: x\n");
    assertThat(dry(List.of("train", recipe.toString())).out())
        .contains("epsilon_high: null")
        .contains("delta: null")
        .contains("importance_sampling_clip_min: null");
    Files.writeString(folder.resolve("t.jsonl"), TRACE.repeat(4));
    Path stages =
        Files.writeString(
            folder.resolve("p.yaml"),
            """
            stages:
            - {name: a, kind: sft, options: {data: DATA, optimizer: {warmup_steps: 3}}}
            - {name: b, kind: rl, options: {grpo: {steps: 3}, evaluation: {problems: 0}}}
            """
                .replace("DATA", folder.resolve("t.jsonl").toString()));
    Ran ran = dry(List.of("pipeline", stages.toString()));
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.out())
        .contains("batch_size: 32")
        .contains("learning_rate: 2.0E-5")
        .contains("lr_scheduler_type: linear")
        .contains("epsilon_high: null")
        .contains("model: null");
    Path printed = Files.writeString(folder.resolve("printed.yaml"), ran.out());
    Ran again = dry(List.of("pipeline", printed.toString()));
    assertThat(again.code()).as(again.err()).isZero();
    assertThat(again.out()).isEqualTo(ran.out());
  }

  @Test
  void aTrainingRecipeAndAPipelineOfOneStageAreTheSame() throws IOException {
    Path recipe = Files.writeString(folder.resolve("r.yaml"), "name: x\n");
    Ran pipeline = dry(List.of("pipeline", recipe.toString()));
    assertThat(pipeline.code()).as(pipeline.err()).isZero();
    assertThat(pipeline.err()).contains("OK: stage rl (rl): 4,000 problems to train on");
    Ran train = dry(List.of("train", "../recipes/r1-zero.yaml"));
    assertThat(train.code()).as(train.err()).isZero();
    assertThat(train.out()).startsWith("name: r1-zero\n").contains("steps: 75");
    assertThat(train.out()).doesNotContain("stages:");
    Ran sft = dry(List.of("sft", "../recipes/sft.yaml", "--set", "grpo.steps=3"));
    assertThat(sft.code()).isEqualTo(2);
    assertThat(sft.err()).contains("stages must have one of kind rl where lora, grpo, checkpoint");
  }

  @Test
  void curateSaysWhatItSamples() {
    Ran ran = dry(List.of("curate", "../recipes/curate.yaml"));
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.err())
        .contains("OK: stage curate (curate): 200 problems to sample")
        .contains("8 samples of each")
        .contains("about ");
    assertThat(ran.out()).contains("near_duplicate: 0.95");
    assertThat(folder.resolve("runs")).doesNotExist();
  }

  @Test
  void curateNamesAQuestionThatCanNotFitBeforeItSamples() {
    for (String dry : List.of("--dry-run", "--json")) {
      Ran ran =
          Ran.command(
              "curate",
              "../recipes/curate.yaml",
              dry,
              "--set",
              "sampling.max_new_tokens=250",
              "--set",
              "output=" + folder.resolve("runs"));
      assertThat(ran.code()).as(ran.err()).isEqualTo(2);
      assertThat(ran.err())
          .contains("sampling.max_new_tokens (250)")
          .contains("of 200 problems exceed the model's context of 256 tokens");
    }
  }

  @Test
  void sftCountsExamplesAndNamesBadRecords() throws IOException {
    Path data = folder.resolve("examples.jsonl");
    Files.writeString(
        data,
        TRACE.repeat(3)
            + "{\"prompt\": \"x\"}\n"
            + TRACE.replace(" 2", " one and one is two".repeat(80)));
    Ran ran =
        dry(
            List.of(
                "sft",
                "../recipes/sft.yaml",
                "--set",
                "stages.sft.options.data=" + data,
                "--set",
                "stages.sft.options.max_bad=1"));
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.err())
        .contains("OK: stage sft (sft): 3 examples of up to ")
        .contains("1 left out as too long")
        .contains("bad record " + data + ":4: ")
        .contains("million parameters, about ");
    Ran strict =
        dry(List.of("sft", "../recipes/sft.yaml", "--set", "stages.sft.options.data=" + data));
    assertThat(strict.code()).isEqualTo(2);
    assertThat(strict.err()).contains(data + ":4: ");
  }

  @Test
  void pipelineSaysWhatEachStageWorksOn() {
    Ran ran = dry(List.of("pipeline", "../recipes/r1.yaml"));
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.err())
        .contains("stage rl-1 (rl): ")
        .contains("stage reject (rejection_sampling): 600 problems to sample")
        .contains("stage sft-2 (sft): trains on what stage reject makes; 2.9 million parameters");
  }

  @Test
  void compareChecksEveryArmAndNamesTheFaultsOfAll() throws IOException {
    Ran ran = dry(List.of("compare", "../recipes/compare-quick.yaml"));
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.err())
        .contains("OK: arm R1-Zero")
        .contains("arm distilled (small)")
        .contains("measured on 100 problems, 4 samples of each");
    Path file =
        Files.writeString(
            folder.resolve("arms.yaml"),
            """
        name: arms
        arms:
          - {name: a, recipe: r.yaml, settings: [device=cuda:77]}
          - {name: b, recipe: r.yaml, settings: [sampling.max_new_tokens=250]}
        """);
    Files.writeString(folder.resolve("r.yaml"), "name: r\nevaluation: {problems: 5}\n");
    Ran faulty = dry(List.of("compare", file.toString()));
    assertThat(faulty.code()).isEqualTo(2);
    assertThat(faulty.err()).contains("arm a: ").contains("cuda:77").contains("arm b: ");
  }

  @Test
  void notesOfTheDataAreSaid() throws IOException {
    Path data = folder.resolve("data.jsonl");
    Files.writeString(
        data,
        "{\"question\": \"1+1?\", \"answer\": \"2\"}\n{\"question\": \"2+1?\", \"answer\": \"3\"}\n{\"question\": null, \"answer\": \"3\"}\n");
    Path recipe =
        Files.writeString(
            folder.resolve("own.yaml"),
            "task: {name: file, options: {path: "
                + data
                + ", held_out_share: 0.0, max_bad_share: 0.5}}\nevaluation: {problems: 0}\n");
    Ran ran = dry(List.of("train", recipe.toString()));
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.err()).contains("OK: 2 problems to train on").contains(data + ":3");
  }

  private Ran dry(List<String> command) {
    List<String> all = new ArrayList<>(command);
    all.add("--dry-run");
    all.addAll(List.of("--set", "output=" + folder.resolve("runs")));
    return Ran.command(all.toArray(String[]::new));
  }
}
