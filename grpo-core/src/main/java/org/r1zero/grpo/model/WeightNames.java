package org.r1zero.grpo.model;

import java.util.LinkedHashMap;
import java.util.Map;

/** The Hugging Face names and shapes of a decoder's weights. */
public final class WeightNames {
  private WeightNames() {}

  /** Every tensor that a model of this shape has, in the order of its layers. */
  public static Map<String, long[]> shapes(DecoderConfig config) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    for (ParameterLayout.Slot slot : ParameterLayout.of(config)) {
      if (slot != null) {
        for (ParameterLayout.Part part : slot.parts()) {
          shapes.put(
              part.name(),
              slot.columns() == 0
                  ? new long[] {part.rows()}
                  : new long[] {part.rows(), slot.columns()});
        }
      }
    }
    return shapes;
  }
}
