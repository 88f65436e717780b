package org.r1zero.grpo.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/**
 * The lexical lifetime of native arrays: all that is made in a scope is freed when it closes.
 *
 * <p>Use it in try-with-resources. What must outlive a scope leaves it by {@link #keep}.
 */
public final class Scope implements AutoCloseable {
  private final NDManager manager;

  Scope(NDManager manager) {
    this.manager = manager;
  }

  /** The manager that owns this scope's arrays. */
  public NDManager manager() {
    return manager;
  }

  /** A scope within this one; it is freed at the latest when this one is. */
  public Scope open() {
    return new Scope(manager.newSubManager());
  }

  /** Frees all that is in this scope and opens one in its place, beside it in the same parent. */
  public Scope reopened() {
    NDManager parent = manager.getParentManager();
    manager.close();
    return new Scope(parent.newSubManager());
  }

  /** Moves an array into this scope, so that it outlives the inner scope that made it. */
  public NDArray keep(NDArray array) {
    array.attach(manager);
    return array;
  }

  /** A copy of Java's numbers, {@code [n]} int64. */
  public NDArray longs(long... values) {
    return manager.create(values);
  }

  /**
   * A copy of Java's numbers in libtorch's own memory, {@code [n]} fp32. DJL's arrays lie in a Java
   * buffer, whose alignment is left to chance (MKL's last bits depend on it) and whose size counts
   * against the JVM's limit of direct memory.
   */
  public NDArray floats(float... values) {
    try (NDArray wrapped = manager.create(values)) {
      return wrapped.duplicate();
    }
  }

  @Override
  public void close() {
    manager.close();
  }
}
