package org.r1zero.experiment.run;

import java.nio.file.Path;
import java.util.Arrays;
import org.r1zero.grpo.model.DecoderConfig;
import org.r1zero.grpo.model.WeightNames;
import org.r1zero.grpo.model.weights.ModelDirectory;

/** How large a model is, from its configuration alone. */
public final class ModelSize {
  private ModelSize() {}

  /** The number of parameters of a model in a folder. */
  public static long parameters(Path folder) {
    DecoderConfig config = ModelDirectory.open(folder).config();
    return WeightNames.shapes(config).values().stream()
        .mapToLong(shape -> Arrays.stream(shape).reduce(1, (a, b) -> a * b))
        .sum();
  }
}
