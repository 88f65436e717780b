package org.r1zero.verify.sandbox;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * No isolation: for machines without bubblewrap, by explicit choice alone.
 *
 * <p>Covered: processor time, address space and file size of each process; the wall clock; the
 * environment is empty. Not covered: everything else. The program runs as the user who runs this
 * JVM, reads and writes what that user may, reaches the network, and may leave processes behind. It
 * could end or change this JVM, its judge among them, so even a verdict can be forged.
 */
public final class ProcessSandbox implements Sandbox {

  @Override
  public SandboxProcess start(SandboxedCommand command) throws SandboxException {
    List<String> whole = new ArrayList<>(List.of("env"));
    ENVIRONMENT.forEach((name, value) -> whole.add(name + "=" + value));
    whole.addAll(Prlimit.options(command, false));
    whole.addAll(command.command());
    return new SandboxProcess(
        Spawner.start(whole), command.limits(), ControlGroups.Group.NONE, false);
  }

  @Override
  public String inside(Map.Entry<String, Path> readOnly) {
    return readOnly.getValue().toString();
  }

  @Override
  public boolean isIsolated() {
    return false;
  }

  @Override
  public boolean isComplete() {
    return false;
  }

  @Override
  public String describe() {
    return "no sandbox: programs run with all rights of this user";
  }

  @Override
  public void close() {}
}
