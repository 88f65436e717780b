package org.r1zero.grpo.health;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The memory that this process may still take: of the machine, or of its control group. */
public final class FreeMemory {
  private static final Path MACHINE = Path.of("/proc/meminfo");
  private static final Path GROUP = Path.of("/sys/fs/cgroup");

  private FreeMemory() {}

  /** Bytes; 0 where the system does not tell. */
  public static long bytes() {
    return bytes(MACHINE, GROUP);
  }

  /**
   * The same from other files.
   *
   * @param machine in the format of {@code /proc/meminfo}
   * @param group the folder of a control group, version 2; its limit counts where it has one
   */
  static long bytes(Path machine, Path group) {
    try {
      long free = 0;
      for (String line : Files.readAllLines(machine)) {
        if (line.startsWith("MemAvailable:")) {
          free = Long.parseLong(line.replaceAll("\\D", "")) * 1024;
        }
      }
      Path limit = group.resolve("memory.max");
      Path used = group.resolve("memory.current");
      if (Files.isReadable(limit) && Files.isReadable(used)) {
        String most = Files.readString(limit).strip();
        if (!most.equals("max")) {
          long left = Long.parseLong(most) - Long.parseLong(Files.readString(used).strip());
          free = Math.min(free, Math.max(0, left));
        }
      }
      return free;
    } catch (IOException e) {
      return 0; // no Linux
    }
  }
}
