package org.r1zero.experiment.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.r1zero.grpo.torch.LibTorch;
import org.r1zero.grpo.torch.Torch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Gets a libtorch for CUDA. */
@Command(
    name = "setup-gpu",
    description =
        "Gets PyTorch's libraries for CUDA into a folder, by pip, and checks that they load: about"
            + " 3 GB to fetch and 5 GB on the disk. A folder that has them is only checked.",
    mixinStandardHelpOptions = true)
final class SetupGpuCommand implements Callable<Integer> {
  private static final long NEEDED_BYTES = 9L << 30;

  @Parameters(
      arity = "0..1",
      paramLabel = "DIR",
      description = "The folder (default: ~/.cache/r1zero/torch-cuda).")
  private Path folder = Path.of(System.getProperty("user.home"), ".cache/r1zero/torch-cuda");

  @Option(
      names = "--python",
      paramLabel = "PROGRAM",
      description = "A Python of 3.9 to 3.13 with pip (default: ${DEFAULT-VALUE}).")
  private String python = "python3";

  @Mixin private CommonOptions common = new CommonOptions();

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path target = folder.toAbsolutePath().normalize();
    if (isEmpty(target)) {
      requireRoom(target);
      fetch(target);
    }
    LibTorch found = LibTorch.of(target.toString(), false);
    System.setProperty(LibTorch.VARIABLE, target.toString());
    String device = Torch.autoReason();
    if (common.json) {
      System.out.println(
          new ObjectMapper()
              .createObjectNode()
              .put("folder", target.toString())
              .put("version", found.version())
              .put("device", Torch.device("auto").isGpu() ? "cuda" : "cpu"));
    } else {
      System.out.println(found + " loads; " + device);
      System.out.println(
          "To use it: export " + LibTorch.VARIABLE + "=" + target + "; then ./r1zero check-gpu");
    }
    return 0;
  }

  private static boolean isEmpty(Path target) throws IOException {
    if (!Files.isDirectory(target)) {
      return true;
    }
    try (Stream<Path> entries = Files.list(target)) {
      return entries.findAny().isEmpty();
    }
  }

  private static void requireRoom(Path target) throws IOException {
    Path place = target;
    while (place != null && !Files.exists(place)) {
      place = place.getParent();
    }
    if (place == null || !Files.isDirectory(place)) {
      throw new IllegalArgumentException(target + " can't be made: " + place + " is not a folder");
    }
    long free = Files.getFileStore(place).getUsableSpace();
    if (free < NEEDED_BYTES) {
      throw new IllegalArgumentException(
          String.format(
              "%s has %.1f GB free; %.0f GB are needed while pip unpacks. Name another folder",
              place, free / 1e9, NEEDED_BYTES / 1e9));
    }
  }

  private void fetch(Path target) throws IOException, InterruptedException {
    List<String> command =
        List.of(
            python,
            "-m",
            "pip",
            "install",
            "--no-compile",
            "--disable-pip-version-check",
            "--target",
            target.toString(),
            "torch==" + LibTorch.VERSION);
    System.err.println(String.join(" ", command));
    Process pip;
    try {
      pip =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectInput(ProcessBuilder.Redirect.INHERIT)
              .start();
    } catch (IOException e) {
      throw new IllegalArgumentException(
          python + " can't be started: name a Python of 3.9 to 3.13 with --python", e);
    }
    try {
      pip.inputReader().lines().forEach(System.err::println);
      int code = pip.waitFor();
      if (code != 0) {
        throw new IllegalStateException(
            String.format(
                "pip ended with %s, its messages are above; it needs the network, a Python of 3.9"
                    + " to 3.13 and pip (python3 -m ensurepip). Elsewhere fetched wheels do as"
                    + " well: pip download torch==%s, then pip install --no-index --find-links"
                    + " WHEELS --target DIR torch==%s",
                code, LibTorch.VERSION, LibTorch.VERSION));
      }
    } finally {
      pip.destroy();
    }
  }
}
