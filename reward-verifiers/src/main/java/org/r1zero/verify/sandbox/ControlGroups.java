package org.r1zero.verify.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Control groups, which bound the memory of a whole process tree with its files in memory, where
 * resource limits bound single processes. Used where this user may make them: as root, or in a
 * delegated part of the hierarchy; version 2, otherwise version 1. Elsewhere the tree is bounded by
 * {@code memoryBytes} times {@code processes}.
 */
final class ControlGroups {

  private static final String PREFIX = "r1zero-";

  private static final String MEMORY = "memory";
  private static final String PROCESSOR_TIME = "processor time";
  private static final String TASKS = "tasks";
  private static final List<String> LIMITED = List.of(MEMORY, PROCESSOR_TIME, TASKS);

  private final List<Base> bases;
  private final AtomicInteger count = new AtomicInteger();

  ControlGroups(List<Base> bases) {
    this.bases = bases;
  }

  /**
   * A folder that holds one group for each sandbox.
   *
   * @param folder the folder
   * @param memory the file that takes the limit of memory; empty where this hierarchy has none
   * @param tasks whether it limits the number of tasks
   * @param cpu the file that takes the limit of processor time; empty where this hierarchy has none
   */
  record Base(Path folder, Optional<String> memory, boolean tasks, Optional<String> cpu) {}

  /** No groups at all. */
  static ControlGroups none() {
    return new ControlGroups(List.of());
  }

  /** What this machine allows. */
  static ControlGroups open() {
    Map<String, Path> own = ControlGroupPaths.own();
    Path unified = own.get("");
    if (unified != null) {
      for (Path parent : new Path[] {unified, unified.getParent()}) {
        Optional<Base> base =
            base(parent, Optional.of("memory.max"), true, Optional.of("cpu.max"))
                .or(() -> base(parent, Optional.of("memory.max"), true, Optional.empty()));
        if (base.isPresent()) {
          return new ControlGroups(List.of(base.get()));
        }
      }
    }
    List<Base> bases = new ArrayList<>();
    if (own.containsKey("memory")) {
      base(own.get("memory"), Optional.of("memory.limit_in_bytes"), false, Optional.empty())
          .ifPresent(bases::add);
    }
    if (own.containsKey("pids")) {
      base(own.get("pids"), Optional.empty(), true, Optional.empty()).ifPresent(bases::add);
    }
    if (own.containsKey("cpu")) {
      base(own.get("cpu"), Optional.empty(), false, Optional.of("cpu.cfs_quota_us"))
          .ifPresent(bases::add);
    }
    return new ControlGroups(bases);
  }

  /** A group for one sandbox; without limits where there are no groups. */
  Group create(SandboxLimits limits) {
    List<Path> folders = new ArrayList<>();
    boolean cpu = false;
    String name = Integer.toString(count.incrementAndGet());
    for (Base base : bases) {
      Path folder = base.folder().resolve(name);
      try {
        make(folder, base, limits);
        folders.add(folder);
        cpu |= base.cpu().isPresent();
      } catch (IOException e) {
        remove(folder); // the other limits hold
      }
    }
    return new Group(folders, cpu);
  }

  /** One line for the log. */
  String describe() {
    if (bases.isEmpty()) {
      return "no control groups (memory is limited for each process, not in sum; processor time is"
          + " looked at now and then)";
    }
    List<String> missing = missing();
    List<String> limited = new ArrayList<>(LIMITED);
    limited.removeAll(missing);
    return "control groups of "
        + String.join(", ", limited)
        + (missing.isEmpty() ? "" : " (none of " + String.join(", ", missing) + ")");
  }

  /** What no group limits. */
  List<String> missing() {
    List<String> missing = new ArrayList<>(LIMITED);
    for (Base base : bases) {
      base.memory().ifPresent(file -> missing.remove(MEMORY));
      base.cpu().ifPresent(file -> missing.remove(PROCESSOR_TIME));
      if (base.tasks()) {
        missing.remove(TASKS);
      }
    }
    return missing;
  }

  /** Removes the folders, which works when the processes in them are gone. */
  void close() {
    for (Base base : bases) {
      retry(
          () -> {
            removeTree(base.folder());
            return !Files.exists(base.folder());
          });
    }
  }

  /** The group of one sandbox. */
  static final class Group {

    /** No group. */
    static final Group NONE = new Group(List.of(), false);

    private static final Pattern KILLS =
        Pattern.compile("^oom_kill ([1-9]\\d*)$", Pattern.MULTILINE);

    private final List<Path> folders;
    private final boolean limitsCpu;
    private boolean closed;
    private boolean outOfMemory;

    private Group(List<Path> folders, boolean limitsCpu) {
      this.folders = folders;
      this.limitsCpu = limitsCpu;
    }

    /** Whether all its processes together get one processor's time at most. */
    boolean limitsCpu() {
      return limitsCpu;
    }

    /** Whether the kernel has killed one of its processes for want of memory. */
    synchronized boolean outOfMemory() {
      for (Path folder : closed ? List.<Path>of() : folders) {
        for (String file : List.of("memory.events", "memory.oom_control")) { // version 2, version 1
          try {
            outOfMemory |= KILLS.matcher(Files.readString(folder.resolve(file))).find();
          } catch (IOException e) {
            // the other version's file
          }
        }
      }
      return outOfMemory;
    }

    /** Shell commands by which a process enters the group; it must not go on where that fails. */
    String joinScript() {
      StringBuilder script = new StringBuilder();
      for (Path folder : folders) {
        script.append("echo $$ >'").append(folder.resolve("cgroup.procs")).append("' && ");
      }
      return script.toString();
    }

    /** Removes the group, which works when its processes are gone. */
    void close() {
      synchronized (this) {
        boolean unused = outOfMemory(); // read for the last time
        closed = true;
      }
      folders.forEach(folder -> retry(() -> remove(folder)));
    }
  }

  /** Processes that were killed take some milliseconds to leave. */
  private static void retry(BooleanSupplier action) {
    try {
      for (int tries = 0; tries < 50 && !action.getAsBoolean(); tries++) {
        TimeUnit.MILLISECONDS.sleep(10);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Makes the folder for groups; empty where this user can't make groups there. */
  static Optional<Base> base(
      Path parent, Optional<String> memory, boolean tasks, Optional<String> cpu) {
    if (!Files.exists(parent.resolve("cgroup.procs"))) {
      return Optional.empty();
    }
    removeStale(parent);
    Path folder = parent.resolve(PREFIX + ProcessHandle.current().pid());
    Base base = new Base(folder, memory, tasks, cpu);
    try {
      Files.createDirectories(folder);
      if (Files.exists(folder.resolve("cgroup.subtree_control"))) {
        write(
            folder.resolve("cgroup.subtree_control"),
            "+memory +pids" + (cpu.isPresent() ? " +cpu" : ""));
      }
      share(folder, cpu);
      SandboxLimits limits =
          new SandboxLimits(Duration.ofSeconds(1), 64 << 20, 4, 1 << 20, 1 << 10);
      Path trial = folder.resolve("trial");
      make(trial, base, limits);
      Group group = new Group(List.of(trial), cpu.isPresent());
      Process process =
          new ProcessBuilder("/bin/sh", "-c", group.joinScript() + "exec true").start();
      boolean joined = process.waitFor() == 0;
      group.close();
      if (joined) {
        return Optional.of(base);
      }
    } catch (IOException e) {
      // not for this user
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    removeTree(folder);
    return Optional.empty();
  }

  /** All sandboxes together weigh as much as a busy process for each processor. */
  private static void share(Path folder, Optional<String> cpu) throws IOException {
    int processors = Math.min(100, Runtime.getRuntime().availableProcessors());
    if (cpu.isPresent()) {
      boolean second = Files.exists(folder.resolve("cpu.weight"));
      write(
          folder.resolve(second ? "cpu.weight" : "cpu.shares"),
          Integer.toString(processors * (second ? 100 : 1024)));
    }
  }

  private static void make(Path folder, Base base, SandboxLimits limits) throws IOException {
    Files.createDirectory(folder);
    if (base.memory().isPresent()) {
      long bytes =
          limits.memoryBytes() + limits.diskBytes() + (16 << 20); // 16 MiB: bubblewrap's own
      write(folder.resolve(base.memory().get()), Long.toString(bytes));
      Path swap = folder.resolve("memory.swap.max");
      if (Files.exists(swap)) {
        write(swap, "0");
      }
    }
    if (base.cpu().isPresent()) { // one processor, in periods of 0.1 s
      String file = base.cpu().get();
      write(folder.resolve(file), file.equals("cpu.max") ? "100000 100000" : "100000");
    }
    if (base.tasks()) { // two more: the shell that becomes bubblewrap, and its init
      write(folder.resolve("pids.max"), Integer.toString(limits.processes() + 2));
    }
  }

  /**
   * Writes to a file that the kernel made; in a folder that is not a control group there is none.
   */
  private static void write(Path file, String text) throws IOException {
    Files.writeString(file, text, StandardOpenOption.WRITE);
  }

  /** What a JVM left that was killed. */
  private static void removeStale(Path parent) {
    try (Stream<Path> folders = Files.list(parent)) {
      folders
          .filter(f -> f.getFileName().toString().matches(PREFIX + "\\d{1,9}"))
          .filter(
              f -> {
                String name = f.getFileName().toString();
                return ProcessHandle.of(Long.parseLong(name.substring(PREFIX.length()))).isEmpty();
              })
          .forEach(
              f -> {
                killAll(f);
                removeTree(f);
              });
    } catch (IOException e) {
      // nothing to be seen there
    }
  }

  /** Ends what such a JVM left: bubblewrap, if the JVM was killed while that set up a sandbox. */
  private static void killAll(Path folder) {
    try (Stream<Path> groups = Files.list(folder)) {
      for (Path group : groups.filter(Files::isDirectory).toList()) {
        for (String pid : Files.readAllLines(group.resolve("cgroup.procs"))) {
          ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
        }
      }
    } catch (IOException | NumberFormatException e) {
      // another user's
    }
  }

  private static void removeTree(Path folder) {
    try (Stream<Path> children = Files.list(folder)) {
      children.filter(Files::isDirectory).forEach(ControlGroups::remove);
    } catch (IOException e) {
      return;
    }
    remove(folder);
  }

  private static boolean remove(Path folder) {
    try {
      Files.deleteIfExists(folder);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
