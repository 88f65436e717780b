package org.r1zero.rollout.generation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Which sequences wait, and what the finished ones became. */
final class Schedule {
  private final List<GenerationRequest> requests;
  private final int maxNewTokens;
  private final int prefillChunk;
  private final List<List<Generation>> results = new ArrayList<>();
  private final int total;
  private int nextRequest;
  private int nextSample;
  private int finished;
  private long finishedTokens;

  /**
   * New sequences with the prompts that they follow.
   *
   * @param prompts each needed prompt once
   * @param owner the index of each sequence's prompt
   * @param sequences to be started
   * @param settled sequences that were handed in finished
   */
  record Admission(
      int[][] prompts, long[] owner, List<Sequence> sequences, List<Sequence> settled) {}

  Schedule(List<GenerationRequest> requests, SamplingConfig config) {
    this.requests = requests;
    this.maxNewTokens = config.maxNewTokens();
    this.prefillChunk = config.prefillChunk();
    int sum = 0;
    for (GenerationRequest request : requests) {
      results.add(new ArrayList<>(Collections.nCopies(request.seeds().length, null)));
      sum += request.seeds().length;
    }
    total = sum;
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
    return nextRequest < requests.size();
  }

  /** The most positions that a sequence may take. */
  int longest() {
    return maxNewTokens + requests.stream().mapToInt(r -> r.prompt().length).max().orElse(0);
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
    while (sequences.size() < room && hasWaiting() && !isFull(prompts)) {
      GenerationRequest request = requests.get(nextRequest);
      int shared = -1;
      while (sequences.size() < room
          && nextSample < request.seeds().length
          && (shared >= 0 || !isFull(prompts))) {
        Sequence sequence = new Sequence(nextRequest, request, nextSample, maxNewTokens);
        nextSample++;
        if (sequence.isFinished(stop)) {
          settled.add(sequence);
          continue;
        }
        if (sequence.length() > 0) {
          owner[sequences.size()] = prompts.size();
          prompts.add(sequence.read(request.prompt()));
        } else {
          if (shared < 0) {
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
      }
    }
    return new Admission(
        prompts.toArray(int[][]::new), Arrays.copyOf(owner, sequences.size()), sequences, settled);
  }

  private boolean isFull(List<int[]> prompts) {
    int longest = prompts.stream().mapToInt(p -> p.length).max().orElse(0);
    return (prompts.size() + 1L) * longest > prefillChunk;
  }

  void finish(Sequence sequence, Generation generation) {
    results.get(sequence.request()).set(sequence.sample(), generation);
    finished++;
    finishedTokens += generation.tokens().length;
  }

  List<List<Generation>> results() {
    return results.stream().map(List::copyOf).toList();
  }
}
