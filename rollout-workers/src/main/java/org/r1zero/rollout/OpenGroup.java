package org.r1zero.rollout;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.r1zero.grpo.data.Rollout;
import org.r1zero.grpo.data.RolloutGroup;
import org.r1zero.rollout.CollectorState.GroupState;
import org.r1zero.rollout.CollectorState.RolloutState;
import org.r1zero.rollout.CollectorState.Segment;
import org.r1zero.rollout.generation.Generation;
import org.r1zero.rollout.generation.GenerationRequest;
import org.r1zero.rollout.trace.RolloutTrace;
import org.r1zero.verify.Completion;
import org.r1zero.verify.FinishReason;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.reward.Reward;

/** A problem whose rollouts are being sampled and scored. For one thread at a time. */
final class OpenGroup {
  private static final Generation NOTHING =
      new Generation(new int[0], new float[0], new float[0], FinishReason.LENGTH);

  private final long place;
  private final Problem problem;
  private final Texts texts;
  private final String prompt;
  private final int[] promptTokens;
  private final long[] seeds;
  private final Member[] members;

  /** One rollout of the group. */
  private static final class Member {
    private Generation sofar = NOTHING;
    private boolean complete;
    private final List<Segment> segments = new ArrayList<>();
    private @Nullable Completion completion;
    private @Nullable Reward reward;
  }

  /** Begins a group. */
  OpenGroup(long place, Problem problem, long[] seeds, Texts texts) {
    this.place = place;
    this.problem = problem;
    this.texts = texts;
    this.prompt = texts.prompt(problem);
    this.promptTokens = texts.encode(prompt);
    this.seeds = seeds.clone();
    this.members = new Member[seeds.length];
    Arrays.setAll(members, i -> new Member());
  }

  /** Goes on with a group that was saved. Its completions are decoded, not scored yet. */
  OpenGroup(GroupState state, Problem problem, Texts texts) {
    this(state.problem(), problem, state.seeds(), texts);
    for (int i = 0; i < members.length; i++) {
      RolloutState saved = state.rollouts().get(i);
      Member member = members[i];
      FinishReason reason = saved.finishReason();
      member.sofar =
          new Generation(
              saved.tokens(),
              saved.samplingLogProbs(),
              saved.policyLogProbs(),
              reason == null ? FinishReason.LENGTH : reason);
      member.complete = reason != null;
      member.segments.addAll(saved.segments());
      if (member.complete) {
        member.completion = texts.decode(member.sofar);
      }
    }
  }

  Problem problem() {
    return problem;
  }

  /** Rollouts that are not complete, by their numbers. */
  int[] incomplete() {
    return IntStream.range(0, members.length).filter(i -> !members[i].complete).toArray();
  }

  boolean isComplete() {
    return Arrays.stream(members).allMatch(member -> member.complete);
  }

  /** Completions that no verifier has seen, by their numbers. */
  int[] unscored() {
    return IntStream.range(0, members.length)
        .filter(i -> members[i].complete && members[i].reward == null)
        .toArray();
  }

  Completion completion(int sample) {
    return Objects.requireNonNull(members[sample].completion, "this rollout is not complete");
  }

  void score(int sample, Reward reward) {
    members[sample].reward = reward;
  }

  /**
   * Asks for the rest of some rollouts.
   *
   * @param samples their numbers
   * @param budget most tokens to add to each; 0 is no limit of its own
   */
  GenerationRequest request(int[] samples, int budget) {
    return new GenerationRequest(
        promptTokens,
        Arrays.stream(samples).mapToLong(i -> seeds[i]).toArray(),
        Arrays.stream(samples).mapToObj(i -> members[i].sofar).toList(),
        budget);
  }

  /**
   * Takes over what was sampled of a rollout.
   *
   * @param generation all of it, what it began with included
   * @param maxNewTokens at which it is cut off for good
   * @param version of the weights that sampled the new tokens
   * @param step before whose update those weights were
   * @return whether it is complete now
   */
  boolean add(int sample, Generation generation, int maxNewTokens, long version, long step) {
    Member member = members[sample];
    int sampled = generation.tokens().length - member.sofar.tokens().length;
    member.sofar = generation;
    if (sampled > 0) {
      member.segments.add(new Segment(version, step, sampled));
    }
    member.complete =
        generation.finishReason() == FinishReason.STOP
            || generation.tokens().length >= maxNewTokens;
    if (member.complete) {
      member.completion = texts.decode(generation);
    }
    return member.complete;
  }

  /**
   * The step of the oldest weights that sampled a token of it; {@code none} where there is none.
   */
  long oldestStep(long none) {
    return Arrays.stream(members)
        .flatMap(member -> member.segments.stream())
        .mapToLong(Segment::step)
        .min()
        .orElse(none);
  }

  /** Forgets what was sampled. */
  void restart() {
    Arrays.setAll(members, i -> new Member());
  }

  /** Tokens of all its rollouts so far. */
  long tokens() {
    return Arrays.stream(members).mapToLong(member -> member.sofar.tokens().length).sum();
  }

  /** Rollouts that several versions of the policy sampled. */
  long continued() {
    return Arrays.stream(members).filter(member -> member.segments.size() > 1).count();
  }

  /** The staleness of each rollout where this step trains them. */
  double[] staleness(long step) {
    return Arrays.stream(members)
        .mapToDouble(member -> step - (double) member.segments.get(0).step())
        .toArray();
  }

  List<Reward> rewards() {
    return Arrays.stream(members)
        .map(member -> Objects.requireNonNull(member.reward, "this rollout is not scored"))
        .toList();
  }

  /** What training gets; a rollout's version is that of its first tokens. */
  RolloutGroup toTraining() {
    List<Rollout> rollouts = new ArrayList<>();
    for (int i = 0; i < members.length; i++) {
      Generation generation = members[i].sofar;
      Reward reward = rewards().get(i);
      rollouts.add(
          new Rollout(
              generation.tokens(),
              generation.policyLogProbs(),
              reward.total(),
              reward.verdicts().values().stream().mapToDouble(Verdict::score).toArray(),
              generation.finishReason() == FinishReason.LENGTH,
              members[i].segments.get(0).version()));
    }
    return new RolloutGroup(problem.id(), promptTokens, rollouts);
  }

  List<RolloutTrace> traces(long step) {
    List<RolloutTrace> traces = new ArrayList<>();
    for (int i = 0; i < members.length; i++) {
      traces.add(RolloutTrace.of(step, problem, i, prompt, completion(i), rewards().get(i)));
    }
    return traces;
  }

  GroupState state() {
    return new GroupState(
        place,
        seeds.clone(),
        Arrays.stream(members)
            .map(
                member ->
                    new RolloutState(
                        member.sofar.tokens(),
                        member.sofar.samplingLogProbs(),
                        member.sofar.policyLogProbs(),
                        member.complete ? member.sofar.finishReason() : null,
                        member.segments))
            .toList());
  }
}
