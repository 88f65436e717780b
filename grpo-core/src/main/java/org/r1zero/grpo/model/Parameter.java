package org.r1zero.grpo.model;

import ai.djl.ndarray.NDArray;
import org.jspecify.annotations.Nullable;

/** A trainable array with its gradient. */
public final class Parameter {
  private final ParameterLayout.Slot slot;
  private final NDArray value;
  private @Nullable NDArray gradient;
  private long updates;

  Parameter(ParameterLayout.Slot slot, NDArray value) {
    this.slot = slot;
    this.value = value;
  }

  /** Unique within the model. */
  public String name() {
    return slot.name();
  }

  /** The fp32 master weights; the optimizer changes them in place. */
  public NDArray value() {
    return value;
  }

  /**
   * The gradient collected since it was last zeroed: fp32, the value's shape, zero before the first
   * backward. The same live array each time.
   */
  public NDArray gradient() {
    if (gradient == null) {
      gradient = value.getManager().zeros(value.getShape());
    }
    return gradient;
  }

  /** Gives the gradient's memory back; it is zero when it is asked for again. */
  void dropGradient() {
    if (gradient != null) {
      gradient.close();
      gradient = null;
    }
  }

  /**
   * Tells what is derived from the value that a fused kernel, which leaves no trace, changed it.
   */
  public void updated() {
    updates++;
  }

  long updates() {
    return updates;
  }
}
