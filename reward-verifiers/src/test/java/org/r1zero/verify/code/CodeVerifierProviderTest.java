package org.r1zero.verify.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.r1zero.verify.Completion;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.Verifiers;

@Tag("slow")
class CodeVerifierProviderTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void makesAVerifierWithAllOptions() throws IOException {
    Verifier verifier =
        create(
            """
            {"language": "python", "scoring": "share", "timeout_seconds": 3, "cpu_seconds": 2,
             "memory_mb": 128, "processes": 8, "disk_mb": 2, "sandbox": "bubblewrap", "workers": 1,
             "packages": true, "format": {"answer_open": "<a>", "answer_close": "</a>"}}
            """);
    try (CodeVerifier opened = (CodeVerifier) verifier) {
      assertThat(opened.id()).isEqualTo("code");
      Verdict verdict =
          verifier.verify(
              CodeProblems.function("f", "assert f(1) == 1", "assert f(2) == 3"),
              Completion.of("<a>def f(x): return x</a>"));
      assertThat(verdict.outcome()).as("%s", verdict).isEqualTo(Outcome.PARTIAL);
      assertThat(verdict.score()).isEqualTo(0.5);
    }
  }

  @Test
  void reportsAllFaultyOptionsAtOnce() {
    assertThatThrownBy(
            () -> create("{\"scoring\": \"some\", \"memory_mb\": 1, \"sandbx\": \"none\"}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'scoring' must be one of all, share")
        .hasMessageContaining("'memory_mb' must be a whole number from 64")
        .hasMessageContaining("unknown option 'sandbx' (did you mean 'sandbox'?)");
  }

  @Test
  void saysThatAPythonIsMissing() {
    assertThatThrownBy(() -> create("{\"python\": \"/no/such/python\"}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("/no/such/python")
        .hasMessageContaining("apt-get install python3");
  }

  @Test
  void takesAPythonByItsPath() throws IOException {
    String path = PythonInterpreter.find("").executable();
    try (CodeVerifier verifier = (CodeVerifier) create("{\"python\": \"" + path + "\"}")) {
      assertThat(
              verifier
                  .verify(CodeProblems.function("f", "assert f() == 1"), Completion.of("f = int"))
                  .outcome())
          .isEqualTo(Outcome.INCORRECT);
    }
  }

  @Test
  void judgesWithoutASandboxOnlyWhereAskedTo() throws IOException {
    try (CodeVerifier verifier = (CodeVerifier) create("{\"sandbox\": \"none\"}")) {
      assertThat(
              verifier
                  .verify(
                      CodeProblems.function("f", "assert f(1) == 2"),
                      Completion.of("def f(x): return x + 1"))
                  .outcome())
          .isEqualTo(Outcome.CORRECT);
      Verdict runs =
          verifier.verify(
              CodeProblems.program("1", "2", "2", "3"),
              Completion.of(CodeProblems.fenced("print(int(input()) + 1)")));
      assertThat(runs.outcome()).as("%s", runs).isEqualTo(Outcome.CORRECT);
      Verdict slow =
          verifier.verify(
              CodeProblems.function("f", "assert f(1) == 2"),
              Completion.of("def f(x):\n  while True: pass"));
      assertThat(slow.outcome()).isEqualTo(Outcome.TIMEOUT);
    }
  }

  private static Verifier create(String options) throws IOException {
    return Verifiers.discover().create("code", JSON.readTree(options));
  }
}
