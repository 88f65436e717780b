package org.r1zero.experiment.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.r1zero.experiment.report.Pages;

/** {@code r1zero compare} with arms of one step. */
@Tag("slow")
class CompareCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String RECIPE =
      "name: NAME\nmodel: embedded\ndtype: bfloat16\ntask: {name: arithmetic, options: {train: 50,"
          + " held_out: 20}}\nprompt: {template: plain}\nrewards: [{verifier: number}]\nsampling:"
          + " {max_new_tokens: 48}\ngrpo: {steps: 1, problems_per_step: 2, num_generations: 2,"
          + " optimizer: {learning_rate: RATE}}\nevaluation: {problems: 6, samples: 2}\n";
  @TempDir private Path folder;

  @Test
  void armsAreTrainedMeasuredReportedAndTakenAsTheyAreTheNextTime() throws IOException {
    write("one.yaml", RECIPE.replace("NAME", "one").replace("RATE", "1e-5"));
    write("two.yaml", RECIPE.replace("NAME", "two").replace("RATE", "1e-3"));
    write(
        "compare.yaml",
        "name: test\narms:\n- {name: 'one <b>', recipe: one.yaml}\n- {name: two, recipe:"
            + " two.yaml}\nseeds: [1, 2]\nprice: {per_hour: 3600, currency: EUR, watts: 1000}\n");
    Path out = folder.resolve("out");
    String[] command = {
      "compare", folder.resolve("compare.yaml").toString(), "--json", "--out", out.toString()
    };
    Ran ran = Ran.command(command);
    assertThat(ran.code()).as(ran.err()).isZero();
    JsonNode result = ran.json();
    assertThat(result.path("arms")).hasSize(3);
    assertThat(result.at("/arms/0/name").asText()).isEqualTo("base");
    JsonNode two = result.at("/arms/2");
    assertThat(two.path("seeds")).hasSize(2);
    assertThat(two.at("/pass1/ci_problems")).hasSize(2);
    assertThat(two.at("/readable/ci_problems_and_seeds")).hasSize(2);
    JsonNode cost = two.at("/cost/total");
    assertThat(cost.path("price").asDouble())
        .isCloseTo(cost.path("seconds").asDouble(), within(1e-9));
    assertThat(cost.path("kwh").asDouble() * 3600)
        .isCloseTo(cost.path("seconds").asDouble(), within(1e-6));
    assertThat(cost.path("flops").asDouble()).isPositive();
    assertThat(result.path("differences")).hasSizeGreaterThanOrEqualTo(3);
    assertThat(accuracyFromRawVerdicts(out.resolve("arms/two")))
        .isCloseTo(two.at("/pass1/mean").asDouble(), within(1e-12));
    String page = Files.readString(Path.of(result.path("report").asText()));
    assertThat(page).contains("one &lt;b&gt;").contains("id=\"chart-cost\"");
    assertThat(page).doesNotContain("<b>");
    Pages.assertSound(page);
    JsonNode passAt = two.at("/pass_at/0");
    assertThat(passAt.path("mean").asDouble())
        .isCloseTo(two.at("/pass1/mean").asDouble(), within(1e-12));
    assertThat(passAt.path("low").asDouble())
        .isEqualTo(two.at("/pass1/ci_problems_and_seeds/0").asDouble());
    assertThat(Files.readString(out.resolve("report.md"))).contains("| two |");

    Path trained = out.resolve("pipelines/stages");
    List<Path> before = list(trained);
    Ran again = Ran.command(command);
    assertThat(again.code()).as(again.err()).isZero();
    assertThat(list(trained)).isEqualTo(before);
    assertThat(again.err()).doesNotContain("step 1/1").doesNotContain("held-out pass@1");
    assertThat(again.json().path("arms")).isEqualTo(result.path("arms"));
  }

  @Test
  void anArmThatFailsIsReportedAndTheOthersGoOn() throws IOException {
    write("one.yaml", RECIPE.replace("NAME", "one").replace("RATE", "1e-5"));
    String fails = RECIPE.replace("NAME", "fails").replace("RATE", "1e-5");
    write("fails.yaml", fails + "health: {entropy: stop, min_entropy: 1000, patience: 1}\n");
    Ran ran =
        Ran.command(
            "compare",
            folder.resolve("one.yaml").toString(),
            folder.resolve("fails.yaml").toString(),
            "--json",
            "--out",
            folder.resolve("out").toString());
    assertThat(ran.code()).as(ran.err()).isEqualTo(1);
    JsonNode failed = ran.json().at("/arms/2");
    assertThat(failed.path("measured").asBoolean()).isFalse();
    assertThat(failed.at("/failures/0").asText()).contains("entropy").doesNotContain("Exception");
    assertThat(failed.at("/cost/stages/0/status").asText()).isEqualTo("failed");
    assertThat(ran.json().at("/arms/1/measured").asBoolean()).isTrue();
  }

  @Test
  void armsThatWouldNotBeMeasuredAlikeAreRefused() throws IOException {
    write("one.yaml", RECIPE.replace("NAME", "one").replace("RATE", "1e-5"));
    String other = RECIPE.replace("NAME", "two").replace("RATE", "1e-5");
    write("two.yaml", other.replace("problems: 6", "problems: 7"));
    Ran ran =
        Ran.command(
            "compare",
            folder.resolve("one.yaml").toString(),
            folder.resolve("two.yaml").toString());
    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains("evaluation must be the same in all arms");
  }

  /** As a person would check it: from the lines of evaluation.jsonl alone. */
  private static double accuracyFromRawVerdicts(Path arm) throws IOException {
    double right = 0;
    int count = 0;
    for (Path seed : list(arm)) {
      for (String line : Files.readAllLines(seed.resolve("evaluation.jsonl"))) {
        JsonNode one = JSON.readTree(line);
        if (one.path("sample").asInt() >= 0) {
          right += one.at("/verdicts/number/outcome").asText().equals("correct") ? 1 : 0;
          count++;
        }
      }
    }
    return right / count;
  }

  private static List<Path> list(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }
}
