package org.r1zero.grpo.model;

import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.r1zero.grpo.torch.Scope;

/** Parameters without a model around them, for tests of the optimizer. */
public final class TestParameters {
  private TestParameters() {}

  /** A parameter that {@code scope} owns. */
  public static Parameter parameter(Scope scope, String name, float[] values, long... shape) {
    return new Parameter(
        new ParameterLayout.Slot(name, 0, List.of()),
        scope.manager().create(values, new Shape(shape)));
  }
}
