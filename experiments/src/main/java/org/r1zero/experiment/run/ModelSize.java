package org.r1zero.experiment.run;

import java.io.IOException;
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

  /**
   * The number of parameters of a recipe's model.
   *
   * @param model a folder, or an embedded model's name
   */
  public static long parameters(String model) throws IOException {
    try (ModelFolder folder = ModelFolder.open(model)) {
      return parameters(folder.directory().path());
    }
  }
}
