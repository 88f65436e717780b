package org.r1zero.rollout.generation;

/** Makes one progress of several lanes': their numbers are added up, and they speak in turn. */
final class SharedProgress {
  private final Generator.Progress all;
  private final long[][] numbers;

  SharedProgress(Generator.Progress all, int lanes) {
    this.all = all;
    this.numbers = new long[lanes][5];
  }

  /** What a lane tells. */
  Generator.Progress of(int lane) {
    return new Generator.Progress() {
      @Override
      public void cache(long usedBytes, long heldBytes) {
        synchronized (SharedProgress.this) {
          numbers[lane][3] = usedBytes;
          numbers[lane][4] = heldBytes;
          all.cache(sum(3), sum(4));
        }
      }

      @Override
      public void update(int finished, int running, long tokens) {
        synchronized (SharedProgress.this) {
          numbers[lane][0] = finished;
          numbers[lane][1] = running;
          numbers[lane][2] = tokens;
          all.update((int) sum(0), (int) sum(1), sum(2));
        }
      }

      @Override
      public void step(int sequences, int ofLane) {
        synchronized (SharedProgress.this) {
          all.step(sequences, numbers.length);
        }
      }

      @Override
      public void finished(int request, int sample, Generation generation) {
        synchronized (SharedProgress.this) {
          all.finished(request, sample, generation);
        }
      }
    };
  }

  private long sum(int number) {
    long sum = 0;
    for (long[] lane : numbers) {
      sum += lane[number];
    }
    return sum;
  }
}
