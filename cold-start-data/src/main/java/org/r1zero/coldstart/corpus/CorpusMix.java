package org.r1zero.coldstart.corpus;

import java.util.EnumMap;
import java.util.Map;
import java.util.Random;

/**
 * How often each kind of text occurs.
 *
 * @param shares of the kinds, in any unit; a kind that is not there does not occur
 */
public record CorpusMix(Map<TextKind, Integer> shares) {

  /** Checks that there is something to choose from. */
  public CorpusMix {
    shares = Map.copyOf(shares);
    if (shares.values().stream().anyMatch(s -> s < 0) || total(shares) == 0) {
      throw new IllegalArgumentException("shares of a mix must be >= 0, and not all of them 0");
    }
  }

  /** The mix of the embedded base model. */
  public static CorpusMix defaults() {
    Map<TextKind, Integer> shares = new EnumMap<>(TextKind.class);
    shares.put(TextKind.FACTS, 20);
    shares.put(TextKind.CLEAN, 8);
    shares.put(TextKind.MIXED, 8);
    shares.put(TextKind.RAMBLING, 6);
    shares.put(TextKind.SLIPS, 12);
    shares.put(TextKind.GUESS, 16);
    shares.put(TextKind.UNTAGGED, 16);
    shares.put(TextKind.BLURTED, 16);
    shares.put(TextKind.ENDLESS, 10);
    shares.put(TextKind.CALCULATED, 8);
    shares.put(TextKind.ESTIMATED, 14);
    shares.put(TextKind.GAME, 8);
    return new CorpusMix(shares);
  }

  /** Draws a kind. */
  TextKind pick(Random random) {
    int at = random.nextInt(total(shares));
    for (TextKind kind : TextKind.values()) {
      at -= shares.getOrDefault(kind, 0);
      if (at < 0) {
        return kind;
      }
    }
    throw new IllegalStateException("below the sum of all shares");
  }

  private static int total(Map<TextKind, Integer> shares) {
    return shares.values().stream().mapToInt(s -> s).sum();
  }
}
