package org.r1zero.experiment.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.r1zero.experiment.cli.RecipesTest.StandIn;

/**
 * README.md's commands as they stand there, one after the other in one folder, as a reader gives
 * them. DIR is the embedded model with room for long prompts; RECIPE.yaml is the recipe that README
 * shows. What would take long is shortened by arguments that {@link #COMMANDS} shows; a command
 * that is not run at all is named there, too, with the reason.
 */
@Tag("slow")
class ReadmePageTest {
  private static final String FEW = "--set evaluation.problems=2 --set evaluation.samples=1";
  private static final String TWO_STEPS = "--set grpo.steps=2 " + FEW;
  private static final String SHORT = TWO_STEPS + " --set sampling.max_new_tokens=16";
  private static final String BENCH = "--problems 1 --group 2 --prompt 8 --new 8";

  /** README's order. */
  private static final List<Way> COMMANDS =
      List.of(
          run("./r1zero demo", TWO_STEPS, "trained 2 steps", "what next:"),
          not("./r1zero test", "it is what runs this test"),
          run(
              "./r1zero demo --seed 11 --set evaluation.problems=200",
              TWO_STEPS,
              "trained 2 steps"),
          run(
              "./r1zero demo --seed 22 --set evaluation.problems=200",
              TWO_STEPS,
              "trained 2 steps"),
          run(
              "./r1zero demo --seed 33 --set evaluation.problems=200",
              TWO_STEPS,
              "trained 2 steps"),
          run(
              "./r1zero train recipes/arithmetic-smollm2.yaml --set model=DIR",
              SHORT + " --set task.options.train=400",
              "trained 2 steps"),
          not("tools/bench/step_vs_trl.sh DIR", "takes TRL from PyPI"),
          not("tools/bench/generate_vs_trl.sh DIR", "takes TRL from PyPI"),
          not("tools/bench/setup", "takes TRL from PyPI"),
          run("./r1zero train recipes/gsm8k.yaml --set model=DIR", SHORT, "trained 2 steps"),
          run("./r1zero train recipes/own-data.yaml", TWO_STEPS, "trained 2 steps"),
          run("./r1zero data recipes/data/own-data.jsonl", "", "question"),
          run("./r1zero train RECIPE.yaml --set grpo.steps=200 --dry-run", "", "steps: 200", "OK:"),
          run("./r1zero explain epsilon_high", "", "grpo.loss.epsilon_high"),
          run(
              "./r1zero import-config examples/trl-config.yaml",
              "",
              "num_generations: 8",
              "epsilon_high: 0.28"),
          run(
              "./r1zero pipeline recipes/tools.yaml",
              "--set stages.cold-start.options.schedule.max_steps=2"
                  + " --set stages.rl.options.grpo.steps=2"
                  + " --set evaluation.problems=2",
              "trained 2 steps"),
          run(
              "./r1zero train --resume runs/*-gsm8k",
              "--allow-changes --set grpo.steps=3",
              "trained 3 steps"),
          run(
              "./r1zero eval runs/*-gsm8k --samples 16",
              "--problems 1 --set sampling.max_new_tokens=16",
              "16 samples of each"),
          run(
              "./r1zero generate --model runs/*-gsm8k/model --template chat \"How many eggs are 3"
                  + " dozen?\"",
              "--max-new-tokens 16"),
          run(
              "./r1zero verify examples/answers.jsonl --verifier number",
              "",
              "agreement with expected  4 of 4 (100.00 %)"),
          run(
              "./r1zero curate recipes/curate.yaml",
              "--set stages.curate.options.problems=16 --set stages.curate.options.verifiers=[]",
              "balanced_by_difficulty"),
          run(
              "./r1zero sft recipes/sft.yaml",
              "--set stages.sft.options.schedule.max_steps=2",
              "sft step 2/2"),
          run("./r1zero pipeline recipes/r1.yaml", "--dry-run", "OK: "),
          run("./r1zero compare recipes/compare-quick.yaml", "--dry-run", "OK: arm "),
          run("./r1zero report runs/*-gsm8k", "", "report "),
          serve("./r1zero dashboard runs", "--port 0", "dashboard at http://127.0.0.1:"),
          run("./r1zero export runs/*-gsm8k MY_MODEL --dtype bf16", "", "written to MY_MODEL"),
          run("./r1zero bench generate --model DIR", BENCH, "tokens/s"),
          not("./r1zero setup-gpu", "fetches gigabytes; SetupGpuCommandTest runs it on a stand-in"),
          run("./r1zero verify --list", "", "number", "math", "code"),
          run("./r1zero make-base MY_BASE", "--steps 2 --size small", "wrote MY_BASE"),
          not("./r1zero test --quick", "it is what runs the quick tests"));

  @TempDir private Path folder;

  /**
   * How a command is tried.
   *
   * @param command as README has it
   * @param shortened what is added so that it takes seconds
   * @param said what it has to say
   * @param serves whether it runs until it is stopped
   * @param notRun why it isn't run; empty where it is
   */
  private record Way(
      String command, String shortened, List<String> said, boolean serves, String notRun) {}

  private static Way run(String command, String shortened, String... said) {
    return new Way(command, shortened, List.of(said), false, "");
  }

  private static Way serve(String command, String shortened, String said) {
    return new Way(command, shortened, List.of(said), true, "");
  }

  private static Way not(String command, String why) {
    return new Way(command, "", List.of(), false, why);
  }

  @Test
  void everyCommandRunsAsItStandsThere() throws Exception {
    String page = PageCommands.page("README.md");
    assertThat(commands(page))
        .containsExactlyElementsOf(COMMANDS.stream().map(Way::command).toList());
    PageCommands shell = new PageCommands(folder);
    StandIn.make(folder.resolve("DIR"));
    Files.writeString(folder.resolve("RECIPE.yaml"), PageCommands.blocks(page, "yaml").get(0));
    for (Way way : COMMANDS) {
      if (way.notRun.isEmpty()) {
        PageCommands.Outcome outcome =
            way.serves
                ? shell.serve(way.command, way.shortened, way.said.get(0))
                : shell.run(way.command, way.shortened);
        assertThat(outcome.code()).as("%s\n%s", way.command, outcome.said()).isZero();
        way.said.forEach(said -> assertThat(outcome.said()).as(way.command).contains(said));
      }
    }
  }

  @Test
  void filesThatReadmeNamesAreThere() throws IOException {
    String page = PageCommands.page("README.md");
    Matcher link = Pattern.compile("\\]\\((?!http)([^)#]+)").matcher(page);
    while (link.find()) {
      assertThat(Path.of("..", link.group(1))).exists();
    }
    Matcher file = Pattern.compile("`((?:recipes|tools|examples|data)/[^` ]*)").matcher(page);
    while (file.find()) {
      assertThat(Path.of("..", file.group(1))).exists();
    }
  }

  /** In fences and in the text, in their order, each once. */
  private static List<String> commands(String page) {
    String word = "(?:R1ZERO_\\w+=\\S+ )?(?:\\./r1zero|tools/bench/\\w+(?:\\.sh)?)(?: [^\\n`]*)?";
    Matcher command =
        Pattern.compile("^(" + word + ")$|`(" + word + ")`", Pattern.MULTILINE).matcher(page);
    Stream.Builder<String> all = Stream.builder();
    while (command.find()) {
      String found = command.group(1) == null ? command.group(2) : command.group(1);
      all.add(found.replaceFirst("\\s+# .*$", "").strip());
    }
    return all.build().distinct().toList();
  }
}
