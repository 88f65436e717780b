package org.r1zero.experiment.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that are stopped at any moment end with the bits that they would have ended with. */
@Tag("slow")
class KillAndResumeTest {
  private static final int KILLS = 20;
  @TempDir private Path folder;

  @Test
  void killedTwentyTimesItEndsWithTheSameBits() throws Exception {
    killAndCompare(1, 70, "problems_per_step: 2", 8, 11);
  }

  @Test
  @Tag("long")
  void soDoesALargerRunWithTwoThreads() throws Exception {
    killAndCompare(2, 60, "problems_per_step: 8", 48, 12);
  }

  private void killAndCompare(int threads, int steps, String size, int tokens, long seed)
      throws Exception {
    Path undisturbed = recipe("undisturbed", steps, size, tokens);
    long started = System.nanoTime();
    try (ChildRun child =
        ChildRun.start(threads, folder.resolve("log-0"), List.of("train", undisturbed + ""))) {
      child.awaitText("step 1/");
      started = System.nanoTime();
      assertThat(child.await()).as(child.said()).isZero();
    }
    double stepMillis = (System.nanoTime() - started) / 1e6 / steps;
    Path recipe = recipe("killed", steps, size, tokens);
    Random random = new Random(seed);
    int kills = 0;
    while (kills < KILLS) {
      List<String> command = List.of("train", recipe.toString(), "--resume");
      try (ChildRun child = ChildRun.start(threads, folder.resolve("log-" + kills), command)) {
        if (kills % 5 == 4) { // while it starts, reads its checkpoint, cuts its files back
          Thread.sleep(random.nextInt(2500));
        } else {
          child.awaitText(kills == 0 ? "run directory" : "resuming after");
          Thread.sleep((long) (random.nextDouble() * 4 * stepMillis));
        }
        assertThat(child.kill()).as("it was killed, not at its end: %s", child.said()).isTrue();
      }
      kills++;
    }
    List<String> last =
        List.of("train", "--resume", ChildRun.onlyRun(folder.resolve("killed")) + "");
    try (ChildRun child = ChildRun.start(threads, folder.resolve("log-end"), last)) {
      assertThat(child.await()).as(child.said()).isZero();
      assertThat(child.said()).contains("resuming after step");
    }
    compare(ChildRun.onlyRun(folder.resolve("undisturbed")), steps);
  }

  private void compare(Path undisturbed, int steps) throws IOException {
    Path killed = ChildRun.onlyRun(folder.resolve("killed"));
    assertThat(killed.resolve("model/model.safetensors"))
        .hasSameBinaryContentAs(undisturbed.resolve("model/model.safetensors"));
    String last = String.format("checkpoints/step-%06d/tensors.safetensors", steps);
    assertThat(killed.resolve(last))
        .as("optimizer's moments too")
        .hasSameBinaryContentAs(undisturbed.resolve(last));
    assertThat(stepsOf(killed)).as("no step twice, none missing").isEqualTo(stepsOf(undisturbed));
    try (Stream<Path> files = Files.list(undisturbed.resolve("rollouts"))) {
      for (Path file : files.toList()) {
        assertThat(killed.resolve("rollouts").resolve(file.getFileName()))
            .hasSameBinaryContentAs(file);
      }
    }
  }

  private static List<String> stepsOf(Path run) throws IOException {
    List<String> steps = new ArrayList<>();
    for (String line : Files.readAllLines(run.resolve("metrics.jsonl"))) {
      steps.add(line.replaceAll(".*\"loss\":([^,]*).*\"step\":(\\d+).*", "$2 $1"));
    }
    return steps;
  }

  private Path recipe(String name, int steps, String size, int tokens) throws IOException {
    return Files.writeString(
        folder.resolve(name + ".yaml"),
        """
        name: tiny
        seed: 5
        model: embedded
        dtype: bfloat16
        output: %s
        task: {name: arithmetic, options: {train: 100, held_out: 10}}
        prompt: {template: plain}
        sampling: {max_new_tokens: %d}
        scoring: {threads: 2}
        grpo:
          steps: %d
          %s
          num_generations: 4
          optimizer: {learning_rate: 3.0e-4}
        evaluation: {problems: 0}
        """
            .formatted(folder.resolve(name), tokens, steps, size));
  }
}
