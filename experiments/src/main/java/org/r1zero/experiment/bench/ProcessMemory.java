package org.r1zero.experiment.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this process has resident, native memory included, in MB of 2^20 bytes. */
final class ProcessMemory {
  private static final Path STATUS = Path.of("/proc/self/status");

  private ProcessMemory() {}

  /** The most so far; 0 where the system does not say. */
  static double peakMb() throws IOException {
    return field("VmHWM:");
  }

  /** Now; 0 where the system does not say. */
  static double residentMb() throws IOException {
    return field("VmRSS:");
  }

  private static double field(String name) throws IOException {
    if (!Files.exists(STATUS)) {
      return 0;
    }
    return Files.readAllLines(STATUS).stream()
        .filter(line -> line.startsWith(name))
        .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024.0)
        .findFirst()
        .orElse(0);
  }
}
