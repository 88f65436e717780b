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

/** {@code r1zero compare} with pipelines that share stages and start from different bases. */
@Tag("slow")
class ComparePipelinesTest {
  @TempDir private Path folder;

  @Test
  void armsOfTwoBasesShareStagesAndEachIsHeldAgainstItsOwnBase() throws IOException {
    write(
        "large.yaml",
        """
        name: large
        model: embedded
        dtype: bfloat16
        task: {name: arithmetic, options: {train: 40, held_out: 20, max_steps: 1}}
        prompt: {template: plain}
        rewards: [{verifier: number}]
        sampling: {max_new_tokens: 40, max_batch: 64}
        evaluation: {problems: 4, samples: 2}
        stages:
          - name: rl
            kind: rl
            options:
              grpo: {steps: 2, problems_per_step: 2, num_generations: 2}
              evaluation: {problems: 0}
        """);
    write(
        "distilled.yaml",
        """
        extends: large.yaml
        name: distilled
        stages+:
          - name: distill
            kind: on_policy_distill
            model: embedded-small
            options: {teacher: rl, steps: 1, problems_per_step: 2, num_generations: 2}
        """);
    write("small.yaml", "extends: large.yaml\nname: small\nmodel: embedded-small\n");
    write(
        "compare.yaml",
        "name: two-bases\narms:\n- {name: large, recipe: large.yaml}\n- {name: distilled, recipe:"
            + " distilled.yaml}\n- {name: small, recipe: small.yaml}\n");
    Path out = folder.resolve("out");
    Ran ran =
        Ran.command(
            "compare",
            folder.resolve("compare.yaml").toString(),
            "--json",
            "--out",
            out.toString());
    assertThat(ran.code()).as(ran.err()).isZero();
    JsonNode arms = ran.json().path("arms");
    assertThat(arms.findValuesAsText("name"))
        .containsSubsequence(
            "base (embedded)", "base (embedded-small)", "large", "distilled", "small");
    assertThat(arms.path(2).path("model").asText()).isEqualTo("embedded");
    assertThat(arms.path(3).path("model").asText()).isEqualTo("embedded-small");

    // the teacher's stage was made once, and is part of what the student cost
    JsonNode teacher = arms.path(2).at("/cost/stages/0");
    JsonNode shared = arms.path(3).at("/cost/stages/0");
    assertThat(teacher.path("status").asText()).isEqualTo("done");
    assertThat(shared.path("status").asText()).isEqualTo("cached");
    assertThat(shared.path("seconds").asDouble()).isEqualTo(teacher.path("seconds").asDouble());
    JsonNode own = arms.path(3).at("/cost/stages/1");
    assertThat(own.path("seconds").asDouble()).isPositive();
    assertThat(arms.path(3).at("/cost/total/seconds").asDouble())
        .isCloseTo(
            teacher.path("seconds").asDouble() + own.path("seconds").asDouble(), within(1e-9));

    // each arm against its own base, and against the other arms
    assertThat(findings(ran.json(), "base (embedded)")).containsExactly("large");
    assertThat(findings(ran.json(), "base (embedded-small)")).containsExactly("distilled", "small");
    assertThat(findings(ran.json(), "distilled")).containsExactly("large");
    assertThat(findings(ran.json(), "small")).containsExactly("large", "distilled");

    // the teacher's curve is not the student's
    String page = Files.readString(out.resolve("report.html"));
    assertThat(page).contains("distilled<small>from embedded-small</small>");
    JsonNode run = read(out.resolve("arms/distilled/seed-1/arm.json"));
    assertThat(run.path("runs")).hasSize(1);
    assertThat(run.at("/runs/0").asText()).contains("/stages/distill-");
  }

  private static List<String> findings(JsonNode result, String second) {
    return result.path("differences").findParents("first").stream()
        .filter(one -> one.path("finding").asBoolean())
        .filter(one -> one.path("measure").asText().equals("pass1"))
        .filter(one -> one.path("second").asText().equals(second))
        .map(one -> one.path("first").asText())
        .toList();
  }

  private static JsonNode read(Path file) throws IOException {
    return new ObjectMapper().readTree(file.toFile());
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }
}
