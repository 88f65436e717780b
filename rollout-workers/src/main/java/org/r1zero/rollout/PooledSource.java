package org.r1zero.rollout;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.r1zero.rollout.generation.Generation;
import org.r1zero.rollout.generation.GenerationRequest;
import org.r1zero.rollout.generation.Generator;
import org.r1zero.rollout.generation.SamplingConfig;
import org.r1zero.rollout.worker.SamplingCancelledException;
import org.r1zero.rollout.worker.SamplingListener;
import org.r1zero.rollout.worker.SamplingStatus;
import org.r1zero.rollout.worker.WorkUnit;
import org.r1zero.rollout.worker.WorkerPool;

/**
 * Samples with the workers of a pool. How requests are cut into units depends on the options alone,
 * so that the completions are the same whatever the number of workers.
 */
final class PooledSource implements TokenSource {
  /** A unit's batch stays full for most of its time when it has so many batches' sequences. */
  private static final int BATCHES_A_UNIT = 2;

  private final WorkerPool pool;
  private final int unitProblems;

  /**
   * Takes a pool, which stays the caller's to close.
   *
   * @param unitProblems fewest problems of a unit; 0 samples all of a call as one unit
   */
  PooledSource(WorkerPool pool, int unitProblems) {
    this.pool = pool;
    this.unitProblems = unitProblems;
  }

  @Override
  public List<List<Generation>> generate(
      List<GenerationRequest> requests, SamplingConfig config, Generator.Progress progress) {
    List<WorkUnit> units = units(requests, config.maxBatch());
    int[] first = new int[units.size()];
    for (int u = 1; u < first.length; u++) {
      first[u] = first[u - 1] + units.get(u - 1).requests().size();
    }
    Heard heard = new Heard(progress, first);
    try {
      return pool.generate(units, config, heard).stream().flatMap(List::stream).toList();
    } catch (SamplingCancelledException e) {
      throw heard.failure == null ? e : heard.failure;
    }
  }

  private List<WorkUnit> units(List<GenerationRequest> requests, int maxBatch) {
    List<WorkUnit> units = new ArrayList<>();
    List<GenerationRequest> open = new ArrayList<>();
    long sequences = 0;
    for (GenerationRequest request : requests) {
      open.add(request);
      sequences += request.seeds().length;
      boolean large = sequences >= (long) BATCHES_A_UNIT * maxBatch && open.size() >= unitProblems;
      if (unitProblems > 0 && large) {
        units.add(new WorkUnit(open));
        open.clear();
        sequences = 0;
      }
    }
    if (!open.isEmpty()) {
      units.add(new WorkUnit(open));
    }
    return units;
  }

  /** Passes on what workers say; where that throws, their call is cancelled. */
  private static final class Heard implements SamplingListener {
    private final Generator.Progress progress;
    private final int[] first;
    private @Nullable RuntimeException failure;

    Heard(Generator.Progress progress, int[] first) {
      this.progress = progress;
      this.first = first;
    }

    @Override
    public void status(SamplingStatus status) {
      hear(() -> progress.update(status.finished(), status.running(), status.tokens()));
    }

    @Override
    public void finished(int unit, int request, int sample, Generation generation) {
      hear(() -> progress.finished(first[unit] + request, sample, generation));
    }

    private void hear(Runnable what) {
      try {
        what.run();
      } catch (RuntimeException e) {
        failure = e;
        throw new SamplingCancelledException();
      }
    }
  }
}
