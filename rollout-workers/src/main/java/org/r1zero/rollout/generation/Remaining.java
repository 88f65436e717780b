package org.r1zero.rollout.generation;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What is still to be sampled of a call's completions. Attempts that end early number only the rest
 * as theirs; the call's listener is notified of each completion once, under its own number.
 */
final class Remaining {
  private final List<GenerationRequest> all;
  private final StopCondition stop;
  private final SamplingListener listener;
  private final List<BitSet> finished = new ArrayList<>();

  Remaining(List<GenerationRequest> all, StopCondition stop, SamplingListener listener) {
    this.all = all;
    this.stop = stop;
    this.listener = listener;
    all.forEach(request -> finished.add(new BitSet()));
  }

  /**
   * One attempt.
   *
   * @param requests what is left
   * @param stop what ends a completion
   * @param listener is notified of it
   */
  record Attempt(List<GenerationRequest> requests, StopCondition stop, SamplingListener listener) {}

  /** The next attempt, at all that is left. */
  Attempt next() {
    List<GenerationRequest> requests = new ArrayList<>();
    List<Integer> numbers = new ArrayList<>();
    List<int[]> samples = new ArrayList<>();
    for (int r = 0; r < all.size(); r++) {
      GenerationRequest request = all.get(r);
      BitSet done = finished.get(r);
      int[] left = IntStream.range(0, request.seeds().length).filter(s -> !done.get(s)).toArray();
      if (left.length > 0) {
        requests.add(request.of(left));
        numbers.add(r);
        samples.add(left);
      }
    }
    return new Attempt(
        requests,
        new StopCondition() {
          @Override
          public boolean stops(int[] tokens, int length) {
            return stop.stops(tokens, length);
          }

          @Override
          public boolean stops(int request, int sample, int[] tokens, int length) {
            return stop.stops(numbers.get(request), samples.get(request)[sample], tokens, length);
          }
        },
        new SamplingListener() {
          @Override
          public void status(SamplingStatus status) {
            listener.status(status);
          }

          @Override
          public void step(int tokens, int lanes) {
            listener.step(tokens, lanes);
          }

          @Override
          public void finished(int request, int sample, Generation generation) {
            int number = numbers.get(request);
            int place = samples.get(request)[sample];
            finished.get(number).set(place);
            listener.finished(number, place, generation);
          }
        });
  }
}
