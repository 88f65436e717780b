package org.r1zero.experiment.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.maven.artifact.versioning.DefaultArtifactVersion;
import org.apache.maven.artifact.versioning.InvalidVersionSpecificationException;
import org.apache.maven.artifact.versioning.VersionRange;
import org.junit.jupiter.api.Test;

/**
 * What the build brings along: all of it listed, under licences that we may use, without known
 * faults.
 */
class DependenciesTest {
  private static final Pattern LISTED =
      Pattern.compile("\\| ([^| ]+:[^| ]+) \\| ([^| ]+) \\| ([^| ]+) \\|.*");
  private static final Path THIRD_PARTIES = Path.of("../THIRD-PARTY.md");

  @Test
  void everyThirdPartyIsListedWithItsVersion() throws IOException {
    List<Set<String>> parts = new ArrayList<>();
    for (String part : Files.readString(THIRD_PARTIES).split("\n## ", -1)) {
      Set<String> artifacts = new TreeSet<>();
      LISTED
          .matcher(part)
          .results()
          .forEach(row -> artifacts.add(row.group(1) + ":" + row.group(2)));
      parts.add(artifacts);
    }
    String remedy = "made again by tools/licenses/third_parties.py";
    assertThat(parts.get(1)).as(remedy).isEqualTo(portable(Dependencies.ofTheProgram()));
    assertThat(parts.get(2)).as(remedy).isEqualTo(Dependencies.ofSymja());
  }

  /** The flavour of PyTorch's natives is a choice of who builds. */
  private static Set<String> portable(Set<String> artifacts) {
    Set<String> portable = new TreeSet<>();
    artifacts.forEach(
        name -> portable.add(name.replaceFirst("pytorch-native-[^:]+", "pytorch-native-cpu")));
    return portable;
  }

  @Test
  void everyLicenceHasItsTextAndNoneIsTheGplAlone() throws IOException {
    Matcher rows = LISTED.matcher(Files.readString(THIRD_PARTIES));
    Set<String> licences = new TreeSet<>();
    while (rows.find()) {
      licences.add(rows.group(3));
    }
    assertThat(licences)
        .contains("Apache-2.0", "LGPL-3.0-only")
        .noneMatch(l -> l.startsWith("GPL"));
    licences.remove("Apache-2.0");
    for (String licence : licences) {
      assertThat(Path.of("../licenses", licence + ".txt")).isNotEmptyFile();
    }
  }

  @Test
  void nothingUnderTheLgplIsInTheProgramsProcess() throws IOException {
    String list = Files.readString(THIRD_PARTIES);
    String program = list.substring(0, list.indexOf("## In the worker processes"));
    assertThat(program).doesNotContain("| LGPL");
    assertThat(Dependencies.ofTheProgram())
        .noneMatch(name -> name.startsWith("org.matheclipse:") || name.contains(":jas:"));
  }

  @Test
  void noResolvedVersionHasAKnownFault() throws Exception {
    Set<String> all = new TreeSet<>(Dependencies.ofTheProgram());
    all.addAll(Dependencies.ofSymja());
    assertThat(faults(all)).isEmpty();
    assertThat(faults(Set.of("io.airlift:aircompressor:2.0.2", "org.yaml:snakeyaml:2.0")))
        .containsExactly("io.airlift:aircompressor:2.0.2: CVE-2025-67721, CVE-2024-36114");
  }

  private static List<String> faults(Set<String> artifacts)
      throws IOException, InvalidVersionSpecificationException {
    List<String> faults = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of("../tools/licenses/advisories.tsv"))) {
      if (line.startsWith("#")) {
        continue;
      }
      String[] fields = line.split("\t", -1);
      VersionRange bad = VersionRange.createFromVersionSpec(fields[1]);
      for (String artifact : artifacts) {
        String version = artifact.substring(artifact.lastIndexOf(':') + 1);
        if (artifact.startsWith(fields[0] + ":")
            && bad.containsVersion(new DefaultArtifactVersion(version))) {
          faults.add(artifact + ": " + fields[2]);
        }
      }
    }
    return faults;
  }
}
