package org.r1zero.verify.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlGroupPathsTest {

  @TempDir Path folder;

  @Test
  void findsTheGroupOfVersion2() throws IOException {
    Path own = Files.createDirectories(folder.resolve("user.slice/session"));
    assertThat(
            ControlGroupPaths.parse(
                List.of("0::/user.slice/session"),
                List.of(
                    "24 30 0:22 / /proc rw,nosuid - proc proc rw",
                    "30 23 0:26 / " + folder + " rw,nosuid shared:9 - cgroup2 cgroup2 rw")))
        .containsOnlyKeys("")
        .containsEntry("", own);
  }

  @Test
  void findsTheGroupsOfVersion1() throws IOException {
    Path memory = Files.createDirectories(folder.resolve("memory/job/1"));
    Path cpu = Files.createDirectories(folder.resolve("cpu"));
    assertThat(
            ControlGroupPaths.parse(
                List.of("5:memory:/job/1", "3:cpu,cpuacct:/gone", "0::/"),
                List.of(
                    "31 30 0:27 / " + folder + "/memory rw - cgroup cgroup rw,memory",
                    "32 30 0:28 / " + folder + "/cpu rw shared:1 - cgroup cgroup rw,cpu,cpuacct")))
        .containsEntry("memory", memory)
        .containsEntry("cpu", cpu)
        .containsEntry("cpuacct", cpu);
  }

  @Test
  void followsTheMountOfAContainer() throws IOException {
    Path own = Files.createDirectories(folder.resolve("inner"));
    assertThat(
            ControlGroupPaths.parse(
                List.of("0::/docker/abc/inner"),
                List.of("30 23 0:26 /docker/abc " + folder + " rw - cgroup2 cgroup rw")))
        .containsEntry("", own);
  }

  @Test
  void findsNothingInOtherText() {
    assertThat(ControlGroupPaths.parse(List.of("", "x"), List.of("", "a - b", "- cgroup2 x")))
        .isEmpty();
  }
}
