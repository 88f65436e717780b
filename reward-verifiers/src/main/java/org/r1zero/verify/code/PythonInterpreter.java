package org.r1zero.verify.code;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.r1zero.verify.process.LineProcess;

/**
 * The Python that judges and runs programs.
 *
 * @param executable its absolute path
 * @param folders what has to be shown to a sandbox that shows {@code /usr}, by the path inside
 */
record PythonInterpreter(String executable, Map<String, Path> folders) {

  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final String PROBE =
      "import sys; assert sys.version_info >= (3, 10), 'Python is older than 3.10: ' + sys.version;"
          + " print(sys.executable, sys.base_prefix, sys.prefix, sep='\\n')";

  /**
   * Finds a Python.
   *
   * @param wanted a path or a name; if empty, the system's own comes first, since it is sure to be
   *     readable in the sandbox
   * @throws IllegalArgumentException if there is none that works; says what to install
   */
  static PythonInterpreter find(String wanted) {
    List<String> faults = new ArrayList<>();
    for (String name :
        wanted.isEmpty() ? List.of("/usr/bin/python3", "python3") : List.of(wanted)) {
      try {
        List<String> lines = LineProcess.run(List.of(name, "-I", "-c", PROBE), LIMIT);
        Map<String, Path> folders = new HashMap<>();
        for (String folder : lines.subList(1, lines.size())) {
          if (!folder.equals("/usr") && !folder.startsWith("/usr/")) {
            folders.put(folder, Path.of(folder));
          }
        }
        return new PythonInterpreter(lines.get(0), folders);
      } catch (IOException e) {
        faults.add(e.getMessage());
      }
    }
    throw new IllegalArgumentException(
        "programs are judged by Python 3.10 or newer, and none was found ("
            + String.join("; ", faults)
            + "); install it by 'sudo apt-get install python3', or name one by the option python");
  }
}
