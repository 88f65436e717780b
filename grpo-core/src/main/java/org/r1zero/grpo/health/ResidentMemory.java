package org.r1zero.grpo.health;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The memory that this process takes, native memory included. */
final class ResidentMemory {
  private static final Path STATUS = Path.of("/proc/self/status");

  private ResidentMemory() {}

  /** Megabytes (1e6 bytes), NaN where the system does not tell. */
  static double megabytes() {
    try {
      for (String line : Files.readAllLines(STATUS)) {
        if (line.startsWith("VmRSS:")) {
          return Long.parseLong(line.replaceAll("\\D", "")) * 1024 / 1e6;
        }
      }
    } catch (IOException e) {
      return Double.NaN; // no Linux
    }
    return Double.NaN;
  }
}
