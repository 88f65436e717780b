package org.r1zero.verify.math;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Scores every case of the published suites. A case that we judge otherwise says why in its field
 * {@code differs}; docs/verifiers-math.md has the table that this test computes.
 */
@Tag("slow")
class PublishedSuitesTest {

  @ParameterizedTest
  @CsvSource({
    "math-verify, 98",
    "latex2sympy2-extended, 92",
    "prm800k, 88",
    "qwen-math-equal, 100",
    "hendrycks-math, 100"
  })
  void agreesWithTheSuiteAsTheDocsSay(String name, double percent) throws IOException {
    Suite suite = Suite.load(name);
    List<String> surprises = new ArrayList<>();
    Map<String, Integer> reasons = new TreeMap<>();
    int agreed = 0;
    for (Suite.Case one : suite.cases()) {
      boolean agrees = one.agrees();
      agreed += agrees ? 1 : 0;
      if (agrees != one.differs().isEmpty()) {
        surprises.add(one.id() + (agrees ? " agrees now" : " differs now") + ": " + one.node());
      }
      if (!one.differs().isEmpty()) {
        reasons.merge(one.differs(), 1, Integer::sum);
      }
    }
    assertThat(surprises).as("cases whose field differs is not true").isEmpty();
    int size = suite.cases().size();
    double share = 100.0 * agreed / size;
    assertThat(share).isGreaterThanOrEqualTo(percent);
    String docs =
        Files.readString(Path.of("..", "docs", "verifiers-math.md")).replaceAll("\\s+", " ");
    assertThat(docs)
        .contains(
            String.format(Locale.ROOT, "| %s | %d | %d | %.1f %% |", name, size, agreed, share));
    reasons.forEach(
        (reason, count) ->
            assertThat(docs).contains("| " + name + " | " + count + " | " + reason + " |"));
  }
}
