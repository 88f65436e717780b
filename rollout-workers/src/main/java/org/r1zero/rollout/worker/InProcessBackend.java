package org.r1zero.rollout.worker;

import java.util.function.Consumer;

/** Workers on threads of this process. */
public final class InProcessBackend implements WorkerBackend {
  @Override
  public String name() {
    return "in_process";
  }

  @Override
  public WorkerPool open(PoolOptions options, PoolSource source, Consumer<String> say) {
    return WorkerPools.inProcess(options, source.version(), source.policy(), source.stops(), say);
  }
}
