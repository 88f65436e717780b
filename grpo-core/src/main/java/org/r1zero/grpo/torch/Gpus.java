package org.r1zero.grpo.torch;

import ai.djl.Device;
import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What libtorch and CUDA's runtime, which it has loaded, say of this machine's GPUs. DJL looks for
 * a CUDA toolkit instead, which a machine with PyTorch need not have.
 */
final class Gpus {
  /** By these names the loader gives the runtime that libtorch has loaded. */
  private static final List<String> RUNTIMES =
      List.of("libcudart.so.12", "libcudart.so.13", "libcudart.so.11.0");

  private static final String DRIVER = "libcuda.so.1";
  private static final int CAPABILITY_MAJOR = 75;
  private static final int CAPABILITY_MINOR = 76;

  private Gpus() {}

  /** How many GPUs libtorch can use; 0 for a libtorch of CPUs. */
  static int count() {
    return Loaded.MODULE == null ? 0 : (int) Loaded.MODULE.callForLong("count");
  }

  /** Waits until a GPU has done what this thread told it: what is in the thread's stream. */
  static void await(int gpu) {
    if (Loaded.MODULE != null) {
      Loaded.MODULE.callForLong("wait", (long) gpu);
    }
  }

  /** Gives this thread a stream of its own. */
  static void ownStream(int gpu) {
    if (Loaded.MODULE != null) {
      Loaded.MODULE.callForLong("own_stream", (long) gpu);
    }
  }

  /** {@code null} where libtorch was built for CPUs: it does not know the operators. */
  private static final class Loaded {
    static final @Nullable TorchModule MODULE = load();

    private static @Nullable TorchModule load() {
      try {
        return TorchModule.load(
            Torch.openScope(Device.cpu()), Gpus.class, "gpus.py", "Gpus", Map.of());
      } catch (IllegalArgumentException e) {
        return null;
      }
    }
  }

  /** Whether NVIDIA's driver is here, for the loader to find. */
  static boolean hasDriver() {
    return loaded(DRIVER).findAny().isPresent();
  }

  /** Why libtorch finds no GPU, as CUDA's runtime puts it, or as the system shows. */
  static String reason() {
    boolean driver = hasDriver();
    Optional<NativeLibrary> runtime = runtime();
    if (Loaded.MODULE == null || runtime.isEmpty()) {
      return driver
          ? "this libtorch is for CPUs; ./r1zero setup-gpu gets one for the NVIDIA driver that is"
              + " here"
          : "this libtorch is for CPUs, and there is no NVIDIA driver here";
    }
    IntByReference count = new IntByReference();
    int error = runtime.get().getFunction("cudaGetDeviceCount").invokeInt(new Object[] {count});
    String words =
        error == 0
            ? "CUDA counts " + count.getValue() + " GPUs"
            : "CUDA says: "
                + ((Pointer)
                        runtime
                            .get()
                            .getFunction("cudaGetErrorString")
                            .invoke(Pointer.class, new Object[] {error}))
                    .getString(0);
    return driver ? words : "there is no NVIDIA driver here (" + words + ")";
  }

  /** Bytes of a GPU's memory that nobody has; 0 where its runtime does not tell. */
  static long freeBytes(int gpu) {
    LongByReference free = new LongByReference();
    LongByReference total = new LongByReference();
    IntByReference before = new IntByReference();
    if (!call("cudaGetDevice", before) || !call("cudaSetDevice", gpu)) {
      return 0;
    }
    boolean told = call("cudaMemGetInfo", free, total);
    call("cudaSetDevice", before.getValue()); // it is this thread's for all that is to come
    return told ? free.getValue() : 0;
  }

  /** The generation of a GPU's kernels, such as 9.0; empty where its runtime does not tell. */
  static Optional<String> capability(int gpu) {
    IntByReference major = new IntByReference();
    IntByReference minor = new IntByReference();
    return call("cudaDeviceGetAttribute", major, CAPABILITY_MAJOR, gpu)
            && call("cudaDeviceGetAttribute", minor, CAPABILITY_MINOR, gpu)
        ? Optional.of(major.getValue() + "." + minor.getValue())
        : Optional.empty();
  }

  private static boolean call(String function, Object... arguments) {
    return runtime()
        .map(library -> library.getFunction(function, Function.C_CONVENTION))
        .map(f -> f.invokeInt(arguments) == 0)
        .orElse(false);
  }

  private static Optional<NativeLibrary> runtime() {
    return RUNTIMES.stream().flatMap(Gpus::loaded).findFirst();
  }

  private static Stream<NativeLibrary> loaded(String name) {
    try {
      return Stream.of(NativeLibrary.getInstance(name));
    } catch (UnsatisfiedLinkError e) {
      return Stream.of();
    }
  }
}
