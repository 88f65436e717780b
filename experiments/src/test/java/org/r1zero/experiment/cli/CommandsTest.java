package org.r1zero.experiment.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The commands as a shell sees them: exit code, standard output, standard error. */
@Tag("slow")
class CommandsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  @TempDir private Path folder;

  @Test
  void demoLeavesAWholeRunDirectoryAndPrintsItsResult() throws IOException {
    Ran ran =
        Ran.command(
            "demo",
            "--json",
            "--seed",
            "7",
            "--set",
            "output=" + folder,
            "--set",
            "grpo.steps=2",
            "--set",
            "grpo.problems_per_step=2",
            "--set",
            "evaluation.problems=20",
            "--set",
            "evaluation.samples=2");
    assertThat(ran.code()).as(ran.err()).isZero();
    JsonNode result = ran.json();
    assertThat(result.at("/pass1_before").asDouble()).isBetween(0.0, 1.0);
    assertThat(result.at("/pass1_before_ci")).hasSize(2);
    assertThat(result.at("/pass1_after_ci")).hasSize(2);
    assertThat(result.at("/seconds").asDouble()).isPositive();
    assertThat(ran.err())
        .contains("step 2/2")
        .contains("held-out pass@1")
        .contains("--- gold ")
        .contains("run directory");
    Path run = Path.of(result.at("/run_dir").asText());
    assertThat(run)
        .isDirectoryContaining("glob:**recipe.yaml")
        .isDirectoryContaining("glob:**manifest.json")
        .isDirectoryContaining("glob:**evaluation-after.jsonl");
    assertThat(Files.readAllLines(run.resolve("metrics.jsonl"))).hasSize(2);
    JsonNode rollout =
        JSON.readTree(Files.readAllLines(run.resolve("rollouts/step-000002.jsonl")).get(0));
    assertThat(rollout.at("/prompt").asText()).startsWith("Question: ");
    assertThat(rollout.at("/verdicts/number/outcome").asText()).isNotEmpty();
    JsonNode manifest = JSON.readTree(run.resolve("manifest.json").toFile());
    assertThat(manifest.at("/status").asText()).isEqualTo("done");
    assertThat(manifest.at("/seed").asLong()).isEqualTo(7);

    Ran again = Ran.command("eval", run.toString(), "--json", "--out", folder + "/all.jsonl");
    assertThat(again.code()).as(again.err()).isZero();
    assertThat(again.json().at("/pass1")).isEqualTo(result.at("/pass1_after"));
    assertThat(again.json().at("/pass1_greedy")).isEqualTo(result.at("/pass1_greedy_after"));
    assertThat(Files.readAllLines(folder.resolve("all.jsonl"))).hasSize(60);
  }

  @Test
  void generatePrintsTheCompletionOrAllAboutItAsJson() throws IOException {
    String prompt =
        "Question: Tom has 12 pens and loses 4 of them. How many pens does Tom have now?";
    String[] arguments = {"generate", "--model", "embedded", "--template", "raw", prompt};
    Ran plain = Ran.command(with(arguments, "--temperature", "0", "--max-new-tokens", "40"));
    assertThat(plain.code()).as(plain.err()).isZero();
    Ran json =
        Ran.command(with(arguments, "--temperature", "0", "--max-new-tokens", "40", "--json"));
    JsonNode completion = json.json().at("/results/0/completions/0");
    assertThat(plain.out().strip()).isEqualTo(completion.at("/text").asText().strip());
    assertThat(completion.at("/finish_reason").asText()).isIn("stop", "length");
    assertThat(completion.at("/tokens")).hasSameSizeAs(completion.at("/logprobs")).isNotEmpty();
    Ran many =
        Ran.command(with(arguments, "-n", "3", "--seed", "5", "--max-new-tokens", "4", "--json"));
    assertThat(many.json().at("/results/0/completions")).hasSize(3);
  }

  @Test
  void aDryRunPrintsEveryKeyAndTrainsNothing() throws IOException {
    Path recipe = Files.writeString(folder.resolve("r.yaml"), "output: " + folder + "/runs\n");
    Ran ran = Ran.command("train", recipe.toString(), "--dry-run", "--set", "grpo.steps=3");
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.out()).contains("steps: 3").contains("adam_beta2: 0.999");
    assertThat(folder.resolve("runs")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "                                        | name a command: demo, train",
        "frobnicate                              | there is no command 'frobnicate'",
        "train                                   | name a RECIPE.yaml, or --resume RUN",
        "train --resume none                     | none: is not a run directory: it has no recipe.yaml",
        "train none.yaml                         | none.yaml: there is no such file",
        "demo --set grpo.steps=0                 | grpo.steps must be >= 1, was 0",
        "demo --set task.name=x --set rewards=[{verifier:nr}] | demo.yaml",
        "demo --set task.name=gsm                | task.name must be one of aime, amc",
        "demo --set task.options.trian=3         | unknown key task.options.trian",
        "demo --seed x                           | Invalid value for option '--seed'",
        "generate hi                             | Missing required option: '--model=DIR'",
        "generate --model embedded -n 0 hi       | --num-generations must be >= 1, was 0",
        "generate --model embedded --top-p 0 hi  | error: --top-p must be in (0, 1], was 0.0",
        "generate --model embedded --temperature -1 hi | error: --temperature must be 0",
        "generate --model embedded --max-new-tokens 0 hi | error: --max-new-tokens must be >= 1",
        "generate --model embedded --max-new-tokens 300 hi | lower --max-new-tokens to 25",
        "generate --model embedded --device mps hi | error: --device must be auto",
        "generate --model embedded --template chat hi | error: embedded: has no chat template",
        "generate --model embedded --template chat hi | set --template to another",
        "generate --model none hi                | --model takes a folder",
        "bench generate --model embedded --new 10000 | lower --max-new-tokens to",
        "bench generate --model embedded --device mps | error: --device must be auto",
        "eval --model embedded --problems -1     | --problems must be >= 0, was -1",
        "eval --model embedded --workers 0       | --workers must be >= 1, was 0",
        "eval --model none                       | none: is not a folder",
        "eval none                               | none: there is no such run or recipe",
        "eval --model embedded --out /proc/x     | --out: /proc/x can't be used: /proc can't",
        "demo extra                              | 'extra' is more than this command takes",
        "demo --seed x                           | 'x' is not a whole number",
        "verify pom.xml --verifier number --timeout x | 'x' is not a number",
        "verify pom.xml --verifier number --min-agreement 7 | --min-agreement must be within 0 and",
        "verify pom.xml --verifier number --out /proc/x | --out: /proc/x can't be used",
        "verify pom.xml --verifier number --out src | --out: src can't be used: it is a folder",
        "verify pom.xml --verifier number --out none/x | /none is not a folder; name another place",
        "verify pom.xml --verifier number --options { | --options is not JSON: Unexpected end-of-input",
        "export embedded /proc/x                 | OUT: /proc/x can't be used: /proc can't be written",
        "export embedded pom.xml/x               | pom.xml is not a folder",
        "report none --out pom.xml               | --out: pom.xml can't be used",
        "compare ../recipes/small-rl.yaml --out pom.xml | --out: pom.xml can't be used",
        "make-base /proc/x                       | DIR: /proc/x can't be used",
        "make-base none --steps 0                | --steps: must be >= 1, was 0",
        "dashboard . --port 99999                | --port: must be within 0 and 65535, was 99999",
        "dashboard . --port 0 --host 1.2.3.4     | --host: 1.2.3.4 is not an address of this machine",
        "generate --model embedded --dtype x hi  | '--dtype': must be float32 (fp32) or bfloat16 (bf16), was x",
        "generate --model none hi                | none: is no",
        "generate --model embedded --template chat hi | has no chat template",
        "generate --model embedded --device cuda:77 hi | cuda:77 was asked for",
        "generate --model embedded --max-new-tokens 9000 hi | max_position_embeddings (256)",
        "demo --set model=none                   | none: is no",
        "demo --set output=/proc/none            | output /proc/none: can't be used",
        "export embedded /                       | exists",
        "make-base /                             | exists",
      })
  void wrongUseIsExitCode2AndOneMessage(String arguments, String message) {
    Ran ran = Ran.command(arguments == null ? new String[0] : arguments.split(" ", -1));
    assertThat(ran.code()).as(ran.err()).isEqualTo(2);
    assertThat(ran.err()).contains(message).doesNotContain("\tat ");
    assertThat(ran.out()).isEmpty();
  }

  @Test
  void faultsOfKeysAndOfWhatTheRecipeNamesComeAtOnce() throws IOException {
    Path data = folder.resolve("data.jsonl");
    Files.writeString(data, "{\"question\": \"a\", \"answer\": \"1\"}\n{\"question\": \"b\"}\n");
    Path recipe =
        Files.writeString(
            folder.resolve("r.yaml"),
            "name: x\nmodel: /nowhere\ndevice: mps\noutput: /proc/x\n"
                + "task: {name: file, options: {path: "
                + data
                + "}}\nrewards: [{verifier: nosuch}]\n"
                + "grpo: {steps: -3, stepz: 1}\nsampling: {temperature: -1}\n");
    Ran ran = Ran.command("train", recipe.toString());
    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err())
        .contains("r.yaml has 8 faults:")
        .contains("grpo.steps must be >= 1, was -3")
        .contains("unknown key grpo.stepz; did you mean grpo.steps?")
        .contains("sampling.temperature must be 0")
        .contains("/nowhere: is not a folder")
        .contains("device must be auto")
        .contains("output /proc/x: can't be used")
        .contains("data.jsonl:2: it has no answer")
        .contains("'nosuch'");
    Ran sound =
        Ran.command(
            "train", recipe.toString(), "--set", "task={name: nosuch}", "--set", "rewards=[]");
    assertThat(sound.err()).contains("task.name must be one of").doesNotContain("data.jsonl");
  }

  @ParameterizedTest
  @CsvSource({"pipeline", "sft", "eval"})
  void soDoTheyInOtherCommands(String command) throws IOException {
    String stages =
        command.equals("eval") ? "" : "stages: [{name: a, kind: sft, options: {epochz: 1}}]\n";
    Path recipe =
        Files.writeString(
            folder.resolve("r.yaml"),
            "name: x\nmodel: /nowhere\noutput: /proc/x\ntask: {name: file, options: {path: gone.csv}}\n"
                + "rewards: [{verifier: nosuch}]\nsampling: {temperatur: 1}\n"
                + stages);
    Ran ran = Ran.command(command, recipe.toString());
    assertThat(ran.code()).as(ran.err()).isEqualTo(2);
    assertThat(ran.err())
        .contains("unknown key sampling.temperatur")
        .contains("/nowhere: is not a folder")
        .contains("output /proc/x: can't be used")
        .contains("gone.csv")
        .contains("'nosuch'");
  }

  @ParameterizedTest
  @CsvSource({"demo", "train", "eval", "export", "generate", "verify", "make-base"})
  void everyCommandHasHelp(String command) {
    Ran ran = Ran.command(command, "--help");
    assertThat(ran.code()).isZero();
    assertThat(ran.out()).contains("Usage: r1zero " + command);
  }

  private static String[] with(String[] arguments, String... more) {
    String[] all = java.util.Arrays.copyOf(arguments, arguments.length + more.length);
    System.arraycopy(more, 0, all, arguments.length, more.length);
    return all;
  }

  @ParameterizedTest
  @CsvSource({
    "train, r1.yaml, or none; run it by r1zero pipeline",
    "train, sft.yaml, or none; run it by r1zero sft",
    "train, curate.yaml, has the stages curate (curate)",
    "train, compare.yaml, compares arms; run it by r1zero compare",
    "pipeline, compare.yaml, compares arms; run it by r1zero compare",
    "sft, own-data.yaml, recipes/sft.yaml; run it by r1zero train",
    "sft, sft-only.yaml, recipes/sft.yaml; run it by r1zero pipeline",
    "curate, sft.yaml, such as that of recipes/curate.yaml",
  })
  void aRecipeForAnotherCommandIsAnsweredWithThatCommand(
      String command, String recipe, String message) {
    Ran ran = Ran.command(command, "../recipes/" + recipe);
    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains(message);
  }
}
