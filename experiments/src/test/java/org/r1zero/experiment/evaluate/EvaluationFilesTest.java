package org.r1zero.experiment.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.r1zero.rollout.trace.RolloutTrace;

class EvaluationFilesTest {
  @TempDir private Path folder;

  @Test
  void anEvaluationIsReadBackAsItWasMade() throws IOException {
    Evaluation made = Evaluation.of(List.of(sample(-1, true), sample(0, false)), 40);
    Path file = folder.resolve("evaluation.jsonl");
    EvaluationFiles.write(file, made);
    assertThat(EvaluationFiles.read(file)).isEqualTo(made.completions());
    assertThat(EvaluationFiles.find(file, 40)).contains(made);
    assertThat(Files.readAllLines(file).get(1))
        .contains("\"sample\":0")
        .contains("\"finish_reason\":\"length\"")
        .contains("\"right\":false")
        .contains("\"verdicts\":{\"number\":{\"score\":0.5,\"outcome\":\"partial\"");
  }

  @Test
  void ofAPartOfItsCompletionsThereIsNoEvaluation() throws IOException {
    Path file = folder.resolve("evaluation.jsonl");
    EvaluationFiles.write(file, Evaluation.of(List.of(sample(-1, true)), 40));
    Files.writeString(file, "{\"step\": 0, \"pro", StandardOpenOption.APPEND);
    assertThatThrownBy(() -> EvaluationFiles.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("evaluation.jsonl, line 2, can't be read");
    assertThat(EvaluationFiles.find(file, 40)).isEmpty();
  }

  @Test
  void aLinkIsNotFollowedAndNoFileIsNoEvaluation() throws IOException {
    Path file = folder.resolve("evaluation.jsonl");
    assertThat(EvaluationFiles.find(file, 40)).isEmpty();
    EvaluationFiles.write(file, Evaluation.of(List.of(sample(-1, true)), 40));
    Path link = Files.createSymbolicLink(folder.resolve("link.jsonl"), file);
    assertThat(EvaluationFiles.read(link)).isEmpty();
  }

  private static EvaluatedSample sample(int sample, boolean right) {
    return new EvaluatedSample(
        new RolloutTrace(
            0,
            "p",
            sample,
            "? é",
            "said\n2",
            "2",
            40,
            right ? "stop" : "length",
            0.1 + 0.2,
            Map.of("number", new RolloutTrace.VerdictTrace(0.5, "partial", "so")),
            1),
        right,
        "easy",
        right ? "2" : null,
        right ? 0 : -1);
  }
}
