package org.r1zero.coldstart.dataset;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.r1zero.coldstart.prompt.Conversation;
import org.r1zero.grpo.files.Hashes;
import org.r1zero.grpo.model.tokenizer.Message;
import org.r1zero.verify.Problem;

/**
 * A share of problems by the hash of what is asked: the same question is always in the same part,
 * whatever else the file has, and whatever the order.
 */
public final class HeldOutShare {
  private HeldOutShare() {}

  /** What is asked, in a form in which blanks and case make no difference. */
  public static String key(Problem problem) {
    StringBuilder text = new StringBuilder();
    for (Message turn : Conversation.of(problem)) {
      text.append(turn.content()).append(' ');
    }
    return text.toString().strip().replaceAll("\\s+", " ").toLowerCase(Locale.ROOT);
  }

  /**
   * Moves problems to the held-out ones: at least one where there is another question to train on.
   *
   * @param share in (0, 1)
   */
  static void move(List<Problem> train, List<Problem> heldOut, double share) {
    Map<String, Double> places = new HashMap<>();
    train.forEach(problem -> places.computeIfAbsent(key(problem), HeldOutShare::place));
    double least =
        places.size() < 2
            ? -1
            : places.values().stream().min(Comparator.naturalOrder()).orElseThrow();
    train.removeIf(
        problem -> {
          double place = places.getOrDefault(key(problem), 1.0);
          boolean held = place < share || place == least;
          if (held) {
            heldOut.add(problem);
          }
          return held;
        });
  }

  /** In [0, 1). */
  private static double place(String key) {
    byte[] hash = Hashes.digest().digest(key.getBytes(StandardCharsets.UTF_8));
    return (ByteBuffer.wrap(hash).getLong() >>> 11) * 0x1p-53;
  }
}
