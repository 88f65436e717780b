package org.r1zero.verify.format;

import java.util.List;
import org.r1zero.verify.Completion;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.VerifierContractTest;

class SoftFormatContractTest extends VerifierContractTest {

  @Override
  protected Verifier create() {
    return new FormatVerifier(
        ReasoningFormat.DEFAULT.withPromptOpensThink(true), FormatVerifier.Mode.SOFT);
  }

  @Override
  protected Problem problem() {
    return new Problem("format/1", "?", "");
  }

  @Override
  protected List<Completion> right() {
    return List.of(Completion.of("2 + 2 = 4.</think> So: <answer>4</answer>"));
  }

  @Override
  protected List<Completion> wrong() {
    return List.of(Completion.of("4"), Completion.of("<answer>4</answer>"));
  }
}
