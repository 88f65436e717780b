package org.r1zero.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgramHomeTest {
  @TempDir private Path home;

  @AfterEach
  void forget() {
    System.clearProperty(ProgramHome.HOME);
    System.clearProperty(ProgramHome.COMMIT);
  }

  @Test
  void findsWhatComesWithTheProgramWhereTheWorkingDirectoryHasNone() throws IOException {
    Path recipe = Files.createFile(Files.createDirectory(home.resolve("recipes")).resolve("a"));
    Files.createFile(home.resolve("pom.xml"));
    assertThat(ProgramHome.find(Path.of("recipes/a"))).isEqualTo(Path.of("recipes/a"));
    System.setProperty(ProgramHome.HOME, home.toString());

    assertThat(ProgramHome.find(Path.of("recipes/a"))).isEqualTo(recipe);
    assertThat(ProgramHome.find(Path.of("pom.xml")))
        .as("its own first")
        .isEqualTo(Path.of("pom.xml"));
    assertThat(ProgramHome.find(Path.of("recipes/b"))).isEqualTo(Path.of("recipes/b"));
    assertThat(ProgramHome.find(home.resolve("recipes/b"))).isEqualTo(home.resolve("recipes/b"));
  }

  @Test
  void theCommitIsTheProgramsNotTheWorkingDirectorys() {
    System.setProperty(ProgramHome.HOME, home.toString());
    assertThat(ProgramHome.commit()).as("no checkout").isEmpty();
    System.setProperty(ProgramHome.COMMIT, "0123abc-dirty");
    assertThat(ProgramHome.commit()).isEqualTo("0123abc-dirty");
  }
}
