package org.r1zero.verify.math;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Scores every case of the published suites. A case that we judge otherwise says why in its field
 * {@code differs}; docs/verifiers-math.md has the table that this test computes.
 */
@Tag("slow")
class PublishedSuitesTest {

  private static final List<String> SUITES =
      List.of(
          "math-verify", "latex2sympy2-extended", "prm800k", "qwen-math-equal", "hendrycks-math");

  @ParameterizedTest
  @CsvSource({
    "math-verify, 98",
    "latex2sympy2-extended, 92",
    "prm800k, 88",
    "qwen-math-equal, 100",
    "hendrycks-math, 100"
  })
  void agreesWithTheSuite(String name, double percent) {
    Suite suite = Suite.load(name);
    List<String> surprises = new ArrayList<>();
    int agreed = 0;
    for (Suite.Case one : suite.cases()) {
      boolean agrees = one.agrees();
      agreed += agrees ? 1 : 0;
      if (agrees != one.differs().isEmpty()) {
        surprises.add(one.id() + (agrees ? " agrees now" : " differs now") + ": " + one.node());
      }
    }
    assertThat(surprises).as("cases whose field differs is not true").isEmpty();
    assertThat(100.0 * agreed / suite.cases().size()).isGreaterThanOrEqualTo(percent);
  }

  @Test
  void theTableInTheDocsIsTrue() throws Exception {
    StringBuilder table = new StringBuilder();
    for (String name : SUITES) {
      Suite suite = Suite.load(name);
      long differing = suite.cases().stream().filter(one -> !one.differs().isEmpty()).count();
      int size = suite.cases().size();
      table.append(
          String.format(
              Locale.ROOT,
              "| %s | %d | %d | %.1f %% |%n",
              name,
              size,
              size - differing,
              100.0 * (size - differing) / size));
    }
    Path docs = Path.of("..", "docs", "verifiers-math.md");
    assertThat(Files.readString(docs, StandardCharsets.UTF_8)).contains(table.toString());
  }

  @Test
  void theDocsExplainEachDisagreement() throws Exception {
    Map<String, Long> reasons = new TreeMap<>();
    for (String name : SUITES) {
      for (Suite.Case one : Suite.load(name).cases()) {
        if (!one.differs().isEmpty()) {
          reasons.merge(name + ": " + one.differs(), 1L, Long::sum);
        }
      }
    }
    String docs =
        Files.readString(Path.of("..", "docs", "verifiers-math.md"), StandardCharsets.UTF_8);
    String flat = docs.replaceAll("\\s+", " ");
    reasons.forEach(
        (reason, count) -> {
          String[] parts = reason.split(": ", 2);
          assertThat(flat).contains("| " + parts[0] + " | " + count + " | " + parts[1] + " |");
        });
  }
}
