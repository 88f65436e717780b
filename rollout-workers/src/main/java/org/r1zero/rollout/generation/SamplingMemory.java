package org.r1zero.rollout.generation;

/** What sampling takes of a device where its options leave that open. */
public final class SamplingMemory {
  /** With more rows a CPU's products are no faster per row. */
  private static final int CPU_BATCH = 64;

  /** A GPU takes as long for a step of 64 sequences: it waits for launches until about here. */
  private static final int GPU_BATCH = 256;

  private static final int CPU_CACHE_MB = 4096;
  private static final int LEAST_MB = 256;

  private SamplingMemory() {}

  /** Whether nothing is left open. */
  static boolean isSet(SamplingConfig config) {
    return config.maxBatch() > 0 && config.kvCacheMb() > 0;
  }

  /** The options with what a CPU takes where they leave it open. */
  public static SamplingConfig onCpu(SamplingConfig config) {
    return with(config, CPU_BATCH, CPU_CACHE_MB);
  }

  /**
   * The same on a GPU.
   *
   * @param bytes that one generator's keys and values may take; 0 or less where that is not known:
   *     then as many as on a CPU
   */
  public static SamplingConfig onGpu(SamplingConfig config, long bytes) {
    long megabytes = bytes <= 0 ? CPU_CACHE_MB : Math.max(LEAST_MB, bytes >> 20);
    return with(config, GPU_BATCH, (int) Math.min(Integer.MAX_VALUE, megabytes));
  }

  /**
   * What each of the generators on a GPU may take for keys and values.
   *
   * @param bytes that are free, beside what is known to be taken later
   * @param generators that sample there
   * @param trained whether the policy is trained there too: then half is left to it
   */
  public static long share(long bytes, int generators, boolean trained) {
    long rest = Math.max(0, bytes);
    return (trained ? rest / 2 : rest / 5 * 4) / generators;
  }

  private static SamplingConfig with(SamplingConfig config, int batch, int megabytes) {
    return isSet(config)
        ? config
        : config.withMemory(
            config.maxBatch() > 0 ? config.maxBatch() : batch,
            config.kvCacheMb() > 0 ? config.kvCacheMb() : megabytes);
  }
}
