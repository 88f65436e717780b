package org.r1zero.grpo.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LanesTest {

  @Test
  void partsRunAtOnceOnACoreEachAndKeepTheirOrder() {
    int before = Torch.threads();
    CountDownLatch both = new CountDownLatch(2);
    List<Supplier<Integer>> parts =
        IntStream.range(0, 2)
            .<Supplier<Integer>>mapToObj(
                i ->
                    () -> {
                      both.countDown();
                      await(both);
                      return 10 * i + Torch.threads();
                    })
            .toList();
    assertThat(Lanes.run(parts)).containsExactly(1, 11);
    assertThat(Torch.threads()).isEqualTo(before);
    assertThat(Lanes.run(parts)).containsExactly(1, 11); // lanes are used again
  }

  @Test
  void onePartHasTheCallersThread() {
    Thread own = Thread.currentThread();
    assertThat(Lanes.run(List.<Supplier<Thread>>of(Thread::currentThread))).containsExactly(own);
  }

  @Test
  void aFaultComesBeforeTheCancellationsThatItCausedAndAllPartsHaveEnded() {
    CountDownLatch ended = new CountDownLatch(1);
    Supplier<Integer> cancelled =
        () -> {
          throw new CancellationException();
        };
    Supplier<Integer> failing =
        () -> {
          throw new IllegalStateException("the cause");
        };
    Supplier<Integer> slow =
        () -> {
          sleep();
          ended.countDown();
          return 1;
        };
    assertThatThrownBy(() -> Lanes.run(List.of(cancelled, failing, slow)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the cause");
    assertThat(ended.getCount()).isZero();
  }

  @Test
  void anInterruptReachesThePartsAndStays() {
    Thread own = Thread.currentThread();
    CountDownLatch interrupted = new CountDownLatch(2);
    Supplier<Integer> waiting =
        () -> {
          own.interrupt();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            interrupted.countDown();
          }
          return 1;
        };
    Lanes.run(List.of(waiting, waiting));
    assertThat(Thread.interrupted()).isTrue();
    assertThat(interrupted.getCount()).isZero();
  }

  @Test
  void aPartThatHadNotBegunHearsTheInterruptToo() {
    Thread.currentThread().interrupt(); // before any part can begin
    Supplier<Integer> waiting =
        () -> {
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            return 1;
          }
          return 0;
        };
    assertThat(Lanes.run(List.of(waiting, waiting))).containsExactly(1, 1);
    assertThat(Thread.interrupted()).isTrue();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void sleep() {
    try {
      Thread.sleep(200);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
