package org.r1zero.experiment.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code r1zero eval} on the embedded model. */
@Tag("slow")
class EvaluateCommandTest {
  @TempDir private Path folder;

  @Test
  void aKilledEvaluationGoesOnAndComesToTheSame() throws IOException {
    JsonNode whole = eval("--problems", "12", "--samples", "4");
    assertThat(whole.has("cons4")).isTrue();
    assertThat(whole.path("cons4_ci")).hasSize(2);
    assertThat(whole.path("by_difficulty")).isNotEmpty();
    assertThat(whole.path("token_budgets")).isNotEmpty();
    for (String name : List.of("language_mixing", "repetition", "truncated", "format", "length")) {
      assertThat(whole.at("/readability/" + name + "/low").isNumber()).as(name).isTrue();
    }
    Path cache = folder.resolve(".r1zero/completions");
    try (var files = Files.list(cache)) {
      for (Path file : files.toList()) {
        byte[] bytes = Files.readAllBytes(file); // as a kill leaves it: half, within a line
        Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length / 2));
      }
    }
    assertThat(timeless(eval("--problems", "12", "--samples", "4"))).isEqualTo(timeless(whole));
    JsonNode more = eval("--problems", "12", "--samples", "8");
    assertThat(more.path("pass1_greedy")).isEqualTo(whole.path("pass1_greedy"));
    assertThat(more.has("pass8")).isTrue();
  }

  @Test
  void workersOfAnyNumberAndKindComeToTheSame() throws IOException {
    String[] small = {"--problems", "12", "--samples", "4", "--set", "sampling.max_batch=4"};
    JsonNode one = eval(with(small, "--workers", "1"));
    forget();
    JsonNode two = eval(with(small, "--workers", "2"));
    forget();
    JsonNode processes = eval(with(small, "--workers", "2", "--set", "rollouts.backend=process"));
    assertThat(timeless(two)).isEqualTo(timeless(one));
    assertThat(timeless(processes)).isEqualTo(timeless(one));
  }

  @Test
  void aModelWithoutARecipeIsAskedForItsTask() throws IOException {
    Path model = folder.resolve("model");
    assertThat(Ran.command("export", "embedded", model.toString()).code()).isZero();
    String[] common = {
      "eval",
      "--model",
      model.toString(),
      "--problems",
      "2",
      "--samples",
      "1",
      "--set",
      "output=" + folder,
      "--set",
      "sampling.max_new_tokens=8"
    };
    Ran asked = Ran.command(common);
    assertThat(asked.code()).isEqualTo(2);
    assertThat(asked.err())
        .contains("what should " + model + " be measured on? Name it by --task gsm8k");
    Ran told =
        Ran.command(
            with(common, "--task", "countdown", "--set", "rewards=[{verifier: countdown}]"));
    assertThat(told.code()).as(told.err()).isZero();
    assertThat(told.err())
        .contains(
            "measuring "
                + model
                + " on up to 2 held-out problems of task countdown: prompt plain, verifier countdown,"
                + " 1 samples of each at temperature 1.0, up to 8 new tokens");
    Files.writeString(
        folder.resolve("recipe.yaml"), "name: x\ntask: {name: arithmetic, options: {train: 5}}\n");
    Ran ofRun = Ran.command(common);
    assertThat(ofRun.code()).as(ofRun.err()).isZero();
    assertThat(ofRun.err()).contains("of task arithmetic: prompt plain, verifier number");
  }

  @Test
  void conversationsAreKeptAsLongAsTheirProgramIsTheSame() throws IOException {
    Path asked = folder.resolve("asked");
    Path program = folder.resolve("environment.py");
    String script =
        """
        import json, sys
        for line in sys.stdin:
            request = json.loads(line)
            open('%s', 'a').write(request['id'] + '\\n')
            done = len(request['turns']) == 2
            reply = {'observation': ' so? ', 'reward': len(request['turns'][-1]) / 64, 'done': done}
            print(json.dumps(dict(reply, request=request['request'])), flush=True)
        """
            .formatted(asked);
    Files.writeString(program, script);
    String[] common = {
      "eval",
      "--json",
      "--problems",
      "3",
      "--samples",
      "2",
      "--set",
      "output=" + folder,
      "--set",
      "dtype=float32",
      "--set",
      "sampling.max_new_tokens=24",
      "--set",
      "sampling.stop=['=']",
      "--set",
      "rewards=[{verifier: environment}]",
      "--set",
      "environment={name: program, max_turns: 3, options: {command: [python3, " + program + "]}}"
    };
    Ran first = Ran.command(common);
    assertThat(first.code()).as(first.err()).isZero();
    List<String> requests = Files.readAllLines(asked);
    assertThat(requests).hasSizeGreaterThanOrEqualTo(9);

    Ran again = Ran.command(common);
    assertThat(timeless(again.json())).isEqualTo(timeless(first.json()));
    assertThat(Files.readAllLines(asked)).as("nothing was asked again").isEqualTo(requests);

    Files.writeString(program, script + "# changed\n");
    Ran changed = Ran.command(common);
    assertThat(timeless(changed.json())).isEqualTo(timeless(first.json()));
    assertThat(Files.readAllLines(asked)).hasSize(2 * requests.size());
  }

  @Test
  void aConversationIsHeldAgainWhereItsProblemsAnswerWasCorrected() throws IOException {
    Path train = Files.writeString(folder.resolve("train.jsonl"), row("1+1", "2"));
    Path held = folder.resolve("held.jsonl");
    Files.writeString(held, row("1+2", "3") + row("2+2", "5") + row("3+3", "6"));
    Path recipe =
        Files.writeString(
            folder.resolve("recipe.yaml"),
            """
            name: conversing
            model: embedded
            dtype: float32
            output: %s
            task: {name: file, options: {path: %s, held_out: %s}}
            prompt: {template: plain}
            sampling: {max_new_tokens: 24}
            evaluation: {problems: 3, samples: 2, readability: false}
            rewards: [{verifier: number}]
            environment: {name: retry, max_turns: 2}
            """
                .formatted(folder, train, held));
    String[] common = {"eval", "--json", recipe.toString()};
    Ran first = Ran.command(common);
    assertThat(first.code()).as(first.err()).isZero();
    List<String> kept = conversations();
    assertThat(kept).hasSize(9);
    assertThat(timeless(Ran.command(common).json())).isEqualTo(timeless(first.json()));
    assertThat(conversations()).isEqualTo(kept);

    Files.writeString(held, row("1+2", "3") + row("2+2", "4") + row("3+3", "6"));
    Ran corrected = Ran.command(common);
    assertThat(corrected.code()).as(corrected.err()).isZero();
    assertThat(conversations()).as("the corrected one's, greedy and sampled").hasSize(9 + 3);
    assertThat(conversations()).containsAll(kept);
  }

  private static String row(String question, String answer) {
    return "{\"question\": \"What is %s?\", \"answer\": \"%s\"}%n".formatted(question, answer);
  }

  /** All that is kept, a line for each. */
  private List<String> conversations() throws IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder.resolve(".r1zero/completions"))) {
      for (Path file : files.sorted().toList()) {
        Files.readAllLines(file).stream().filter(line -> !line.isEmpty()).forEach(lines::add);
      }
    }
    return lines;
  }

  private static String[] with(String[] some, String... more) {
    return Stream.of(some, more).flatMap(Stream::of).toArray(String[]::new);
  }

  /** So that the next evaluation samples anew. */
  private void forget() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve(".r1zero/completions"))) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
  }

  private JsonNode eval(String... more) throws IOException {
    String[] common = {"eval", "--json", "--set", "output=" + folder, "--set", "dtype=float32"};
    String[] all = java.util.Arrays.copyOf(common, common.length + more.length);
    System.arraycopy(more, 0, all, common.length, more.length);
    Ran ran = Ran.command(all);
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.err()).contains("cons@4").contains("readable").contains("in 96 tokens");
    return ran.json();
  }

  private static JsonNode timeless(JsonNode node) {
    return ((ObjectNode) node.deepCopy()).without("seconds");
  }
}
