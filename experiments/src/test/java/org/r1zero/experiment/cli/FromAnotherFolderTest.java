package org.r1zero.experiment.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Recipes and the data that they name come with the program: they need no working directory. */
@Tag("slow")
class FromAnotherFolderTest {
  private static final String HOME = "r1zero.home";
  @TempDir private Path folder;

  @BeforeEach
  void startAsTheScriptDoes() {
    assertThat(Path.of("recipes")).as("this is not the program's folder").doesNotExist();
    System.setProperty(HOME, Path.of("..").toAbsolutePath().normalize().toString());
  }

  @AfterEach
  void forget() {
    System.clearProperty(HOME);
  }

  @ParameterizedTest
  @CsvSource({
    "train, recipes/own-data.yaml",
    "train, recipes/python-reward.yaml",
    "pipeline, recipes/curate.yaml",
    "pipeline, recipes/sft.yaml",
    "pipeline, recipes/r1-zero.yaml"
  })
  void findsTheRecipeAndItsData(String command, String recipe) {
    Ran ran = Ran.command(command, recipe, "--dry-run", "--set", "output=" + folder);

    assertThat(ran.code()).as(ran.err()).isZero();
  }
}
