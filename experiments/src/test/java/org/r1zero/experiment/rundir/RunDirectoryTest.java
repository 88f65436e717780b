package org.r1zero.experiment.rundir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.r1zero.experiment.config.ConfigException;

class RunDirectoryTest {
  @TempDir private Path folder;

  @Test
  void aFolderThatIsNoRunIsNamedForWhatItIs() throws IOException {
    assertThatThrownBy(() -> RunDirectory.open(folder))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("it has no recipe.yaml");
    Files.writeString(folder.resolve("recipe.yaml"), "name: x\n");
    assertThat(RunDirectory.open(folder).path()).isEqualTo(folder);
    Files.writeString(folder.resolve("pipeline.json"), "{}");
    assertThatThrownBy(() -> RunDirectory.open(folder))
        .hasMessageContaining("is a pipeline's folder")
        .hasMessageContaining("r1zero eval " + folder.resolve("recipe.yaml") + " --model DIR");
  }
}
