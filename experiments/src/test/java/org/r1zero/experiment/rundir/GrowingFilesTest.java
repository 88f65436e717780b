package org.r1zero.experiment.rundir;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GrowingFilesTest {
  @TempDir private Path run;
  private GrowingFiles files;

  @BeforeEach
  void begin() throws IOException {
    files = new GrowingFiles(run);
    Files.createDirectory(run.resolve("rollouts"));
    Files.writeString(run.resolve("metrics.jsonl"), "{\"step\":0}\n");
    Files.writeString(run.resolve("rollouts/step-000000.jsonl"), "{}\n");
  }

  @Test
  void whatGrewAfterTheCheckpointIsCutOff() throws IOException {
    ObjectNode positions = files.positions();
    assertThat(positions.path("metrics.jsonl").asLong()).isEqualTo(11);
    append("metrics.jsonl", "{\"step\":1}\n{\"st"); // the last line was cut by a kill
    Files.writeString(run.resolve("rollouts/step-000001.jsonl"), "{}\n");
    Files.writeString(run.resolve("later.jsonl"), "{}\n");
    Files.writeString(run.resolve("evaluation-before.jsonl"), "{}\n");
    assertThat(files.cutBack(positions, 1)).isEmpty();
    assertThat(run.resolve("metrics.jsonl")).hasContent("{\"step\":0}\n");
    assertThat(run.resolve("rollouts/step-000000.jsonl")).exists();
    assertThat(run.resolve("rollouts/step-000001.jsonl")).doesNotExist();
    assertThat(run.resolve("later.jsonl")).as("began after the checkpoint").doesNotExist();
    assertThat(run.resolve("evaluation-before.jsonl")).as("was whole before").exists();
  }

  @Test
  void stepsCountFromOneWhereTheyBeganSo() throws IOException {
    Files.delete(run.resolve("rollouts/step-000000.jsonl")); // the sign of an older run
    Files.writeString(run.resolve("rollouts/step-000001.jsonl"), "{}\n");
    Files.writeString(run.resolve("rollouts/step-000002.jsonl"), "{}\n");
    ObjectNode positions = files.positions();
    assertThat(files.cutBack(positions, 1)).isEmpty();
    assertThat(run.resolve("rollouts/step-000001.jsonl")).exists();
    assertThat(run.resolve("rollouts/step-000002.jsonl")).doesNotExist();
  }

  @Test
  void withoutACheckpointAllBeginsAgain() throws IOException {
    assertThat(files.cutBack(JsonNodeFactory.instance.objectNode(), 0)).isEmpty();
    assertThat(run.resolve("metrics.jsonl")).doesNotExist();
    assertThat(run.resolve("rollouts")).isEmptyDirectory();
  }

  @Test
  void whatIsLostIsNamed() throws IOException {
    append("metrics.jsonl", "{\"step\":1}\n");
    Files.writeString(run.resolve("other.jsonl"), "{}\n");
    ObjectNode positions = files.positions();
    Files.writeString(run.resolve("metrics.jsonl"), "{}\n");
    Files.delete(run.resolve("other.jsonl"));
    assertThat(files.cutBack(positions, 2))
        .containsExactly(
            run.resolve("metrics.jsonl") + " has 3 bytes, had 22",
            run.resolve("other.jsonl") + " is missing");
  }

  private void append(String name, String text) throws IOException {
    Files.writeString(run.resolve(name), text, StandardOpenOption.APPEND);
  }
}
