package org.r1zero.grpo.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The library of {@code src/main/native}: its methods, and whether it is there and wanted. */
final class NativeKernels {
  /** {@code on}, as where nothing is said, or {@code off}. */
  static final String SWITCH = "r1zero.kernels";

  private static final String LIBRARY = "/native/libr1zero_kernels.so";

  /** What {@code build.sh} leaves where it built no library: the reason. */
  private static final String NOT_BUILT = "/native/not-built.txt";

  /** Loads once. */
  private static final class Loaded {
    static final Optional<String> OBSTACLE = load(LIBRARY);
  }

  private NativeKernels() {}

  /**
   * Why the library is not used; empty where it is.
   *
   * @throws IllegalArgumentException if the switch or {@code R1ZERO_KERNELS} asks for what there is
   *     not
   */
  static Optional<String> obstacle() {
    String wanted = System.getProperty(SWITCH, "on");
    if (wanted.equals("off")) {
      return Optional.of("-D" + SWITCH + "=off");
    }
    if (!wanted.equals("on")) {
      throw new IllegalArgumentException(
          "-D" + SWITCH + " must be on or off, was " + (wanted.isEmpty() ? "empty" : wanted));
    }
    if (Loaded.OBSTACLE.isEmpty()) {
      instructionSet(); // refuses where R1ZERO_KERNELS names none of this processor's
    }
    return Loaded.OBSTACLE;
  }

  /** Loads a library. Says why that fails; empty where it does not. */
  static Optional<String> load(String resource) {
    URL url = NativeKernels.class.getResource(resource);
    if (url == null) {
      return Optional.of("they were not built (" + whyNotBuilt() + ")");
    }
    try {
      Path file = Files.createTempFile("r1zero-kernels", ".so");
      try (InputStream in = url.openStream()) {
        Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
        System.load(file.toString());
      } finally {
        Files.delete(file);
      }
      return Optional.empty();
    } catch (IOException | UnsatisfiedLinkError e) {
      return Optional.of("they can't be loaded (" + e.getMessage() + ")");
    }
  }

  /** What the build said; a jar without kernels may have been made elsewhere. */
  static String whyNotBuilt() {
    try (InputStream in = NativeKernels.class.getResourceAsStream(NOT_BUILT)) {
      return in == null
          ? "install g++ and build again"
          : new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
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
      int fromFirst,
      ByteBuffer to,
      int toRoom,
      int target,
      int toFirst,
      int rows,
      int time);

  static native void prefill(
      long model,
      int threads,
      long[] tokens,
      int[] lengths,
      int[] starts,
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
      int[] rows,
      long[] lengths,
      ByteBuffer[] prefixes,
      int slotCount,
      int prefixRoom,
      ByteBuffer[] cache,
      int rowCount,
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

  static native boolean trains(int[] shape);

  static native long keptBytes(long model, int rows, int keep);

  static native void trainForward(
      long model,
      int threads,
      @Nullable ByteBuffer[] weights,
      ByteBuffer tokens,
      ByteBuffer positions,
      ByteBuffer wanted,
      long[] sequences,
      int keep,
      ByteBuffer[] kept,
      ByteBuffer hidden);

  static native void trainBackward(
      long model,
      int threads,
      @Nullable ByteBuffer[] weights,
      @Nullable ByteBuffer[] gradients,
      ByteBuffer tokens,
      ByteBuffer positions,
      ByteBuffer wanted,
      long[] sequences,
      int keep,
      ByteBuffer[] kept,
      ByteBuffer byHidden);

  static native void logProbs(
      long model,
      int threads,
      ByteBuffer hidden,
      ByteBuffer targets,
      ByteBuffer head,
      float inverseTemperature,
      ByteBuffer logProbs,
      ByteBuffer entropies,
      ByteBuffer normalisers);

  static native void logProbsBackward(
      long model,
      int threads,
      ByteBuffer hidden,
      ByteBuffer targets,
      ByteBuffer head,
      float inverseTemperature,
      ByteBuffer normalisers,
      ByteBuffer entropies,
      ByteBuffer byLogProb,
      @Nullable ByteBuffer byEntropy,
      @Nullable ByteBuffer headGradient,
      ByteBuffer byHidden);

  /** Five buffers a parameter: value, gradient, mean, variance, number of updates. */
  static native double adamw(
      int threads,
      ByteBuffer[] arrays,
      double learningRate,
      double beta1,
      double beta2,
      double weightDecay,
      double epsilon,
      double maxNorm);
}
