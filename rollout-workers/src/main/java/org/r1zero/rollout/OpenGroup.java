package org.r1zero.rollout;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.r1zero.grpo.data.Rollout;
import org.r1zero.grpo.data.RolloutGroup;
import org.r1zero.rollout.CollectorState.GroupState;
import org.r1zero.rollout.CollectorState.RolloutState;
import org.r1zero.rollout.CollectorState.Segment;
import org.r1zero.rollout.generation.Generation;
import org.r1zero.rollout.trace.RolloutTrace;
import org.r1zero.verify.Completion;
import org.r1zero.verify.FinishReason;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.reward.Reward;

/** A problem whose rollouts are being sampled and scored. For one thread at a time. */
final class OpenGroup {
  private final long place;
  private final @Nullable Integer choice;
  private final Problem problem;
  private final Texts texts;
  private final String prompt;
  private final int[] promptTokens;
  private final long[] seeds;
  private final int maxNewTokens;
  private final Member[] members;

  /** One rollout of the group. */
  private static final class Member {
    private final Conversation conversation;
    private final List<Segment> segments = new ArrayList<>();
    private @Nullable Completion completion;
    private @Nullable Reward reward;

    Member(Conversation conversation) {
      this.conversation = conversation;
    }

    /** Notes who sampled the newest tokens. */
    void add(int tokens, long version, long step) {
      Segment last = segments.isEmpty() ? null : segments.get(segments.size() - 1);
      if (last != null && last.version() == version && last.step() == step) {
        segments.set(segments.size() - 1, new Segment(version, step, last.tokens() + tokens));
      } else if (tokens > 0) {
        segments.add(new Segment(version, step, tokens));
      }
      completion = conversation.isComplete() ? conversation.completion() : null;
    }
  }

  /**
   * Begins a group.
   *
   * @param choice which of the problems that may stand at the place it is; {@code null} where the
   *     data's order decides
   * @param maxNewTokens at which a rollout is cut off for good
   */
  OpenGroup(
      long place,
      @Nullable Integer choice,
      Problem problem,
      long[] seeds,
      Texts texts,
      int maxNewTokens) {
    this.place = place;
    this.choice = choice;
    this.problem = problem;
    this.texts = texts;
    this.prompt = texts.prompt(problem);
    this.promptTokens = texts.encode(prompt);
    this.seeds = seeds.clone();
    this.maxNewTokens = maxNewTokens;
    this.members = new Member[seeds.length];
    restart();
  }

  /** Goes on with a group that was saved. Its completions are decoded, not scored yet. */
  OpenGroup(GroupState state, Problem problem, Texts texts, int maxNewTokens) {
    this(state.problem(), state.choice(), problem, state.seeds(), texts, maxNewTokens);
    for (int i = 0; i < members.length; i++) {
      RolloutState saved = state.rollouts().get(i);
      Member member = members[i];
      FinishReason reason = saved.finishReason();
      member.conversation.restore(
          new Generation(
              saved.tokens(),
              saved.samplingLogProbs(),
              saved.policyLogProbs(),
              reason == null ? FinishReason.LENGTH : reason),
          saved.turns(),
          reason != null);
      member.segments.addAll(saved.segments());
      member.completion = reason == null ? null : member.conversation.completion();
    }
  }

  Problem problem() {
    return problem;
  }

  boolean isComplete() {
    return Arrays.stream(members).allMatch(member -> member.conversation.isComplete());
  }

  boolean isComplete(int sample) {
    return members[sample].completion != null;
  }

  /** Completions that no verifier has seen, by their numbers. */
  int[] unscored() {
    return IntStream.range(0, members.length)
        .filter(i -> members[i].completion != null && members[i].reward == null)
        .toArray();
  }

  Completion completion(int sample) {
    return Objects.requireNonNull(members[sample].completion, "this rollout is not complete");
  }

  void score(int sample, Reward reward) {
    members[sample].reward = reward;
  }

  /**
   * Asks for what is missing.
   *
   * @param budget most tokens to add to each rollout; 0 is no limit of its own
   */
  List<Conversation.Ask> asks(int budget) {
    return Conversation.asks(conversations().toList(), budget);
  }

  private Stream<Conversation> conversations() {
    return Arrays.stream(members).map(member -> member.conversation);
  }

  /**
   * Takes over what was sampled of a rollout's turn.
   *
   * @param turn all of it, what it began with included
   * @param version of the weights that sampled the new tokens
   * @param step before whose update those weights were
   * @return whether the rollout is complete now
   */
  boolean add(int sample, Generation turn, long version, long step) {
    Member member = members[sample];
    member.add(member.conversation.add(turn), version, step);
    return member.completion != null;
  }

  /** Rollouts whose environments have to answer, by their numbers. */
  int[] awaitingReply() {
    return IntStream.range(0, members.length)
        .filter(i -> members[i].conversation.awaitsReply())
        .toArray();
  }

  /**
   * Has the environment answer a rollout's turn; different rollouts may be answered at once.
   *
   * @param version of the weights, for the record
   * @param step before whose update those weights were
   */
  void reply(int sample, long version, long step) {
    Member member = members[sample];
    member.add(member.conversation.reply(), version, step);
  }

  /** Whether its rollouts are conversations. */
  boolean hasEnvironment() {
    return members[0].conversation.hasEnvironment();
  }

  /** The mean of something over its rollouts. */
  double mean(ToDoubleFunction<Conversation> what) {
    return conversations().mapToDouble(what).average().orElse(0);
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
    long environmentSeed = Conversation.environmentSeed(seeds[0]);
    for (int i = 0; i < members.length; i++) {
      members[i] =
          new Member(
              new Conversation(
                  texts, problem, promptTokens, seeds[i], environmentSeed, maxNewTokens));
    }
  }

  /** Tokens of all its rollouts so far. */
  long tokens() {
    return Arrays.stream(members)
        .mapToLong(member -> member.conversation.all().tokens().length)
        .sum();
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
      Generation generation = members[i].conversation.all();
      Reward reward = rewards().get(i);
      rollouts.add(
          new Rollout(
              generation.tokens(),
              generation.policyLogProbs(),
              reward.total(),
              reward.verdicts().values().stream().mapToDouble(Verdict::score).toArray(),
              generation.finishReason() == FinishReason.LENGTH,
              members[i].segments.get(0).version(),
              members[i].conversation.turns(reward)));
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
        choice,
        seeds.clone(),
        Arrays.stream(members)
            .map(
                member ->
                    new RolloutState(
                        member.conversation.all().tokens(),
                        member.conversation.all().samplingLogProbs(),
                        member.conversation.all().policyLogProbs(),
                        member.completion != null ? member.conversation.all().finishReason() : null,
                        member.segments,
                        member.conversation.turns()))
            .toList());
  }
}
