package org.r1zero.rollout.worker;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.r1zero.grpo.torch.Torch;
import org.r1zero.verify.reward.PortableReward;

/**
 * Whether a machine can sample.
 *
 * @param faults what is wrong with it; empty where nothing is
 * @param kind what last bits depend on: r1zero's version, its kernels and what the processor can do
 */
public record MachineReport(List<String> faults, String kind) implements Serializable {
  private static final Set<String> INSTRUCTIONS =
      Set.of("avx2", "avx512f", "avx512_bf16", "avx512_vnni", "amx_bf16");

  /** These limit all that computes. */
  private static final Set<String> LIMITING =
      Set.of("ATEN_CPU_CAPABILITY", "ONEDNN_MAX_CPU_ISA", "R1ZERO_KERNELS");

  /** On which last bits depend, if only one machine has them. */
  private static final Set<String> LIMITS =
      Set.of(
          "ATEN_CPU_CAPABILITY",
          "ONEDNN_MAX_CPU_ISA",
          "DNNL_MAX_CPU_ISA",
          "MKL_CBWR",
          "MKL_ENABLE_INSTRUCTIONS",
          "R1ZERO_KERNELS");

  /**
   * Looks at this machine.
   *
   * @param room bytes that weights take
   * @param rewards whose verifiers must be there; {@code null} for none
   */
  public static MachineReport here(long room, @Nullable PortableReward rewards) {
    List<String> faults = new ArrayList<>();
    try {
      if (rewards != null) {
        rewards.open();
      }
    } catch (RuntimeException | LinkageError e) {
      faults.add("its verifiers can't be made: " + e.getMessage());
    }
    try {
      Torch.threads();
    } catch (RuntimeException | LinkageError e) {
      faults.add("libtorch does not load: " + e);
    }
    try {
      FileWeights.requireRoom(FileWeights.folderFor(room), room);
    } catch (IllegalArgumentException e) {
      faults.add(String.valueOf(e.getMessage()));
    }
    return new MachineReport(faults, describe());
  }

  static String describe() {
    return describe(System.getenv());
  }

  /** Where all limits are set, what the processor could do beyond them is not used. */
  static String describe(Map<String, String> environment) {
    String version = MachineReport.class.getPackage().getImplementationVersion();
    String kernels = System.getProperty("r1zero.kernels", "on");
    Map<String, String> limits = new TreeMap<>(environment);
    limits.keySet().retainAll(LIMITS);
    Set<String> missing = new TreeSet<>(LIMITING);
    missing.removeAll(limits.keySet());
    if (kernels.equals("off")) {
      missing.remove("R1ZERO_KERNELS");
    }
    String processor = missing.isEmpty() ? "" : ", " + instructions();
    return String.format(
        "%s, kernels %s%s%s",
        version == null ? "r1zero" : "r1zero " + version,
        kernels,
        processor,
        limits.isEmpty() ? "" : ", " + limits);
  }

  private static String instructions() {
    try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      String flags = lines.filter(line -> line.startsWith("flags")).findFirst().orElse("");
      TreeSet<String> found = new TreeSet<>(Arrays.asList(flags.split("\\s+")));
      found.retainAll(INSTRUCTIONS);
      return System.getProperty("os.arch") + " with " + String.join(" ", found);
    } catch (IOException e) {
      return System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    }
  }
}
