package org.r1zero.grpo.model;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The library of {@code src/main/native}: its methods, and whether it is there and wanted. */
final class NativeKernels {
  /** {@code on} wants the library, {@code off} does without it; off where nothing is said. */
  static final String SWITCH = "r1zero.kernels";

  private static final Logger LOG = LoggerFactory.getLogger(NativeKernels.class);
  private static final String RESOURCE = "/native/libr1zero_kernels.so";

  /** Loads once. */
  private static final class Loaded {
    static final Optional<String> SET = tryToLoad(RESOURCE);
  }

  private NativeKernels() {}

  /** Whether the library is wanted and could be loaded; where it could not, one line says so. */
  static boolean available() {
    String wanted = System.getProperty(SWITCH, "off").toLowerCase(Locale.ROOT);
    return wanted.equals("on") && Loaded.SET.isPresent();
  }

  /** Loads a library, and says by one line where that fails. */
  static Optional<String> tryToLoad(String resource) {
    URL url = NativeKernels.class.getResource(resource);
    if (url == null) {
      LOG.warn("no native kernels were built (install g++, then build again): using TorchScript");
      return Optional.empty();
    }
    try {
      Path file = Files.createTempFile("r1zero-kernels", ".so");
      try (InputStream in = url.openStream()) {
        Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
        System.load(file.toString());
      } finally {
        Files.delete(file);
      }
      return Optional.of(instructionSet());
    } catch (IOException | UnsatisfiedLinkError e) {
      LOG.warn("the native kernels can't be loaded ({}): using TorchScript", e.getMessage());
      return Optional.empty();
    }
  }

  static native String instructionSet();

  static native boolean supports(int[] shape);

  static native long open(int[] shape, float eps, ByteBuffer cosines, ByteBuffer sines);

  static native void close(long model);

  static native void load(long model, int threads, @Nullable ByteBuffer[] weights);

  static native long cacheBytes(long model, int rows, int room);

  static native void copyRows(
      long model,
      boolean values,
      ByteBuffer from,
      int fromRoom,
      int source,
      ByteBuffer to,
      int toRoom,
      int target,
      int rows,
      int time);

  static native void prefill(
      long model,
      int threads,
      long[] tokens,
      int[] lengths,
      int chunk,
      ByteBuffer[] prefixes,
      int slots,
      int room,
      int slot,
      ByteBuffer hidden);

  static native void logits(
      long model, int threads, ByteBuffer hidden, int rows, ByteBuffer logits, int first);

  static native void decode(
      long model,
      int threads,
      long[] tokens,
      long[] positions,
      long[] own,
      int[] slots,
      long[] lengths,
      ByteBuffer[] prefixes,
      int slotCount,
      int prefixRoom,
      ByteBuffer[] cache,
      int rows,
      int room,
      ByteBuffer logits);

  static native void draw(
      long model,
      int threads,
      ByteBuffer logits,
      long @Nullable [] owner,
      float[] uniforms,
      float temperature,
      long[] tokens,
      float[] logProbs);

  static native void products(long model, int threads, int rows, boolean output);
}
