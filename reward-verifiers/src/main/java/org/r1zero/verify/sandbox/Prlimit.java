package org.r1zero.verify.sandbox;

import java.util.ArrayList;
import java.util.List;

/** The command of util-linux that sets resource limits and then becomes the program. */
final class Prlimit {

  private Prlimit() {}

  /** The command up to the program. The limits are hard: the program can't raise them. */
  static List<String> options(SandboxedCommand command, boolean ownUserNamespace) {
    SandboxLimits limits = command.limits();
    long cpu = Math.max(1, limits.cpuTime().toSeconds());
    List<String> options = new ArrayList<>();
    options.add("/usr/bin/prlimit");
    if (command
        .kills()) { // SIGXCPU, and SIGKILL for what ignores it; without it there is the clock
      options.add("--cpu=" + cpu + ":" + (cpu + 1));
    }
    options.add("--as=" + limits.memoryBytes());
    options.add("--fsize=" + limits.diskBytes());
    options.add("--nofile=64");
    options.add("--core=0");
    options.add("--memlock=0");
    options.add("--msgqueue=0");
    options.add("--sigpending=256");
    if (ownUserNamespace) { // else it counts all processes of this user
      options.add("--nproc=" + limits.processes());
    }
    options.add("--");
    return options;
  }
}
