package org.r1zero.experiment.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.r1zero.experiment.config.ConfigException;
import org.r1zero.experiment.rundir.FileFaults;
import org.r1zero.grpo.files.WholeFiles;

/** Whether results can be written to where the command line says, asked before any work is done. */
final class Places {
  private Places() {}

  /**
   * Wants a folder that can be made or written to.
   *
   * @param option what messages name
   */
  static void requireFolder(String option, Path folder) {
    refuse(option, folder, FileFaults.unwritable(folder));
  }

  /** Wants a file that can be written, and the folder that it is in, or a device. */
  static void requireNewFile(String option, Path file) {
    if (!WholeFiles.isReplaced(file)) {
      return; // a device or a pipe
    }
    Path folder = WholeFiles.target(file).toAbsolutePath().normalize().getParent();
    if (folder == null || Files.isDirectory(file)) {
      refuse(option, file, "it is a folder");
    } else if (!Files.isDirectory(folder)) {
      refuse(option, file, folder + " is not a folder");
    } else {
      refuse(option, file, FileFaults.unwritable(folder));
    }
  }

  private static void refuse(String option, Path place, @Nullable String fault) {
    if (fault != null) {
      throw new ConfigException(
          option, List.of(place + " can't be used: " + fault + "; name another place"));
    }
  }
}
