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
import org.r1zero.rollout.generation.Draws;
import org.r1zero.rollout.generation.Generation;
import org.r1zero.rollout.generation.GenerationRequest;
import org.r1zero.rollout.trace.RolloutTrace;
import org.r1zero.verify.Completion;
import org.r1zero.verify.FinishReason;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.environment.Environment;
import org.r1zero.verify.reward.Reward;

/** A problem whose rollouts are being sampled and scored. For one thread at a time. */
final class OpenGroup {
  private static final int ENVIRONMENT = 1;
  private static final Generation NOTHING =
      new Generation(new int[0], new float[0], new float[0], FinishReason.LENGTH);

  private final long place;
  private final Problem problem;
  private final Texts texts;
  private final String prompt;
  private final int[] promptTokens;
  private final long[] seeds;
  private final ProblemSource problems;
  private final Member[] members;

  /** One rollout of the group. */
  private static final class Member {
    private Generation sofar = NOTHING;
    private boolean complete;
    private final List<Segment> segments = new ArrayList<>();
    private @Nullable Environment environment;
    private boolean awaitsReply;
    private int turns;
    private int turnFrom;
    private int observed;
    private double earned;
    private @Nullable Completion completion;
    private @Nullable Reward reward;
  }

  /** Begins a group. */
  OpenGroup(long place, Problem problem, long[] seeds, Texts texts, ProblemSource problems) {
    this.place = place;
    this.problem = problem;
    this.texts = texts;
    this.prompt = texts.prompt(problem);
    this.promptTokens = texts.encode(prompt);
    this.seeds = seeds.clone();
    this.problems = problems;
    this.members = new Member[seeds.length];
    begin();
  }

  private void begin() {
    for (int i = 0; i < members.length; i++) {
      members[i] = new Member();
      long seed = Draws.seed(seeds[i], 0, ENVIRONMENT);
      members[i].environment = problems.converse(problem, seed).orElse(null);
    }
  }

  /** Goes on with a group that was saved. Its completions are decoded, not scored yet. */
  OpenGroup(GroupState state, Problem problem, Texts texts, ProblemSource problems) {
    this(state.problem(), problem, state.seeds(), texts, problems);
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

  /** Takes the verifiers' reward; what the environment gave is added. */
  void score(int sample, Reward reward) {
    members[sample].reward = new Reward(reward.total() + members[sample].earned, reward.verdicts());
  }

  /**
   * What is asked of a generator.
   *
   * @param samples the rollouts' numbers, in the order of the request's seeds
   */
  record Ask(GenerationRequest request, int[] samples) {}

  /**
   * Asks for what is missing: rollouts in their first turn share the prompt, each later turn has all
   * that came before as its prompt.
   *
   * @param budget most tokens to add to each; 0 is no limit of its own
   * @param maxNewTokens at which a rollout is cut off for good, observations included
   */
  List<Ask> asks(int budget, int maxNewTokens) {
    int[] first = Arrays.stream(incomplete()).filter(i -> members[i].turns == 0).toArray();
    List<Ask> asks = new ArrayList<>();
    if (first.length > 0) {
      asks.add(new Ask(request(first, budget), first));
    }
    for (int i : incomplete()) {
      Member member = members[i];
      if (member.turns > 0) {
        int[] said = member.sofar.tokens();
        int[] all = Arrays.copyOf(promptTokens, promptTokens.length + said.length);
        System.arraycopy(said, 0, all, promptTokens.length, said.length);
        long[] seed = {Draws.seed(seeds[i], member.turns, 0)};
        asks.add(
            new Ask(
                new GenerationRequest(all, seed, List.of(), maxNewTokens - said.length),
                new int[] {i}));
      }
    }
    return asks;
  }

  /**
   * Asks for the rest of some rollouts.
   *
   * @param samples their numbers
   * @param budget most tokens to add to each; 0 is no limit of its own
   */
  private GenerationRequest request(int[] samples, int budget) {
    return new GenerationRequest(
        promptTokens,
        Arrays.stream(samples).mapToLong(i -> seeds[i]).toArray(),
        Arrays.stream(samples).mapToObj(i -> members[i].sofar).toList(),
        budget);
  }

  /**
   * Takes over what was sampled of a rollout.
   *
   * @param generation all of it, what it began with included; of a later turn that turn alone
   * @param maxNewTokens at which it is cut off for good
   * @param version of the weights that sampled the new tokens
   * @param step before whose update those weights were
   * @return whether it is complete now
   */
  boolean add(int sample, Generation generation, int maxNewTokens, long version, long step) {
    Member member = members[sample];
    int before = member.sofar.tokens().length;
    member.turnFrom = member.turns == 0 ? 0 : before;
    member.sofar = member.turns == 0 ? generation : joined(member.sofar, generation);
    int sampled = member.sofar.tokens().length - before;
    if (sampled > 0) {
      member.segments.add(new Segment(version, step, sampled));
    }
    boolean stopped = generation.finishReason() == FinishReason.STOP;
    member.awaitsReply = stopped && member.environment != null;
    member.complete =
        !member.awaitsReply && (stopped || member.sofar.tokens().length >= maxNewTokens);
    if (member.complete) {
      member.completion = lastTurn(member);
    }
    return member.complete;
  }

  /**
   * Lets environments answer the turns that have come to their end. An observation is appended as
   * tokens without log-probs (NaN): nothing sampled them.
   *
   * @param maxNewTokens a rollout that has no room left for a turn is cut off
   * @param version of the weights, for the record
   * @param step before whose update those weights were
   */
  void reply(int maxNewTokens, long version, long step) {
    for (Member member : members) {
      if (!member.awaitsReply || member.environment == null) {
        continue;
      }
      member.awaitsReply = false;
      Environment.Reply reply = member.environment.step(lastTurn(member).text());
      member.turns++;
      member.earned += reply.reward();
      int[] said = member.sofar.tokens();
      int[] observation =
          reply.done() ? NOTHING.tokens() : texts.observation(reply.observation(), said[said.length - 1]);
      boolean room = said.length + observation.length < maxNewTokens;
      if (reply.done() || !room) {
        member.sofar =
            reply.done() ? member.sofar : joined(member.sofar, NOTHING); // NOTHING was cut off
        member.complete = true;
        member.completion = lastTurn(member);
      } else if (observation.length > 0) {
        float[] unknown = new float[observation.length];
        Arrays.fill(unknown, Float.NaN);
        member.sofar =
            joined(
                member.sofar,
                new Generation(observation, unknown, unknown, FinishReason.LENGTH));
        member.segments.add(new Segment(version, step, observation.length));
        member.observed += observation.length;
      }
    }
  }

  /** What verifiers judge: the last turn, of which the token count is the whole rollout's. */
  private Completion lastTurn(Member member) {
    Generation all = member.sofar;
    int[] turn = Arrays.copyOfRange(all.tokens(), member.turnFrom, all.tokens().length);
    String text =
        texts.decode(new Generation(turn, all.policyLogProbs(), all.policyLogProbs(), all.finishReason())).text();
    return new Completion(text, all.tokens().length, all.finishReason());
  }

  private static Generation joined(Generation first, Generation second) {
    int[] tokens = Arrays.copyOf(first.tokens(), first.tokens().length + second.tokens().length);
    System.arraycopy(
        second.tokens(), 0, tokens, first.tokens().length, second.tokens().length);
    return new Generation(
        tokens,
        joined(first.samplingLogProbs(), second.samplingLogProbs()),
        joined(first.policyLogProbs(), second.policyLogProbs()),
        second.finishReason());
  }

  private static float[] joined(float[] first, float[] second) {
    float[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }

  /** Whether its rollouts are conversations. */
  boolean converses() {
    return members[0].environment != null;
  }

  /** Mean turns, tokens of observations, and rewards of the environment per rollout. */
  double[] conversation() {
    double[] sums = new double[3];
    for (Member member : members) {
      sums[0] += member.turns;
      sums[1] += member.observed;
      sums[2] += member.earned;
    }
    return Arrays.stream(sums).map(sum -> sum / members.length).toArray();
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
    begin();
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
      Completion whole = converses() ? texts.decode(members[i].sofar) : completion(i);
      traces.add(RolloutTrace.of(step, problem, i, prompt, whole, rewards().get(i)));
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
