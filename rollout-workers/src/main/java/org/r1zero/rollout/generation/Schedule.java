package org.r1zero.rollout.generation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which sequences of a lane wait, and what the finished ones became. Lanes have stretches of all
 * sequences one after the other; each has its own.
 */
final class Schedule {
  /** Instead of a prompt's number: the one that is held. */
  static final int HELD = -1;

  private static final int NOT_READ = -2;

  private final List<GenerationRequest> requests;
  private final int maxNewTokens;
  private final int prefillChunk;
  private final int total;
  private int waiting;
  private int nextRequest;
  private int nextSample;
  private int heldRequest = -1;
  private int finished;
  private long finishedTokens;

  /**
   * New sequences with the prompts that they follow.
   *
   * @param prompts each needed prompt once, but for one that is held
   * @param owner the index of each sequence's prompt, or {@link #HELD}
   * @param sequences to be started
   * @param settled sequences that were handed in finished
   * @param toHold the prompt whose group waits in part, for the next admission: its index, {@link
   *     #HELD} if it is held already, or less if there is none
   */
  record Admission(
      int[][] prompts,
      long[] owner,
      List<Sequence> sequences,
      List<Sequence> settled,
      int toHold) {}

  private Schedule(List<GenerationRequest> requests, SamplingConfig config, int from, int to) {
    this.requests = requests;
    this.maxNewTokens = config.maxNewTokens();
    this.prefillChunk = config.prefillChunk();
    this.total = to - from;
    this.waiting = total;
    this.nextSample = from;
    while (waiting > 0 && nextSample >= requests.get(nextRequest).seeds().length) {
      nextSample -= requests.get(nextRequest++).seeds().length;
    }
  }

  /** The schedules of so many lanes, of about as many sequences each. */
  static List<Schedule> of(List<GenerationRequest> requests, SamplingConfig config, int lanes) {
    int all = requests.stream().mapToInt(request -> request.seeds().length).sum();
    List<Schedule> schedules = new ArrayList<>();
    for (int lane = 0; lane < lanes; lane++) {
      int from = (int) ((long) all * lane / lanes);
      int to = (int) ((long) all * (lane + 1) / lanes);
      schedules.add(new Schedule(requests, config, from, to));
    }
    return schedules;
  }

  int total() {
    return total;
  }

  int finished() {
    return finished;
  }

  boolean isDone() {
    return finished == total;
  }

  boolean hasWaiting() {
    return waiting > 0;
  }

  /** The most positions that a sequence may take in this call. */
  int longest() {
    int longest = 0;
    for (GenerationRequest request : requests) {
      for (int sample = 0; sample < request.seeds().length; sample++) {
        longest = Math.max(longest, request.prompt().length + request.limit(sample, maxNewTokens));
      }
    }
    return longest;
  }

  /** The most positions of its row that a sequence may fill: the last token sampled needs none. */
  int longestOwn() {
    int longest = 0;
    for (GenerationRequest request : requests) {
      for (int sample = 0; sample < request.seeds().length; sample++) {
        int added = request.limit(sample, maxNewTokens) - request.startedLength(sample);
        longest = Math.max(longest, added - 1);
      }
    }
    return longest;
  }

  long sampledTokens(List<Sequence> running) {
    return finishedTokens + running.stream().mapToLong(Sequence::length).sum();
  }

  /** The next waiting sequences, at most {@code room}, whole groups while they fit. */
  Admission next(int room, StopCondition stop) {
    List<int[]> prompts = new ArrayList<>();
    List<Sequence> settled = new ArrayList<>();
    List<Sequence> sequences = new ArrayList<>();
    long[] owner = new long[room];
    int shared = NOT_READ;
    while (sequences.size() < room && hasWaiting() && !isFull(prompts)) {
      GenerationRequest request = requests.get(nextRequest);
      shared = nextRequest == heldRequest ? HELD : NOT_READ;
      while (sequences.size() < room
          && hasWaiting()
          && nextSample < request.seeds().length
          && (shared != NOT_READ || !isFull(prompts))) {
        Sequence sequence = new Sequence(nextRequest, request, nextSample, maxNewTokens);
        nextSample++;
        waiting--;
        if (sequence.isFinished(stop)) {
          settled.add(sequence);
          continue;
        }
        if (sequence.length() > 0) {
          owner[sequences.size()] = prompts.size();
          prompts.add(sequence.toRead());
        } else {
          if (shared == NOT_READ) {
            shared = prompts.size();
            prompts.add(request.prompt());
          }
          owner[sequences.size()] = shared;
        }
        sequences.add(sequence);
      }
      if (nextSample == request.seeds().length) {
        nextRequest++;
        nextSample = 0;
        shared = NOT_READ;
      }
    }
    if (!hasWaiting()) {
      shared = NOT_READ;
    }
    heldRequest = shared == NOT_READ ? -1 : nextRequest;
    return new Admission(
        prompts.toArray(int[][]::new),
        Arrays.copyOf(owner, sequences.size()),
        sequences,
        settled,
        shared);
  }

  private boolean isFull(List<int[]> prompts) {
    int longest = prompts.stream().mapToInt(p -> p.length).max().orElse(0);
    return (prompts.size() + 1L) * longest > prefillChunk;
  }

  /** Completions of a request. */
  int groupSize(int request) {
    return requests.get(request).seeds().length;
  }

  void finish(Generation generation) {
    finished++;
    finishedTokens += generation.tokens().length;
  }
}
