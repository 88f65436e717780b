package org.r1zero.verify.external;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.r1zero.verify.Completion;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.ScoreRange;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.Verifier;

/** Keeps examples/verifier-python true. */
class PythonExampleTest {

  private static final Path EXAMPLE = Path.of("../examples/verifier-python");

  @Test
  void theExampleJudgesItsAnswers() throws IOException {
    assumeTrue(hasPython(), "there is no python3 on the path; install it to run this test");
    Verifier verifier =
        new ExternalVerifier(
            new ExternalConfig(
                List.of("python3", EXAMPLE.resolve("length_verifier.py").toString()),
                ScoreRange.UNIT,
                0,
                Duration.ofSeconds(30),
                Duration.ofSeconds(30),
                1));
    for (String line : Files.readAllLines(EXAMPLE.resolve("answers.jsonl"))) {
      ObjectNode node = (ObjectNode) new ObjectMapper().readTree(line);
      Problem problem = new Problem(node.path("id").asText(), "?", "", node);
      Verdict verdict = verifier.verify(problem, Completion.of(node.path("completion").asText()));
      assertThat(verdict.outcome() == Outcome.CORRECT)
          .as("%s: %s", line, verdict)
          .isEqualTo(node.path("expected").asInt() == 1);
    }
    Problem bare = new Problem("1", "?", "");
    assertThat(verifier.verify(bare, Completion.of("😀 \uD83D word ".repeat(50))).score())
        .isBetween(0.3, 0.4);
  }

  private static boolean hasPython() {
    for (String folder : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
      if (Files.isExecutable(Path.of(folder, "python3"))) {
        return true;
      }
    }
    return false;
  }
}
