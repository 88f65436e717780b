package org.r1zero.grpo.torch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A libtorch for CUDA beside the one that comes with the program: a folder into which {@code pip
 * install --target} has put torch, or the {@code torch/lib} in it. It is looked at before it is
 * loaded, so that one that does not fit is refused in words.
 *
 * @param libraries the folder that has {@code libtorch_cuda.so}
 * @param version such as {@code 2.7.1}
 * @param cuda what it was built for, such as {@code 12.6}; {@code null} where it does not say
 */
public record LibTorch(Path libraries, String version, @Nullable String cuda) {
  /** The environment variable, or system property, that names the folder. */
  public static final String VARIABLE = "R1ZERO_TORCH";

  /** The version that DJL's bridge to Java was made for; others lay tensors out differently. */
  public static final String VERSION = "2.7.1";

  /** The only folder with CUDA in DJL's bridge; it serves libraries of any CUDA 12. */
  private static final String FLAVOR = "cu128";

  private static final Pattern VERSION_LINE =
      Pattern.compile("__version__\\s*=\\s*'([^'+]+)(\\+[^']*)?'");
  private static final Pattern CUDA_LINE =
      Pattern.compile("(?m)^cuda[^=]*=\\s*'([0-9]+\\.[0-9]+)'");
  private static final Map<String, Integer> MACHINES = Map.of("amd64", 62, "aarch64", 183);

  /** Loaded by libtorch itself where it needs it, or of use to Python alone. */
  private static final List<String> NOT_LOADED =
      List.of("libcaffe2_nvrtc.so", "libshm.so", "libtorch_python.so");

  /**
   * Checks a folder.
   *
   * @param folder what the variable says
   * @param anyVersion whether the version is not looked at: the user has a bridge for it
   * @throws IllegalArgumentException naming what does not fit, and what to do
   */
  public static LibTorch of(String folder, boolean anyVersion) {
    Path given = Path.of(folder).toAbsolutePath().normalize();
    if (!Files.isDirectory(given)) {
      throw refused(given, Files.exists(given) ? "is a file, not a folder" : "does not exist");
    }
    Path libraries =
        Stream.of(given.resolve("torch/lib"), given.resolve("lib"), given)
            .filter(place -> Files.exists(place.resolve("libtorch_cpu.so")))
            .findFirst()
            .orElseThrow(
                () -> refused(given, "has no torch: there is no torch/lib/libtorch_cpu.so in it"));
    String text = versionText(libraries);
    String version = first(VERSION_LINE, text);
    if (!anyVersion && !VERSION.equals(version)) {
      throw refused(
          given,
          String.format(
              "%s; the bridge to Java (DJL 0.36.0) is made for %s (set PYTORCH_VERSION too if you"
                  + " have a bridge for another one)",
              version == null
                  ? "does not say which version of torch it has"
                  : "has torch " + version,
              VERSION));
    }
    if (!Files.exists(libraries.resolve("libtorch_cuda.so"))) {
      throw refused(given, "has a torch for CPUs: there is no libtorch_cuda.so in it");
    }
    checkBinary(given, libraries.resolve("libc10.so"));
    return new LibTorch(libraries, version == null ? VERSION : version, first(CUDA_LINE, text));
  }

  private static IllegalArgumentException refused(Path folder, String fault) {
    return new IllegalArgumentException(
        String.format(
            "%s=%s %s; ./r1zero setup-gpu makes a folder that fits (without %s the CPU is used)",
            VARIABLE, folder, fault, VARIABLE));
  }

  private static String versionText(Path libraries) {
    Path parent = libraries.getParent();
    List<Path> places =
        parent == null
            ? List.of(libraries.resolve("build-version"))
            : List.of(parent.resolve("version.py"), parent.resolve("build-version"));
    try {
      for (Path place : places) {
        if (Files.isRegularFile(place)) {
          String text = Files.readString(place).strip();
          return text.contains("__version__") ? text : "__version__ = '" + text + "'";
        }
      }
      return "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static @Nullable String first(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    return matcher.find() ? matcher.group(1) : null;
  }

  /** A library of this machine's kind, of the C++ ABI that the bridge has. */
  private static void checkBinary(Path given, Path library) {
    try {
      if (!Files.isRegularFile(library)) {
        throw refused(given, "lacks " + library.getFileName() + ": it is not whole");
      }
      ByteBuffer header = ByteBuffer.allocate(20).order(ByteOrder.LITTLE_ENDIAN);
      try (FileChannel channel = FileChannel.open(library)) {
        channel.read(header);
      }
      if (header.hasRemaining() || header.getInt(0) != 0x464c457f) {
        throw refused(given, "has a " + library.getFileName() + " that is not a library");
      }
      Integer wanted = MACHINES.get(System.getProperty("os.arch"));
      if (wanted != null && header.getShort(18) != wanted) {
        throw refused(
            given, "has a torch for another processor than " + System.getProperty("os.arch"));
      }
      String symbols = Files.readString(library, StandardCharsets.ISO_8859_1);
      if (!symbols.contains("__cxx11")) {
        throw refused(
            given,
            "has a torch of the old C++ ABI (pre-cxx11); the bridge to Java has the new one");
      }
    } catch (IOException e) {
      throw refused(given, "can't be read: " + e);
    }
  }

  /** Tells DJL to load it; before anything else of DJL's is used. */
  void choose() throws IOException {
    Path folder = Gpus.hasDriver() ? libraries : withoutDriver();
    set("PYTORCH_LIBRARY_PATH", folder.toString());
    set("PYTORCH_FLAVOR", FLAVOR);
    set("PYTORCH_VERSION", version);
    set("PYTORCH_LIBRARY_EXCLUSION", String.join(",", NOT_LOADED));
  }

  /**
   * The same libraries but those that ask for the driver when they are loaded, as DJL does: links
   * in a folder that goes when this process ends. What libtorch looks for beside itself is linked
   * too.
   */
  private Path withoutDriver() throws IOException {
    Path root = Files.createTempDirectory("r1zero-torch");
    Path links = Files.createDirectories(root.resolve("torch/lib"));
    link(libraries, links);
    Path site = libraries.resolve("../..").normalize();
    if (libraries.endsWith("torch/lib")) {
      for (String name : List.of("nvidia", "cusparselt")) {
        if (Files.isDirectory(site.resolve(name))) {
          Files.createSymbolicLink(root.resolve(name), site.resolve(name));
        }
      }
    }
    Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(root)));
    return links;
  }

  private static void link(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (!NOT_LOADED.contains(name)) {
          Files.createSymbolicLink(to.resolve(name), file);
        }
      }
    }
  }

  private static void delete(Path root) {
    try (Stream<Path> all = Files.walk(root)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      // links in a temporary folder: nothing is lost
    }
  }

  private static void set(String name, String value) {
    if (System.getenv(name) == null && System.getProperty(name) == null) {
      System.setProperty(name, value);
    }
  }

  /** The one that the environment names, checked; {@code null} where it names none. */
  static @Nullable LibTorch ofEnvironment() {
    String folder = System.getProperty(VARIABLE, System.getenv(VARIABLE));
    return folder == null || folder.isBlank()
        ? null
        : of(folder.strip(), System.getenv("PYTORCH_VERSION") != null);
  }

  /** Why one could not be loaded, in words; the loader names the library that is missing. */
  static IllegalArgumentException notLoaded(@Nullable LibTorch chosen, Throwable fault) {
    Throwable cause = fault;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return new IllegalArgumentException(
        String.format(
            "%s can't be loaded: %s%s",
            chosen == null ? "libtorch" : VARIABLE + ": " + chosen,
            cause.getMessage(),
            chosen == null
                ? ""
                : "; ./r1zero setup-gpu makes a folder that is whole (without "
                    + VARIABLE
                    + " the CPU is used)"),
        fault);
  }

  /**
   * Why a GPU can't run what this library was built with; {@code null} where it can, or nobody
   * knows. PyTorch's builds for CUDA before 12.8 have kernels of the generations 5.0 to 9.0, later
   * ones of 7.0 on and of Blackwell's too.
   *
   * @param capability of the GPU, such as {@code 9.0}
   */
  static @Nullable String misfit(@Nullable LibTorch chosen, @Nullable String capability) {
    if (chosen == null || chosen.cuda == null || capability == null) {
      return null;
    }
    double generation = Double.parseDouble(capability);
    boolean late = Double.parseDouble(chosen.cuda) >= 12.8;
    double first = late ? 7.0 : 5.0;
    double last = late ? 12.9 : 9.0;
    if (generation >= first && generation <= last) {
      return null;
    }
    return String.format(
        Locale.ROOT,
        "has compute capability %s, but %s has kernels for %.1f to %.1f only%s",
        capability,
        chosen,
        first,
        last,
        generation > last && !late ? "; take a build of torch for CUDA 12.8" : "");
  }

  /** In words, such as {@code torch 2.7.1 for CUDA 12.6 in /opt/torch/torch/lib}. */
  @Override
  public String toString() {
    return "torch " + version + (cuda == null ? "" : " for CUDA " + cuda) + " in " + libraries;
  }
}
