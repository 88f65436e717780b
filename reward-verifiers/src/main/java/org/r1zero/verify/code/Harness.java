package org.r1zero.verify.code;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.r1zero.verify.process.LineProcess;
import org.r1zero.verify.sandbox.Sandbox;
import org.r1zero.verify.sandbox.SandboxLimits;
import org.r1zero.verify.sandbox.SandboxedCommand;
import org.r1zero.verify.sandbox.ScratchFolder;

/** Our Python scripts, in a temporary folder that sandboxes can read. */
final class Harness implements AutoCloseable {

  private static final List<String> SCRIPTS = List.of("worker", "judge");
  private static final String INSIDE = "/harness";
  private static final Duration LIMIT = Duration.ofMinutes(1);

  private final PythonInterpreter python;
  private final boolean packages;
  private final ScratchFolder scratch;
  private final Path folder;

  /**
   * Writes the scripts and compiles them, which saves each start some milliseconds.
   *
   * @param packages whether programs may import what is installed beside the standard library
   */
  Harness(PythonInterpreter python, boolean packages) {
    this.python = python;
    this.packages = packages;
    try {
      this.scratch = ScratchFolder.create();
      this.folder = scratch.path();
      for (String script : SCRIPTS) {
        write(script);
      }
    } catch (IOException e) {
      throw new IllegalStateException("can't write the judge's scripts: " + e.getMessage(), e);
    }
  }

  private void write(String script) throws IOException {
    Path source = folder.resolve(script + ".py");
    Path compiled = folder.resolve(script + ".pyc");
    try (InputStream in = Harness.class.getResourceAsStream(script + ".py")) {
      if (in == null) {
        throw new IOException("the resource " + script + ".py is missing");
      }
      Files.copy(in, source, StandardCopyOption.REPLACE_EXISTING);
    }
    String compile =
        "import py_compile, sys; py_compile.compile(sys.argv[1], sys.argv[2], doraise=True)";
    LineProcess.run(
        List.of(python.executable(), "-I", "-c", compile, source.toString(), compiled.toString()),
        LIMIT);
    ScratchFolder.publish(compiled);
  }

  /**
   * The command that runs a script.
   *
   * @param readOnly what else it needs to see
   * @param kills whether its processes may kill each other
   */
  SandboxedCommand command(
      String script,
      Sandbox sandbox,
      Map<String, Path> readOnly,
      SandboxLimits limits,
      boolean kills) {
    Map<String, Path> mounts = new HashMap<>(python.folders());
    mounts.putAll(readOnly);
    mounts.put(INSIDE, folder);
    String path = sandbox.inside(Map.entry(INSIDE, folder)) + "/" + script + ".pyc";
    // not -I: it would ignore PYTHONHASHSEED; the environment is ours, and the scripts drop
    // sys.path[0]
    List<String> command = new ArrayList<>(List.of(python.executable(), "-s", "-B"));
    if (!packages) {
      command.add("-S");
    }
    command.add(path);
    if (sandbox.isIsolated()) {
      command.add("isolated");
    }
    if (!kills) {
      command.add("spare");
    }
    return new SandboxedCommand(command, mounts, limits, kills);
  }

  @Override
  public void close() {
    scratch.close();
  }
}
