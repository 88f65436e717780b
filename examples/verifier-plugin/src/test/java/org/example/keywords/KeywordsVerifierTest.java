package org.example.keywords;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.r1zero.verify.Completion;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.VerifierContractTest;
import org.r1zero.verify.Verifiers;

/** The contract kit's tests, and what is particular to this verifier. */
class KeywordsVerifierTest extends VerifierContractTest {

  @Override
  protected Verifier create() {
    return new KeywordsVerifier(true);
  }

  @Override
  protected Problem problem() {
    ObjectNode data = JsonNodeFactory.instance.objectNode();
    data.putArray("keywords").add("mean").add("median");
    return new Problem("keywords/1", "Name two averages.", "", data);
  }

  @Override
  protected List<Completion> right() {
    return List.of(Completion.of("The Mean and the median."));
  }

  @Override
  protected List<Completion> wrong() {
    return List.of(Completion.of("The mode."), Completion.of("The mean."));
  }

  @Test
  void scoresTheShareOfTheWordsThatAreThere() {
    Verdict verdict = create().verify(problem(), Completion.of("The mean."));
    assertThat(verdict.score()).isEqualTo(0.5);
    assertThat(verdict.outcome()).isEqualTo(Outcome.PARTIAL);
    assertThat(verdict.reason()).isEqualTo("missing: [median]");
  }

  @Test
  void heedsCaseIfWanted() {
    Completion completion = Completion.of("Mean, median");
    assertThat(create().verify(problem(), completion).score()).isEqualTo(1);
    assertThat(new KeywordsVerifier(false).verify(problem(), completion).score()).isEqualTo(0.5);
  }

  @Test
  void refusesAProblemWithoutKeywords() {
    assertThatThrownBy(() -> create().verify(new Problem("1", "?", ""), Completion.of("x")))
        .hasMessageContaining("needs the field keywords");
  }

  @Test
  void isFoundByItsName() {
    ObjectNode options = JsonNodeFactory.instance.objectNode().put("ignore_case", false);
    assertThat(Verifiers.discover().create("keywords", options).id()).isEqualTo("keywords");
  }
}
