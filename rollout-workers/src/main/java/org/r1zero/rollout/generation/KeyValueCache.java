package org.r1zero.rollout.generation;

import ai.djl.ndarray.NDArray;
import java.util.List;
import org.r1zero.grpo.model.DecodingKernels;
import org.r1zero.grpo.torch.Scope;

/** Keys and values of running sequences, a row each; rows in use are always the first ones. */
final class KeyValueCache implements AutoCloseable {
  private final Scope scope;
  private final List<NDArray> arrays;
  private final int rows;
  private final int time;

  KeyValueCache(DecodingKernels kernels, int rows, int time, Scope parent) {
    this.scope = parent.open();
    this.arrays = kernels.newCache(rows, time, scope);
    this.rows = rows;
    this.time = time;
  }

  List<NDArray> arrays() {
    return arrays;
  }

  /** Whether it suffices, and is not larger than so many positions in all. */
  boolean holds(int wantedRows, int wantedTime, long mostPositions) {
    return rows >= wantedRows && time >= wantedTime && (long) rows * time <= mostPositions;
  }

  /** Positions that a row has room for. */
  int time() {
    return time;
  }

  /** Positions that all rows together have room for. */
  long positions() {
    return (long) rows * time;
  }

  @Override
  public void close() {
    scope.close();
  }
}
