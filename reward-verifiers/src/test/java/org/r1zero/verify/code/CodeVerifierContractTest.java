package org.r1zero.verify.code;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.r1zero.verify.Completion;
import org.r1zero.verify.HostileText;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.VerifierContractTest;

@Tag("slow")
class CodeVerifierContractTest extends VerifierContractTest {

  private final List<CodeVerifier> open = new ArrayList<>();

  @AfterEach
  void close() {
    open.forEach(CodeVerifier::close);
  }

  @Override
  protected Verifier create() {
    CodeVerifier verifier = new CodeVerifier(CodeConfig.DEFAULT);
    open.add(verifier);
    return verifier;
  }

  @Override
  protected Problem problem() {
    return CodeProblems.function("twice", "assert twice(2) == 4", "assert twice(-1.5) == -3");
  }

  @Override
  protected List<Completion> right() {
    return List.of(
        Completion.of("def twice(x):\n    return x * 2\n"),
        Completion.of(CodeProblems.fenced("twice = lambda x: x + x")));
  }

  @Override
  protected List<Completion> wrong() {
    return List.of(
        Completion.of("def twice(x):\n    return x * 3\n"),
        Completion.of("Two times two is four."),
        Completion.of(CodeProblems.fenced("raise SystemExit(0)")));
  }

  /** Each verdict costs a process, so not all of the fuzzed texts. */
  @Override
  protected List<HostileText> hostile() {
    List<HostileText> texts = new ArrayList<>(HostileText.small().subList(0, 40));
    texts.addAll(HostileText.large());
    return texts;
  }

  @Override
  protected List<HostileText> everydayHostile() {
    return HostileText.small().subList(0, 10);
  }

  @Override
  protected List<UnaryOperator<String>> places() {
    return List.of(text -> text, text -> "<answer>```python\n" + text + "\n```</answer>");
  }

  @Override
  protected int manyTexts() {
    return 100;
  }

  @Override
  protected Duration limit() {
    return Duration.ofSeconds(30);
  }
}
