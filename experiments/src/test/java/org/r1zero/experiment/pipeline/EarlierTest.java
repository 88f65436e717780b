package org.r1zero.experiment.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.r1zero.experiment.config.ConfigException;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.experiment.config.StageConfig;
import org.r1zero.experiment.config.StageKind;

/** What stages find, before any is run. */
class EarlierTest {
  @TempDir private Path folder;

  @Test
  void aModelThatIsNotMadeYetIsStoodForByThatWhichItWillBeMadeOf() throws IOException {
    Earlier earlier = new Earlier(Recipe.defaults(), null);
    assertThat(earlier.model("s", "model", null)).hasToString("embedded");
    assertThat(earlier.model("s", "model", "base")).hasToString("embedded");
    earlier.expect(stage("data", StageKind.CURATE, "embedded-small"));
    assertThat(earlier.model("s", "model", null)).as("curation makes none").hasToString("embedded");
    earlier.expect(stage("small", StageKind.SFT, "embedded-small"));
    assertThat(earlier.model("s", "model", null)).hasToString("embedded-small");
    assertThat(earlier.model("s", "teacher", "small")).hasToString("embedded-small");
    assertThat(earlier.model("s", "model", "base")).hasToString("embedded");
    earlier.expect(stage("broken", StageKind.RL, "nowhere"));
    assertThat(earlier.model("s", "model", "broken")).hasToString("embedded-small");
    assertThatThrownBy(() -> earlier.model("stage s", "teacher", "data"))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "stage s: teacher must be base, an earlier stage that makes a model, an embedded model"
                + " or a model's folder, was 'data'");
  }

  @Test
  void theNewestExamplesAreTakenWhereNoneAreNamed() throws IOException {
    Earlier earlier = new Earlier(Recipe.defaults(), null);
    assertThatThrownBy(() -> earlier.data("stage s", null))
        .hasMessage("stage s: data is missing: no earlier stage makes examples, so name a file");
    Path file = Files.writeString(folder.resolve("x.jsonl"), "");
    assertThat(earlier.data("s", file.toString())).isEqualTo(file);
    assertThatThrownBy(() -> earlier.data("s", "first")).hasMessageContaining("was first");
    earlier.expect(stage("first", StageKind.REJECTION_SAMPLING, null));
    earlier.expect(stage("taught", StageKind.DISTILL, null));
    assertThat(earlier.data("s", null)).isNull();
    assertThat(earlier.data("s", "first")).isNull();
    assertThatThrownBy(() -> earlier.data("s", "second")).hasMessageContaining("was second");
  }

  private static StageConfig stage(String name, StageKind kind, @Nullable String model) {
    return new StageConfig(name, kind, model, null);
  }
}
