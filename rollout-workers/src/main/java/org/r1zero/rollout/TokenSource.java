package org.r1zero.rollout;

import java.util.List;
import org.r1zero.rollout.generation.Generation;
import org.r1zero.rollout.generation.GenerationRequest;
import org.r1zero.rollout.generation.Generator;
import org.r1zero.rollout.generation.SamplingConfig;

/** Whoever samples token ids: a generator here, or a pool of workers. */
@FunctionalInterface
interface TokenSource {

  /**
   * Samples every completion of every request.
   *
   * @param progress is called by one thread at a time; what it throws ends the call
   * @return for each request its completions, in the order of its seeds
   */
  List<List<Generation>> generate(
      List<GenerationRequest> requests, SamplingConfig config, Generator.Progress progress);
}
