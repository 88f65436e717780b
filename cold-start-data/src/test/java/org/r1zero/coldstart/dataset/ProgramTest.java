package org.r1zero.coldstart.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgramTest {
  @TempDir private Path home;

  @AfterEach
  void forget() {
    System.clearProperty(Program.HOME);
    System.clearProperty(Program.COMMIT);
  }

  @Test
  void findsWhatComesWithTheProgramWhereTheWorkingDirectoryHasNone() throws IOException {
    Path recipe = Files.createFile(Files.createDirectory(home.resolve("recipes")).resolve("a"));
    Files.createFile(home.resolve("pom.xml"));
    assertThat(Program.find(Path.of("recipes/a"))).isEqualTo(Path.of("recipes/a"));
    System.setProperty(Program.HOME, home.toString());

    assertThat(Program.find(Path.of("recipes/a"))).isEqualTo(recipe);
    assertThat(Program.find(Path.of("pom.xml"))).as("its own first").isEqualTo(Path.of("pom.xml"));
    assertThat(Program.find(Path.of("recipes/b"))).isEqualTo(Path.of("recipes/b"));
    assertThat(Program.find(home.resolve("recipes/b"))).isEqualTo(home.resolve("recipes/b"));
  }

  @Test
  void theCommitIsTheProgramsNotTheWorkingDirectorys() {
    System.setProperty(Program.HOME, home.toString());
    assertThat(Program.commit()).as("no checkout").isEmpty();
    System.setProperty(Program.COMMIT, "0123abc-dirty");
    assertThat(Program.commit()).isEqualTo("0123abc-dirty");
  }
}
