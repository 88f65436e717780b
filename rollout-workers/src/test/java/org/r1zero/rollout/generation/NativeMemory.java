package org.r1zero.rollout.generation;

import ai.djl.engine.Engine;
import ai.djl.ndarray.BaseNDManager;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** What native memory holds, for tests that it does not grow. */
final class NativeMemory {
  private NativeMemory() {}

  /** Arrays that DJL's managers own, in the whole process. */
  static long arrays() throws ReflectiveOperationException {
    try (NDManager probe = Engine.getEngine("PyTorch").newBaseManager()) {
      return arrays(probe.getParentManager());
    }
  }

  private static long arrays(NDManager manager) throws ReflectiveOperationException {
    Field resources = BaseNDManager.class.getDeclaredField("resources");
    resources.setAccessible(true);
    long count = 0;
    for (Object resource : ((Map<?, ?>) resources.get(manager)).values()) {
      if (resource instanceof NDManager child) {
        count += arrays(child);
      } else if (resource instanceof NDArray) {
        count++;
      }
    }
    return count;
  }

  /** Resident memory of this process without Java's heap, in bytes, by Linux's {@code /proc}. */
  static long outsideHeap() throws IOException {
    System.gc(); // gives unused heap back
    String[] pages = Files.readString(Path.of("/proc/self/statm")).split(" ", -1);
    return Long.parseLong(pages[1]) * 4096 - Runtime.getRuntime().totalMemory();
  }
}
