package org.r1zero.experiment.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SetupGpuCommandTest {
  @TempDir private Path folder;

  @Test
  void folderWithOtherThingsIsLeftAlone() throws IOException {
    Path mine = Files.writeString(folder.resolve("thesis.txt"), "mine");
    Ran result = Ran.command("setup-gpu", folder.toString(), "--python", "/no/python");
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("has no torch: there is no torch/lib/libtorch_cpu.so in it");
    assertThat(mine).hasContent("mine");
  }

  @Test
  void missingPythonIsNamed() {
    Ran result =
        Ran.command("setup-gpu", folder.resolve("new").toString(), "--python", "/no/python");
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err())
        .contains("/no/python can't be started: name a Python of 3.9 to 3.13 with --python");
  }

  @Test
  void failureOfPipIsShownWithItsMessages() throws IOException {
    Path python = python("echo 'ERROR: No matching distribution found for torch==2.7.1'; exit 1");
    Ran result =
        Ran.command("setup-gpu", folder.resolve("new").toString(), "--python", python.toString());
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err())
        .contains("ERROR: No matching distribution found")
        .contains("pip ended with 1, its messages are above");
  }

  @Test
  void pipIsAskedForTheVersionThatTheBridgeIsMadeFor() throws IOException {
    Path python = python("printf '%s\\n' \"$*\" >" + folder.resolve("asked"));
    Ran result =
        Ran.command("setup-gpu", folder.resolve("new").toString(), "--python", python.toString());
    assertThat(folder.resolve("asked"))
        .content()
        .contains("-m pip install")
        .contains("--target " + folder.resolve("new"))
        .contains("torch==2.7.1");
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("does not exist"); // this pip has put nothing there
  }

  private Path python(String script) throws IOException {
    Path file = Files.writeString(folder.resolve("python"), "#!/bin/sh\n" + script + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
    return file;
  }
}
