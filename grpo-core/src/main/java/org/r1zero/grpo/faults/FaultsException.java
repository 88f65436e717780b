package org.r1zero.grpo.faults;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Options can't be used; the message has every fault, and {@link #faults} has them one by one. */
public final class FaultsException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final transient List<Fault> faults;

  /** Says all of them. */
  public FaultsException(List<Fault> faults) {
    super(faults.stream().map(Fault::toString).collect(Collectors.joining("; ")));
    this.faults = List.copyOf(faults);
  }

  /** What is wrong, in the order in which it was found. */
  public List<Fault> faults() {
    return faults;
  }

  /**
   * The faults of any refusal: those of this kind, or its message, which names its key itself, and
   * those of the refusals that it suppresses.
   */
  public static List<Fault> of(IllegalArgumentException refusal) {
    return refusal instanceof FaultsException several
        ? several.faults
        : Stream.concat(
                Stream.of(refusal),
                Arrays.stream(refusal.getSuppressed())
                    .filter(IllegalArgumentException.class::isInstance))
            .map(one -> new Fault("", String.valueOf(one.getMessage())))
            .toList();
  }
}
