package org.r1zero.verify.external;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.r1zero.verify.Completion;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.ScoreRange;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.VerifierContractTest;

@Timeout(300)
@Tag("slow")
class ExternalVerifierTest extends VerifierContractTest {

  private static final Duration LIMIT = Duration.ofSeconds(2);

  @Override
  protected Verifier create() {
    return verifier("good", Duration.ofSeconds(30), 2);
  }

  @Override
  protected Problem problem() {
    return new Problem("external/1", "?", "g");
  }

  @Override
  protected List<Completion> right() {
    return List.of(Completion.of("this is right"));
  }

  @Override
  protected List<Completion> wrong() {
    return List.of(Completion.of("this is not"));
  }

  @Override
  protected int manyTexts() {
    return 500;
  }

  @Test
  void readsVerdicts() {
    Verifier verifier = create();
    assertThat(judge(verifier, "right"))
        .isEqualTo(new Verdict(1, Outcome.CORRECT, "is right", Map.of("length", 5.0)));
    assertThat(judge(verifier, "other")).isEqualTo(new Verdict(0, Outcome.INCORRECT, ""));
    assertThat(judge(verifier, "say {\"score\": 0.5}").outcome()).isEqualTo(Outcome.PARTIAL);
    assertThat(
            judge(verifier, "say {\"score\": 0, \"outcome\": \"unparseable\", \"reason\": \"é\"}"))
        .isEqualTo(new Verdict(0, Outcome.UNPARSEABLE, "é"));
  }

  @Test
  void givesTheProgramAllOfTheProblemAndTheCompletion() {
    // The program answers what it was given: here its own request, as the reason.
    Verifier echo =
        new ExternalVerifier(
            config(
                List.of(
                    "sh",
                    "-c",
                    "while read -r line; do"
                        + " printf '{\"score\": 1, \"reason\": \"%s\"}\\n'"
                        + " \"$(printf %s \"$line\" | tr -d '\"\\\\')\"; done"),
                LIMIT,
                1));
    assertThat(judge(echo, "a\nb é 😀").reason())
        .isEqualTo(
            "{id:external/1,question:?,gold:g,data:{},completion:anb u00E9 uD83DuDE00,"
                + "tokens:0,finish_reason:stop,request:1}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "crash                          | ERROR   | the program ended with exit code 3, saying: Traceback",
        "hang                           | TIMEOUT | no answer within",
        "flood                          | ERROR   | the program wrote a line longer than",
        "say nonsense                   | ERROR   | the answer is not JSON: nonsense",
        "say 1                          | ERROR   | expected an object with a score in [0.0, 1.0], found 1",
        "say {}                         | ERROR   | expected an object with a score",
        "say {\"score\": 2}             | ERROR   | expected an object with a score",
        "say {\"score\": \"1\"}         | ERROR   | expected an object with a score",
        "say {\"score\": 1, \"outcome\": \"fine\"}    | ERROR | unknown outcome \"fine\"",
        "say {\"score\": 1, \"parts\": {\"a\": true}} | ERROR | parts must be numbers",
      })
  void failsWithTheDeclaredScoreAndStartsAnew(String text, Outcome outcome, String reason) {
    Verifier verifier = verifier("good", LIMIT, 1);
    judge(verifier, "right"); // The next one has no start to wait for.
    Verdict verdict = judge(verifier, text);
    assertThat(verdict.outcome()).as("%s", verdict).isEqualTo(outcome);
    assertThat(verdict.reason()).startsWith(reason);
    assertThat(verdict.score()).isEqualTo(0.25);
    assertThat(judge(verifier, "right").score()).isEqualTo(1);
  }

  @Test
  void comesToAnEndWithAProgramThatDoesNotRead() {
    Verifier deaf = verifier("deaf", Duration.ofMillis(300), 1);
    assertThat(judge(deaf, "x".repeat(1 << 20)).outcome()).isEqualTo(Outcome.TIMEOUT);
  }

  @Test
  void comesToAnEndWithAProgramThatEndsAtOnce() {
    Verifier over = new ExternalVerifier(config(List.of("true"), LIMIT, 1));
    for (int i = 0; i < 3; i++) {
      assertThat(judge(over, "x").outcome()).isEqualTo(Outcome.ERROR);
      assertThat(judge(over, "x").reason()).startsWith("the program ended with exit code 0");
    }
  }

  @Test
  void leavesNoProcessBehindThatHangs() {
    Verifier verifier =
        new ExternalVerifier(config(List.of("sh", "-c", "sleep 987 & sleep 986"), LIMIT, 1));
    assertThat(judge(verifier, "x").outcome()).isEqualTo(Outcome.TIMEOUT);
    // A killed process takes a moment to go.
    for (int i = 0; i < 100 && sleepers() > 0; i++) {
      pause(100);
    }
    assertThat(sleepers()).as("processes left").isZero();
  }

  private static long sleepers() {
    return ProcessHandle.current()
        .descendants()
        .filter(process -> process.info().commandLine().orElse("").contains("sleep 98"))
        .count();
  }

  @ParameterizedTest
  @CsvSource({
    "chatty, the program wrote a line that no request asked for: {\"score\": 0.5",
    "stutters, the program wrote a line that no request asked for: {\"request\": 1",
  })
  void aSurplusLineIsAFaultAndNoAnswer(String mode, String reason) {
    Verifier chatty = verifier(mode, LIMIT, 1);
    assertThat(judge(chatty, "right").score()).isEqualTo(1);
    pause(200); // Until the second line has come.
    Verdict verdict = judge(chatty, "right");
    assertThat(verdict.outcome()).as("%s", verdict).isEqualTo(Outcome.ERROR);
    assertThat(verdict.reason()).startsWith(reason);
    assertThat(judge(chatty, "right").score()).as("a fresh program").isEqualTo(1);
  }

  @Test
  void aLineThatComesLateAnswersNoOtherRequest() {
    // Each answer is followed by another line, which comes while the next one is waited for.
    Verifier late = verifier("late", LIMIT, 1);
    assertThat(judge(late, "right").score()).isEqualTo(1);
    Verdict verdict = judge(late, "right");
    assertThat(verdict.outcome()).as("%s", verdict).isEqualTo(Outcome.ERROR);
    assertThat(verdict.reason())
        .startsWith(
            "the program answered another request than the last, number 2: {\"request\": 1");
  }

  @Test
  void aProgramThatNumbersItsAnswersOnceAlwaysDoes() {
    Verifier forgetful = verifier("forgetful", LIMIT, 1);
    assertThat(judge(forgetful, "right").score()).isEqualTo(1);
    assertThat(judge(forgetful, "right").reason())
        .startsWith("the program answered another request than the last, number 2: {\"score\"");
  }

  @Test
  void sharesItsProcessesAmongThreads() {
    Verifier verifier = verifier("good", Duration.ofSeconds(30), 3);
    List<Double> scores =
        IntStream.range(0, 200)
            .parallel()
            .mapToObj(i -> judge(verifier, i + (i % 3 == 0 ? " right" : " wrong")).score())
            .toList();
    for (int i = 0; i < scores.size(); i++) {
      assertThat(scores.get(i)).isEqualTo(i % 3 == 0 ? 1 : 0);
    }
  }

  @Test
  void readsItsOptions() {
    Verifier verifier =
        create(
            "{\"command\": [\"true\"], \"min\": -1, \"max\": 2, \"failure_score\": 0,"
                + " \"timeout_seconds\": 0.5, \"start_timeout_seconds\": 0, \"processes\": 2}");
    assertThat(verifier.range()).isEqualTo(new ScoreRange(-1, 2));
    assertThat(verifier.failureScore()).isZero();
    assertThatThrownBy(() -> create("{}")).hasMessageContaining("'command' must name a program");
    assertThatThrownBy(() -> create("{\"command\": [\"true\"], \"failure_score\": 2}"))
        .hasMessageContaining("min <= failure_score <= max");
    assertThatThrownBy(() -> create("{\"command\": [\"/no/such/program\"]}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("can't start [/no/such/program]");
  }

  private static Verifier create(String options) {
    try {
      return new ExternalVerifier.Provider().create(new ObjectMapper().readTree(options));
    } catch (JsonProcessingException e) {
      throw new AssertionError(options, e);
    }
  }

  private static Verifier verifier(String mode, Duration limit, int processes) {
    return new ExternalVerifier(config(SampleProgram.command(mode), limit, processes));
  }

  private static ExternalConfig config(List<String> command, Duration limit, int processes) {
    return new ExternalConfig(
        command, ScoreRange.UNIT, 0.25, limit, Duration.ofSeconds(1), processes);
  }

  private Verdict judge(Verifier verifier, String text) {
    return verifier.verify(problem(), Completion.of(text));
  }

  private static void pause(int millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
