package org.r1zero.grpo.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class FaultsTest {

  @Test
  void allAreNamedAtOnceAndKeptApart() {
    Faults faults = new Faults();
    faults.atLeast(1, "steps", 1);
    faults.atLeast(2, "group", 1, "8 is usual");
    faults.require(false, "rate", "is not a rate; name another");
    faults.part("loss.", () -> new Section(-1, 0));
    faults.part("mask.", () -> refuse("there is no such mask"));
    assertThatThrownBy(faults::check)
        .isInstanceOfSatisfying(
            FaultsException.class,
            e ->
                assertThat(e.faults())
                    .containsExactly(
                        new Fault("group", "must be >= 2, was 1 (8 is usual)"),
                        new Fault("rate", "is not a rate; name another"),
                        new Fault("loss.first", "must be >= 0, was -1"),
                        new Fault("loss.second", "must be >= 1, was 0"),
                        new Fault("", "mask.there is no such mask")))
        .hasMessageStartingWith("group must be >= 2, was 1 (8 is usual); rate is not a rate; name");
  }

  @Test
  void noneIsNoFault() {
    Faults faults = new Faults();
    faults.require(true, "rate", "must be something else");
    faults.part("loss.", () -> new Section(0, 1));
    assertThatCode(faults::check).doesNotThrowAnyException();
  }

  private record Section(int first, int second) {
    Section {
      Faults faults = new Faults();
      faults.atLeast(0, "first", first);
      faults.atLeast(1, "second", second);
      faults.check();
    }
  }

  private static void refuse(String message) {
    throw new IllegalArgumentException(message);
  }
}
