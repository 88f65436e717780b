package org.r1zero.verify.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the kernel says of process trees in {@code /proc}. */
final class ProcessorTime {

  /** Clock ticks per second: what the kernel shows programs, on all machines that we know. */
  private static final int TICKS = 100;

  /**
   * Where in /proc/PID/stat, after the name, four numbers begin: the process's and its children's.
   */
  private static final int TIMES = 11;

  private ProcessorTime() {}

  /** What a process, those below it and those that they have waited for used. */
  static Duration ofTree(Process process) {
    long ticks = 0;
    List<Long> pids = new ArrayList<>(List.of(process.pid()));
    for (int i = 0; i < pids.size(); i++) {
      ticks += ticks(pids.get(i));
      children(pids.get(i)).forEach(child -> pids.add(child.pid()));
    }
    return Duration.ofMillis(ticks * 1000 / TICKS);
  }

  private static long ticks(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      long ticks = 0;
      for (int i = TIMES; i < TIMES + 4; i++) {
        ticks += Long.parseLong(fields[i]);
      }
      return ticks;
    } catch (IOException | RuntimeException e) {
      return 0; // it has ended
    }
  }

  /** The processes that a process's threads started, without a look at all of the machine's. */
  static List<ProcessHandle> children(long pid) {
    List<ProcessHandle> children = new ArrayList<>();
    Path tasks = Path.of("/proc/" + pid + "/task");
    try (var threads = Files.list(tasks)) {
      for (Path thread : threads.toList()) {
        for (String child : Files.readString(thread.resolve("children")).split(" ", -1)) {
          Optional.of(child.strip())
              .filter(text -> !text.isEmpty())
              .flatMap(text -> ProcessHandle.of(Long.parseLong(text)))
              .ifPresent(children::add);
        }
      }
    } catch (IOException e) {
      return ProcessHandle.of(pid).map(p -> p.children().toList()).orElse(List.of());
    }
    return children;
  }
}
