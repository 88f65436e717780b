package org.r1zero.rollout.worker;

import java.nio.file.Path;
import java.util.function.Consumer;

/** Workers in processes of their own: one that crashes is replaced, and the run goes on. */
public final class ProcessBackend implements WorkerBackend {
  @Override
  public String name() {
    return "process";
  }

  @Override
  public WorkerPool open(PoolOptions options, PoolSource source, Consumer<String> say) {
    Path folder =
        source.weightsFolder().equals("auto")
            ? FileWeights.defaultFolder()
            : Path.of(source.weightsFolder());
    return WorkerPools.processes(
        options, source.version(), source.policy(), source.model(), folder, say);
  }
}
