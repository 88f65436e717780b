package org.r1zero.grpo.torch;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Starts libtorch and holds its settings, some of which are a thread's own. */
public final class Torch {
  private static final ThreadLocal<Boolean> PREPARED = ThreadLocal.withInitial(() -> false);

  private Torch() {}

  /** Opens a scope on a device: the root of what a model, a step or a test allocates. */
  public static Scope openScope(Device device) {
    prepareThread();
    return new Scope(NDManager.newBaseManager(device, "PyTorch"));
  }

  /**
   * Loads libtorch where that has not happened yet, and switches this thread's TorchScript to plain
   * interpretation: the profiling executor would spend the first calls of each new shape on
   * specialising, and shapes change all the time here. Gradients are never recorded: backward
   * passes are our own.
   */
  static void prepareThread() {
    if (!PREPARED.get()) {
      if (Loaded.FAULT != null) {
        throw Loaded.FAULT;
      }
      JniUtils.setGraphExecutorOptimize(false);
      JniUtils.setGradMode(false);
      PREPARED.set(true);
    }
  }

  /**
   * Overwrites an array in place: it keeps its memory, so that what looks into it sees the new
   * numbers.
   *
   * @param target fp32
   * @param values as many as it has, row by row
   */
  public static void assign(NDArray target, float[] values) {
    if (target.size() != values.length) {
      throw new IllegalArgumentException(
          "array of " + target.size() + " numbers can't take " + values.length);
    }
    ArrayBlocks.write(target, 0, FloatBuffer.wrap(values));
  }

  /**
   * The bytes of an array, little-endian on the machines that libtorch runs on.
   *
   * @param array fp32, contiguous, on a CPU, at most 2 GiB ({@link ArrayBlocks} reads all others);
   *     the buffer looks into its memory, so that it must not be used after the array has changed
   *     or was freed
   */
  public static ByteBuffer bytes(NDArray array) {
    return array.toByteBuffer(true).order(ByteOrder.nativeOrder());
  }

  /** How a message begins that says that the native kernels have no memory. */
  public static final String NO_NATIVE_MEMORY = "no memory for the native kernels";

  /**
   * Whether libtorch or a native kernel failed because a GPU, or this machine, had no memory left
   * for an array. What was computed with the call is lost; smaller portions may fit.
   */
  public static boolean isOutOfMemory(@Nullable Throwable fault) {
    String message = fault == null ? "" : String.valueOf(fault.getMessage());
    boolean said =
        message.contains("CUDA out of memory")
            || message.contains("DefaultCPUAllocator: can't allocate memory")
            || message.contains("DefaultCPUAllocator: not enough memory")
            || message.contains(NO_NATIVE_MEMORY);
    return said || (fault != null && isOutOfMemory(fault.getCause()));
  }

  /** Threads that one operation may use. */
  public static int threads() {
    prepareThread();
    return JniUtils.getNumThreads();
  }

  /**
   * Sets how many threads one operation of this thread may use; results can differ in the last
   * bits. Threads that compute for the first time after this begin with as many.
   */
  public static void setThreads(int threads) {
    prepareThread();
    JniUtils.setNumThreads(threads);
    // libtorch asks what others have set last at a thread's first look: it must be now
    JniUtils.getNumThreads();
  }

  /**
   * The device named {@code cpu}, {@code cuda} or {@code cuda:N}; {@code auto} is the first GPU
   * where libtorch has one, otherwise the CPU.
   *
   * @throws IllegalArgumentException if the name is none of these, there is no such GPU, or the GPU
   *     is of a generation that libtorch was not built for
   */
  public static Device device(String name) {
    boolean auto = name.equals("auto");
    if (!auto && !name.equals("cpu") && !name.matches("cuda(:\\d{1,4})?")) {
      throw new IllegalArgumentException("device must be auto, cpu, cuda or cuda:N, was " + name);
    }
    prepareThread();
    if (name.equals("cpu")) {
      return Device.cpu();
    }
    int gpus = Gpus.count();
    if (auto && gpus == 0) {
      return Device.cpu();
    }
    int index = name.length() > 5 ? Integer.parseInt(name.substring(5)) : 0;
    if (index >= gpus) {
      throw new IllegalArgumentException(
          String.format(
              "device %s was asked for, but libtorch sees %s; set device: cpu to compute on the"
                  + " CPU",
              name, gpus == 0 ? "no GPU: " + Gpus.reason() : "only cuda:0 to cuda:" + (gpus - 1)));
    }
    String misfit = LibTorch.misfit(Loaded.CHOSEN, Gpus.capability(index).orElse(null));
    if (misfit != null) {
      throw new IllegalArgumentException(
          "device cuda:" + index + " " + misfit + "; set device: cpu to compute on the CPU");
    }
    return Device.gpu(index);
  }

  /** Which device {@code auto} stands for, and why. */
  public static String autoReason() {
    Device device = device("auto");
    if (!device.isGpu()) {
      return "device auto is the CPU: " + Gpus.reason();
    }
    int gpus = Gpus.count();
    return "device auto is cuda:0, "
        + (gpus == 1 ? "the only GPU" : "the first of " + gpus + " GPUs")
        + (Loaded.CHOSEN == null ? "" : "; " + Loaded.CHOSEN);
  }

  /**
   * Waits until a GPU has done what this thread told it, and not for what threads with streams of
   * their own did; a CPU has done it when a call returns.
   */
  public static void await(Device device) {
    if (device.isGpu()) {
      prepareThread();
      Gpus.await(device.getDeviceId());
    }
  }

  /**
   * From here on what this thread starts on a GPU waits for no other thread's work there: threads
   * share one queue otherwise. What it reads of others' must be done before ({@link #await}), and
   * it must free what it has made itself. Nothing changes on a CPU.
   */
  public static void useOwnStream(Device device) {
    if (device.isGpu()) {
      prepareThread();
      Gpus.ownStream(device.getDeviceId());
    }
  }

  /** The generation of a GPU, such as {@code 9.0}; empty where it is not known. */
  public static Optional<String> capability(Device gpu) {
    prepareThread();
    return Gpus.capability(gpu.getDeviceId());
  }

  /** Bytes of a GPU's memory that nobody has; 0 where that is not known. */
  public static long freeBytes(Device gpu) {
    prepareThread();
    return Gpus.freeBytes(gpu.getDeviceId());
  }

  /** libtorch, loaded once. */
  private static final class Loaded {
    static final @Nullable LibTorch CHOSEN;
    static final @Nullable RuntimeException FAULT;

    static {
      LibTorch chosen = null;
      RuntimeException fault = null;
      try {
        chosen = LibTorch.ofEnvironment();
        if (chosen != null) {
          chosen.choose();
        }
        Engine.getEngine("PyTorch");
      } catch (IllegalArgumentException e) {
        fault = e;
      } catch (IOException | RuntimeException | LinkageError e) {
        fault = LibTorch.notLoaded(chosen, e);
      }
      CHOSEN = chosen;
      FAULT = fault;
    }
  }
}
