package org.r1zero.coldstart.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.r1zero.verify.Completion;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.Verifiers;

/** Made questions in the published columns. */
class GpqaBenchmarkTest {
  private static final String HEAD =
      "Record ID,Question,Correct Answer,Incorrect Answer 1,Incorrect Answer 2,Incorrect Answer"
          + " 3,Subdomain\n";

  @TempDir private Path folder;

  @Test
  void theRightChoiceStandsAtItsLetterAndAnyPlaceIsPossible() throws IOException {
    String rows =
        IntStream.range(0, 40)
            .mapToObj(i -> "r" + i + ",\"What, exactly, is " + i + "?\",right,w1,w2,w3,Physics\n")
            .collect(Collectors.joining());
    List<Problem> problems = load(HEAD + rows);
    assertThat(problems).hasSize(40).isEqualTo(load(HEAD + rows));
    for (Problem problem : problems) {
      assertThat(problem.question())
          .contains("\n" + problem.gold() + ") right\n")
          .startsWith("What, exactly, is ");
    }
    assertThat(problems.stream().map(Problem::gold).collect(Collectors.toSet()))
        .containsExactlyInAnyOrder("A", "B", "C", "D");
    assertThat(problems.get(3).id()).isEqualTo("gpqa/r3");
    Verifier math = Verifiers.discover().create("math", JsonNodeFactory.instance.objectNode());
    Problem first = problems.get(0);
    String other = first.gold().equals("A") ? "B" : "A";
    math.check(first);
    assertThat(math.verify(first, Completion.of("So \\boxed{" + first.gold() + "}.")).outcome())
        .isEqualTo(Outcome.CORRECT);
    assertThat(math.verify(first, Completion.of("So \\boxed{" + other + "}.")).outcome())
        .isEqualTo(Outcome.INCORRECT);
  }

  @Test
  void otherFormsAreNamedWithTheirLine() {
    assertThatThrownBy(() -> load("question,answer\nq,a\n"))
        .hasMessageContaining("must have the text Question");
    assertThatThrownBy(() -> load(HEAD + "r,q,same,same,w2,w3,x\n"))
        .hasMessageContaining("the right answer is among the wrong ones");
  }

  private List<Problem> load(String csv) throws IOException {
    Path file = Files.writeString(folder.resolve("gpqa.csv"), csv);
    return Datasets.load("gpqa", Options.json("{'path': '" + file + "'}"), 1, List.of()).heldOut();
  }
}
