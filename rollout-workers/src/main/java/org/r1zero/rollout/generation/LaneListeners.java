package org.r1zero.rollout.generation;

import java.util.Arrays;
import java.util.List;

/** Makes one listener of several lanes': their numbers are added up, and they speak in turn. */
final class LaneListeners {
  private final SamplingListener all;
  private final SamplingStatus[] latest;

  LaneListeners(SamplingListener all, List<Schedule> lanes) {
    this.all = all;
    this.latest =
        lanes.stream()
            .map(lane -> SamplingStatus.waiting(lane.total()))
            .toArray(SamplingStatus[]::new);
  }

  /** What a lane speaks to. */
  SamplingListener of(int lane) {
    return new SamplingListener() {
      @Override
      public void status(SamplingStatus status) {
        synchronized (LaneListeners.this) {
          latest[lane] = status;
          all.status(SamplingStatus.sum(Arrays.asList(latest), 1, 0));
        }
      }

      @Override
      public void finished(int request, int sample, Generation generation) {
        synchronized (LaneListeners.this) {
          all.finished(request, sample, generation);
        }
      }

      @Override
      public void step(int tokens, int ofLane) {
        synchronized (LaneListeners.this) {
          all.step(tokens, latest.length);
        }
      }
    };
  }
}
