package org.r1zero.verify.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.r1zero.verify.sandbox.SandboxException.Kind;

/**
 * Isolation by bubblewrap: a process tree in user, mount, process, network, IPC, host name and
 * control group namespaces of its own.
 *
 * <p>It sees {@code /usr}, read-only, an empty {@code /tmp} in memory, and nothing else of this
 * machine; no network but a loopback of its own; no environment; no privilege, and none to be
 * gained. System calls that a program under test never needs are denied ({@link SeccompFilter}).
 * Where this JVM runs as root the tree runs as nobody, since the kernel holds root to no limit of
 * processes. Limits: {@link Prlimit}, {@link ControlGroups}. The tree dies with its first process,
 * and that with this JVM.
 */
public final class BubblewrapSandbox implements Sandbox {

  private static final String NOBODY = "65534";
  private static final String FILTER = "seccomp.bpf";
  private static final String FILTER_WITHOUT_KILLS = "seccomp-without-kills.bpf";
  private static final String USERS = "passwd";

  private final Features features;
  private final ControlGroups groups;
  private final ScratchFolder scratch;
  private final boolean filters;
  private final Set<SandboxProcess> running = ConcurrentHashMap.newKeySet();
  private boolean closed;
  private final Thread atExit = new Thread(this::end, "sandbox-exit");

  /**
   * What this machine's bubblewrap and kernel can do.
   *
   * @param executable bubblewrap's name or path
   * @param dropRoot whether to become nobody first
   * @param proc whether a fresh {@code /proc} can be mounted; not so in some containers
   * @param tmpfsSize whether the size of {@code /tmp} can be set: bubblewrap 0.7
   */
  private record Features(String executable, boolean dropRoot, boolean proc, boolean tmpfsSize) {}

  private BubblewrapSandbox(Features features, ControlGroups groups, ScratchFolder scratch) {
    this.features = features;
    this.groups = groups;
    this.scratch = scratch;
    this.filters = Files.exists(scratch.path().resolve(FILTER));
  }

  /**
   * Opens the sandbox after a trial.
   *
   * @throws SandboxUnavailableException if bubblewrap is not installed, or this machine does not
   *     let it work; the message says what to do
   */
  public static BubblewrapSandbox open() {
    return open("bwrap");
  }

  /** As {@link #open()}, with the executable's name or path. */
  static BubblewrapSandbox open(String executable) {
    String help = help(executable);
    boolean tmpfsSize = help.contains("--size");
    ScratchFolder scratch = scratch();
    SandboxException first = null;
    for (boolean dropRoot : isRoot() ? new boolean[] {true, false} : new boolean[] {false}) {
      for (boolean proc : new boolean[] {true, false}) {
        Features features = new Features(executable, dropRoot, proc, tmpfsSize);
        try {
          trial(new BubblewrapSandbox(features, ControlGroups.none(), scratch));
          BubblewrapSandbox sandbox =
              new BubblewrapSandbox(features, ControlGroups.open(), scratch);
          Runtime.getRuntime().addShutdownHook(sandbox.atExit);
          return sandbox;
        } catch (SandboxException e) {
          first = first == null ? e : first;
        }
      }
    }
    scratch.close();
    throw new SandboxUnavailableException(
        "bubblewrap (bwrap) is installed but can't isolate programs on this machine: "
            + (first == null ? "" : first.getMessage())
            + ". It needs user namespaces: allow them by 'sysctl kernel.unprivileged_userns_clone=1'"
            + " (Debian) or 'sysctl kernel.apparmor_restrict_unprivileged_userns=0' (Ubuntu 24.04);"
            + " in a container, start it with a seccomp profile that allows them");
  }

  @Override
  public SandboxProcess start(SandboxedCommand command) throws SandboxException {
    ControlGroups.Group group = groups.create(command.limits());
    String script =
        group.joinScript()
            + "unset PWD OLDPWD SHLVL; exec \"$@\"" // the sandbox's init shows its environment
            + (filters ? " 9<'" + scratch.path().resolve(filter(command)) + "'" : "");
    List<String> whole = new ArrayList<>(List.of("/bin/sh", "-c", script, "sandbox"));
    whole.addAll(bubblewrap(command));
    try {
      SandboxProcess process = spawn(whole, command.limits(), group);
      process.whenEnded(
          () -> {
            running.remove(process);
            group.close();
          });
      return process;
    } catch (SandboxException e) {
      group.close();
      throw e;
    }
  }

  private static String filter(SandboxedCommand command) {
    return command.kills() ? FILTER : FILTER_WITHOUT_KILLS;
  }

  private synchronized SandboxProcess spawn(
      List<String> command, SandboxLimits limits, ControlGroups.Group group)
      throws SandboxException {
    if (closed) {
      throw new SandboxException(Kind.NOT_STARTED, "the sandbox is closed");
    }
    SandboxProcess process = new SandboxProcess(Spawner.start(command), limits, group, true);
    running.add(process);
    return process;
  }

  @Override
  public String inside(Map.Entry<String, Path> readOnly) {
    return readOnly.getKey();
  }

  @Override
  public boolean isIsolated() {
    return true;
  }

  @Override
  public boolean isComplete() {
    return filters && features.tmpfsSize() && groups.missing().isEmpty();
  }

  @Override
  public String describe() {
    return "bubblewrap"
        + (features.dropRoot() ? ", as nobody" : "")
        + (filters ? ", filter of system calls" : ", no filter of system calls")
        + ", "
        + groups.describe()
        + (features.proc() ? "" : ", no /proc")
        + (features.tmpfsSize() ? "" : ", /tmp without a limit of its size (bubblewrap < 0.7)");
  }

  /** Kills what still runs and deletes the sandbox's own files and groups. */
  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      // the JVM is ending, and the hook does the same
    }
    end();
  }

  private void end() {
    synchronized (this) { // from now on nothing is started
      closed = true;
    }
    running.forEach(SandboxProcess::close);
    groups.close();
    scratch.close();
  }

  private List<String> bubblewrap(SandboxedCommand command) {
    List<String> a = new ArrayList<>();
    if (features.dropRoot()) {
      a.addAll(
          List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups", "--"));
    }
    a.add(features.executable());
    a.addAll(List.of("--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc"));
    a.addAll(List.of("--unshare-uts", "--unshare-cgroup-try", "--hostname", "sandbox"));
    a.addAll(List.of("--uid", NOBODY, "--gid", NOBODY, "--new-session", "--die-with-parent"));
    a.addAll(List.of("--clearenv", "--setenv", "PATH", "/usr/bin:/bin"));
    new TreeMap<>(ENVIRONMENT).forEach((name, value) -> a.addAll(List.of("--setenv", name, value)));
    if (filters) {
      a.addAll(List.of("--seccomp", "9"));
    }
    a.addAll(List.of("--ro-bind", "/usr", "/usr"));
    for (String name : List.of("bin", "sbin", "lib", "lib32", "lib64")) {
      mountTopLevel(a, Path.of("/" + name));
    }
    a.addAll(List.of("--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"));
    a.addAll(features.proc() ? List.of("--proc", "/proc") : List.of("--dir", "/proc"));
    // not --dev: its /dev/shm would be a second place to write to, without a limit
    a.addAll(List.of("--dir", "/dev"));
    for (String device : List.of("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")) {
      a.addAll(List.of("--dev-bind", device, device));
    }
    if (features.tmpfsSize()) {
      a.addAll(List.of("--size", Long.toString(command.limits().diskBytes())));
    }
    a.addAll(List.of("--tmpfs", "/tmp"));
    // semaphores and shared memory of multiprocessing, under the same limit of size
    a.addAll(List.of("--symlink", "/tmp", "/dev/shm", "--symlink", "/proc/self/fd", "/dev/fd"));
    a.addAll(List.of("--symlink", "/proc/self/fd/0", "/dev/stdin"));
    a.addAll(List.of("--symlink", "/proc/self/fd/1", "/dev/stdout"));
    a.addAll(List.of("--symlink", "/proc/self/fd/2", "/dev/stderr"));
    a.addAll(List.of("--ro-bind", scratch.path().resolve(USERS).toString(), "/etc/passwd"));
    new TreeMap<>(command.readOnly())
        .forEach((inside, host) -> a.addAll(List.of("--ro-bind", host.toString(), inside)));
    a.addAll(List.of("--remount-ro", "/", "--chdir", "/tmp", "--"));
    a.addAll(Prlimit.options(command, true));
    a.addAll(command.command());
    return a;
  }

  /** A link on systems that keep everything in /usr, otherwise a folder of its own. */
  private static void mountTopLevel(List<String> a, Path path) {
    try {
      if (Files.isSymbolicLink(path)) {
        a.addAll(List.of("--symlink", Files.readSymbolicLink(path).toString(), path.toString()));
        return;
      }
    } catch (IOException e) {
      // as a folder, then
    }
    a.addAll(List.of("--ro-bind-try", path.toString(), path.toString()));
  }

  private static void trial(BubblewrapSandbox sandbox) throws SandboxException {
    SandboxLimits limits = new SandboxLimits(Duration.ofSeconds(5), 256 << 20, 8, 1 << 20, 1 << 10);
    try (SandboxProcess process =
        sandbox.start(
            new SandboxedCommand(List.of("/bin/sh", "-c", "echo ready"), Map.of(), limits))) {
      process.awaitReady();
    }
  }

  private static String help(String executable) {
    try {
      Process process = Spawner.start(List.of(executable, "--help"));
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (SandboxException | IOException e) {
      throw new SandboxUnavailableException(
          "programs are judged in a sandbox, and bubblewrap (bwrap) is not installed; install it by"
              + " 'sudo apt-get install bubblewrap' (Fedora: 'sudo dnf install bubblewrap'). To run"
              + " programs without isolation, with all rights of this user, set the option sandbox:"
              + " none");
    }
  }

  private static boolean isRoot() {
    try {
      return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      return false;
    }
  }

  /** The folder with the filter of system calls; empty where this processor's are not known. */
  private static ScratchFolder scratch() {
    try {
      ScratchFolder scratch = ScratchFolder.create();
      Path users = scratch.path().resolve(USERS);
      Files.writeString(users, "nobody:x:" + NOBODY + ":" + NOBODY + ":nobody:/tmp:/bin/sh\n");
      ScratchFolder.publish(users);
      for (boolean kills : new boolean[] {true, false}) {
        Optional<byte[]> filter = SeccompFilter.forThisMachine(kills);
        if (filter.isPresent()) {
          Path file = scratch.path().resolve(kills ? FILTER : FILTER_WITHOUT_KILLS);
          Files.write(file, filter.get());
          ScratchFolder.publish(file);
        }
      }
      return scratch;
    } catch (IOException e) {
      throw new SandboxUnavailableException(
          "the sandbox needs a temporary folder, and none can be made: " + e.getMessage());
    }
  }
}
