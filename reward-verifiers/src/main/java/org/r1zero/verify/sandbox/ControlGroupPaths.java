package org.r1zero.verify.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Where this process stands in the control group hierarchies. */
final class ControlGroupPaths {

  private ControlGroupPaths() {}

  /**
   * The folders of this process's groups.
   *
   * @return by controller name for version 1, and under the empty name for version 2
   */
  static Map<String, Path> own() {
    try {
      return parse(
          Files.readAllLines(Path.of("/proc/self/cgroup")),
          Files.readAllLines(Path.of("/proc/self/mountinfo")));
    } catch (IOException e) {
      return Map.of();
    }
  }

  /** Reads the two files, as proc(5) and cgroups(7) describe them. */
  static Map<String, Path> parse(List<String> cgroup, List<String> mountinfo) {
    Map<String, String> paths = new HashMap<>();
    for (String line : cgroup) { // 4:memory:/user.slice, or 0::/user.slice
      String[] fields = line.split(":", 3);
      if (fields.length == 3) {
        for (String controller : fields[1].split(",", -1)) {
          paths.put(controller, fields[2]);
        }
      }
    }
    Map<String, Path> folders = new HashMap<>();
    for (String line : mountinfo) { // 30 23 0:26 ROOT POINT rw,… shared:9 - cgroup2 cgroup rw
      int dash = line.indexOf(" - ");
      if (dash < 0) {
        continue;
      }
      String[] mount = line.substring(0, dash).split(" ", -1);
      String[] source = line.substring(dash + 3).split(" ", -1);
      if (mount.length < 5 || source.length < 3 || !source[0].startsWith("cgroup")) {
        continue;
      }
      List<String> controllers =
          source[0].equals("cgroup2") ? List.of("") : List.of(source[2].split(","));
      for (String controller : controllers) {
        String path = paths.get(controller);
        if (path != null) {
          folders.put(controller, under(mount[4], mount[3], path));
        }
      }
    }
    return folders;
  }

  /** A container's mount may show the hierarchy from {@code root} on. */
  private static Path under(String point, String root, String path) {
    String rest = path.startsWith(root) ? path.substring(root.length()) : "";
    Path folder = Path.of(point, rest);
    return Files.isDirectory(folder) ? folder : Path.of(point);
  }
}
