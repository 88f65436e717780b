package org.r1zero.verify.math.symja;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("slow")
class SymjaProcessTest {

  private static final Duration LIMIT = Duration.ofSeconds(5);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Sin(v0)^2+Cos(v0)^2-1 | ZERO",
        "Sqrt(5+2*Sqrt(6))-Sqrt(2)-Sqrt(3) | ZERO",
        "Sum(v0,{v0,1,v1})-v1*(v1+1)/2 | ZERO",
        "Integrate(v0^2,{v0,0,1})-1/3 | ZERO",
        "Sin(v0)-v0 | NOT_ZERO",
        "Sqrt(2)-(1414213562373/1000000000000) | NOT_ZERO",
        "u0(v1)-u0(v1)+10^(-35)*Sin(v1) | UNKNOWN",
        "((( | UNKNOWN"
      })
  void decides(String difference, SymbolicEngine.Answer answer) {
    assertThat(SymjaProcess.shared().isZero(difference, LIMIT)).isEqualTo(answer);
  }

  @Test
  void stopsWhatRunsAwayAndGoesOn() {
    SymjaProcess symja = engine(1);
    String endless = "Do(Sin(v1),{v1,1,10^12})";
    String large = "Expand((v0+v1+v2+v3+v4+v5+v6)^60)-1";
    for (String runaway : List.of(endless, large, "Factorial(10^8)-Factorial(10^8)+u1")) {
      long start = System.nanoTime();

      SymbolicEngine.Answer answer = symja.isZero(runaway, Duration.ofMillis(500));

      long millis = (System.nanoTime() - start) / 1_000_000;
      // The first question also waits for the worker to start.
      assertThat(answer).as(runaway).isNotEqualTo(SymbolicEngine.Answer.ZERO);
      assertThat(millis).as(runaway).isLessThan(30_000);
    }
    assertThat(symja.isZero("v0-v0", LIMIT)).isEqualTo(SymbolicEngine.Answer.ZERO);
  }

  @Test
  void remembersWhatTookTooLong() {
    SymjaProcess symja = engine(1);
    String endless = "Integrate(E^(v1^v1^v1),{v1,0,10^9})-1";
    assertThat(symja.isZero(endless, Duration.ofMillis(300)))
        .isEqualTo(SymbolicEngine.Answer.TIMEOUT);

    long start = System.nanoTime();
    assertThat(symja.isZero(endless, Duration.ofMillis(300)))
        .isEqualTo(SymbolicEngine.Answer.TIMEOUT);
    assertThat(System.nanoTime() - start).isLessThan(100_000_000);
  }

  @Test
  void goesOnAfterThreadsThatWereInterrupted() {
    SymjaProcess symja = engine(1);
    for (int i = 0; i < 5; i++) {
      Thread.currentThread().interrupt();
      assertThat(symja.isZero("v0-v0", LIMIT)).isEqualTo(SymbolicEngine.Answer.TIMEOUT);
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(symja.isZero("v0-v0", LIMIT)).isEqualTo(SymbolicEngine.Answer.ZERO);
  }

  @Test
  void asksAnotherWorkerWhereOneWasKilledFromOutside() {
    SymjaProcess symja = engine(1);
    Set<Long> before = children();
    for (int i = 0; i < 4; i++) {
      assertThat(symja.isZero("v0-v0", LIMIT)).isEqualTo(SymbolicEngine.Answer.ZERO);
      ProcessHandle.current()
          .children()
          .filter(child -> !before.contains(child.pid()))
          .forEach(ProcessHandle::destroyForcibly);
    }
  }

  private static Set<Long> children() {
    return ProcessHandle.current().children().map(ProcessHandle::pid).collect(Collectors.toSet());
  }

  @Test
  void triesAgainAfterStartsThatFailed() throws Exception {
    Duration pause = Duration.ofMillis(200);
    AtomicBoolean broken = new AtomicBoolean(true);
    SymjaProcess symja =
        new SymjaProcess(1, () -> broken.get() ? List.of("false") : SymjaProcess.command(), pause);
    for (int i = 0; i < 5; i++) {
      assertThat(symja.isZero("v0-v0", LIMIT)).isEqualTo(SymbolicEngine.Answer.TIMEOUT);
    }
    broken.set(false);
    Thread.sleep(pause.toMillis());

    assertThat(symja.isZero("v0-v0", LIMIT)).isEqualTo(SymbolicEngine.Answer.ZERO);
  }

  private static SymjaProcess engine(int workers) {
    return new SymjaProcess(workers, SymjaProcess::command, Duration.ofMinutes(1));
  }

  @Test
  void answersManyThreads() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(4);
    List<Future<SymbolicEngine.Answer>> answers = new ArrayList<>();
    for (int i = 1; i <= 40; i++) {
      String difference = "Tan(v0)^2+" + i + "-Sec(v0)^2";
      answers.add(pool.submit(() -> SymjaProcess.shared().isZero(difference, LIMIT)));
    }
    for (int i = 1; i <= 40; i++) {
      assertThat(answers.get(i - 1).get())
          .isEqualTo(i == 1 ? SymbolicEngine.Answer.ZERO : SymbolicEngine.Answer.NOT_ZERO);
    }
    pool.shutdown();
  }
}
