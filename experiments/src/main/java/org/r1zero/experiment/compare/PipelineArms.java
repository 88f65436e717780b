package org.r1zero.experiment.compare;

import java.io.PrintStream;
import java.util.List;
import org.r1zero.experiment.config.ConfigException;

/** Arms whose recipe is a pipeline. */
final class PipelineArms {
  private PipelineArms() {}

  static ArmTrainer trainer(PrintStream out) {
    throw new ConfigException("stages", List.of("pipelines can't be run yet"));
  }
}
