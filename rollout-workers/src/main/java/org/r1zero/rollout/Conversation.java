package org.r1zero.rollout;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.r1zero.grpo.data.Rollout;
import org.r1zero.rollout.CollectorState.Turn;
import org.r1zero.rollout.generation.Draws;
import org.r1zero.rollout.generation.Generation;
import org.r1zero.rollout.generation.GenerationRequest;
import org.r1zero.verify.Completion;
import org.r1zero.verify.FinishReason;
import org.r1zero.verify.Problem;
import org.r1zero.verify.environment.Environment;
import org.r1zero.verify.reward.Reward;

/**
 * One rollout in the making: turns of the model with an environment's observations between them, or
 * a single turn where there is no environment.
 *
 * <p>Token in, token out: what was sampled stays as it was sampled, an observation is encoded once
 * and appended. For one thread at a time.
 */
final class Conversation {
  private static final int ENVIRONMENT = 1;
  private static final Generation NOTHING =
      new Generation(new int[0], new float[0], new float[0], FinishReason.LENGTH);

  private final Texts texts;
  private final Problem problem;
  private final int[] prompt;
  private final long seed;
  private final int maxNewTokens;
  private final @Nullable Environment environment;
  private final List<Turn> turns = new ArrayList<>();
  private Generation all = NOTHING;
  private int turnFrom;
  private final List<Double> paid = new ArrayList<>();
  private boolean complete;

  /**
   * What is asked of a generator.
   *
   * @param members whose turns they are, by their numbers, in the order of the request's seeds
   */
  record Ask(GenerationRequest request, int[] members) {}

  /**
   * Begins one.
   *
   * @param prompt the problem's, as token ids
   * @param seed decides what is sampled
   * @param environmentSeed decides what is random in the environment; the same for all rollouts of
   *     a group, which are compared with each other
   * @param maxNewTokens at which it is cut off, observations included
   */
  Conversation(
      Texts texts,
      Problem problem,
      int[] prompt,
      long seed,
      long environmentSeed,
      int maxNewTokens) {
    this.texts = texts;
    this.problem = problem;
    this.prompt = prompt;
    this.seed = seed;
    this.maxNewTokens = maxNewTokens;
    this.environment = texts.begin(problem, environmentSeed);
  }

  /** The seed of a group's environments, from a seed that is the group's own. */
  static long environmentSeed(long groupSeed) {
    return Draws.seed(groupSeed, 0, ENVIRONMENT);
  }

  /**
   * Asks for the turns that are missing: first turns share the prompt, a later one has all that
   * came before it as its prompt.
   *
   * @param group conversations about the same problem
   * @param budget most tokens to add to each; 0 is no limit of its own
   */
  static List<Ask> asks(List<Conversation> group, int budget) {
    int[] open = IntStream.range(0, group.size()).filter(i -> !group.get(i).complete).toArray();
    int[] first = Arrays.stream(open).filter(i -> group.get(i).turnFrom == 0).toArray();
    List<Ask> asks = new ArrayList<>();
    if (first.length > 0) {
      asks.add(
          new Ask(
              new GenerationRequest(
                  group.get(first[0]).prompt,
                  Arrays.stream(first).mapToLong(i -> group.get(i).seed).toArray(),
                  Arrays.stream(first).mapToObj(i -> group.get(i).all).toList(),
                  budget,
                  group.get(first[0]).hasEnvironment()),
              first));
    }
    for (int i : open) {
      if (group.get(i).turnFrom > 0) {
        asks.add(new Ask(group.get(i).laterTurn(budget), new int[] {i}));
      }
    }
    return asks;
  }

  private GenerationRequest laterTurn(int budget) {
    int[] read = Arrays.copyOf(prompt, prompt.length + turnFrom);
    System.arraycopy(all.tokens(), 0, read, prompt.length, turnFrom);
    int left = maxNewTokens - all.tokens().length;
    return new GenerationRequest(
        read,
        new long[] {Draws.seed(seed, turns.size(), 0)},
        List.of(cut(all, turnFrom, all.tokens().length)),
        budget == 0 ? left : Math.min(budget, left),
        true);
  }

  /**
   * Takes over what was sampled of the turn at hand.
   *
   * @param turn all of it, what it began with included
   * @return tokens that are new
   */
  int add(Generation turn) {
    int before = all.tokens().length;
    all = turnFrom == 0 ? turn : joined(cut(all, 0, turnFrom), turn);
    complete =
        turn.finishReason() == FinishReason.STOP
            ? environment == null
            : all.tokens().length >= maxNewTokens;
    return all.tokens().length - before;
  }

  /** Whether the model's turn is over and the environment has its own. */
  boolean awaitsReply() {
    return !complete
        && environment != null
        && all.tokens().length > turnFrom
        && all.finishReason() == FinishReason.STOP;
  }

  /**
   * Has the environment answer. An observation is appended as tokens without log-probs (NaN):
   * nothing sampled them.
   *
   * @return tokens of the observation
   */
  int reply() {
    Environment.Reply reply = step();
    int[] observation = reply.done() ? NOTHING.tokens() : observation(reply);
    if (reply.done()) {
      complete = true;
    } else if (all.tokens().length + observation.length >= maxNewTokens) {
      observation = NOTHING.tokens(); // no room is left for another turn
      all = joined(all, NOTHING);
      complete = true;
    }
    turns.add(new Turn(all.tokens().length - turnFrom, observation.length));
    if (!complete) {
      float[] unknown = new float[observation.length];
      Arrays.fill(unknown, Float.NaN);
      all = joined(all, new Generation(observation, unknown, unknown, FinishReason.LENGTH));
      turnFrom = all.tokens().length;
    }
    return observation.length;
  }

  /**
   * Has environments answer, several at once, since they may be programs or sandboxes.
   *
   * @param reply has one answer
   * @throws RuntimeException what the first of them threw
   */
  static <T> void replies(List<T> waiting, Consumer<T> reply) {
    Optional<RuntimeException> failure =
        waiting.parallelStream()
            .map(one -> failure(one, reply))
            .flatMap(Optional::stream)
            .findFirst();
    if (failure.isPresent()) {
      throw failure.get();
    }
  }

  private static <T> Optional<RuntimeException> failure(T one, Consumer<T> reply) {
    try {
      reply.accept(one);
      return Optional.empty();
    } catch (RuntimeException e) { // as it is: a parallel stream would wrap it
      return Optional.of(e);
    }
  }

  private Environment.Reply step() {
    Environment.Reply reply = Objects.requireNonNull(environment).step(texts.turn(lastTurn()));
    paid.add(reply.reward());
    return reply;
  }

  private int[] observation(Environment.Reply reply) {
    return texts.observation(reply, all.tokens()[all.tokens().length - 1]);
  }

  private int[] lastTurn() {
    return Arrays.copyOfRange(all.tokens(), turnFrom, all.tokens().length);
  }

  /**
   * Goes on with one that was saved: its environment hears the turns again.
   *
   * @param saved all of it so far
   * @param answered the turns that its environment has answered
   * @param ended whether it was complete
   * @throws IllegalStateException if the environment answers otherwise than it did
   */
  void restore(Generation saved, List<Turn> answered, boolean ended) {
    int end = 0;
    for (Turn turn : answered) {
      turnFrom = end;
      end += turn.sampled();
      all = cut(saved, 0, end);
      Environment.Reply reply = step();
      int[] then = Arrays.copyOfRange(saved.tokens(), end, end + turn.observed());
      boolean over = reply.done() || (then.length == 0 && end == saved.tokens().length);
      if (!over && !Arrays.equals(observation(reply), then)) {
        throw new IllegalStateException(
            String.format(
                "the environment answered a saved conversation about problem %s otherwise than "
                    + "before the run was interrupted: '%s' in place of '%s'; an environment must "
                    + "give the same answers for the same problem, seed and turns",
                problem.id(), reply.observation(), texts.decode(then)));
      }
      end += then.length;
      turns.add(turn);
    }
    turnFrom = ended && end == saved.tokens().length ? turnFrom : end;
    all = saved;
    complete = ended;
  }

  boolean isComplete() {
    return complete;
  }

  /** All of it so far, observations included. */
  Generation all() {
    return all;
  }

  List<Turn> turns() {
    return turns;
  }

  /** Whether it has an environment. */
  boolean hasEnvironment() {
    return environment != null;
  }

  /** Tokens that the environment said. */
  int observed() {
    return turns.stream().mapToInt(Turn::observed).sum();
  }

  /** What the environment paid so far. */
  double earned() {
    double sum = 0;
    for (double each : paid) {
      sum += each;
    }
    return sum;
  }

  /**
   * The turns of the model with the share of a reward that each has: what the environment paid for
   * it; the last one has what is left besides. Empty without an environment.
   *
   * @param reward of the whole conversation
   */
  List<Rollout.Turn> turns(Reward reward) {
    List<Rollout.Turn> each = new ArrayList<>();
    double rest = reward.total() - reward.perPaid() * earned();
    int from = 0;
    for (int k = 0; k < spoken() && environment != null; k++) {
      boolean answered = k < turns.size();
      int to = answered ? from + turns.get(k).sampled() : all.tokens().length;
      double own = answered ? reward.perPaid() * paid.get(k) : 0;
      each.add(new Rollout.Turn(from, to, own + (k == spoken() - 1 ? rest : 0)));
      from = answered ? to + turns.get(k).observed() : to;
    }
    return each;
  }

  /** Turns of the model. */
  int spoken() {
    boolean cutOff =
        all.tokens().length > turns.stream().mapToInt(t -> t.sampled() + t.observed()).sum();
    return turns.size() + (cutOff ? 1 : 0);
  }

  /** What verifiers judge: the last turn, with the whole where there may have been several. */
  Completion completion() {
    int sampled = all.tokens().length - observed();
    return new Completion(
        texts.decode(lastTurn()),
        sampled,
        all.finishReason(),
        environment == null
            ? null
            : new Completion.Transcript(texts.decode(all.tokens()), spoken(), earned()));
  }

  private static Generation cut(Generation whole, int from, int to) {
    return new Generation(
        Arrays.copyOfRange(whole.tokens(), from, to),
        Arrays.copyOfRange(whole.samplingLogProbs(), from, to),
        Arrays.copyOfRange(whole.policyLogProbs(), from, to),
        whole.finishReason());
  }

  private static Generation joined(Generation first, Generation second) {
    int length = first.tokens().length;
    int[] tokens = Arrays.copyOf(first.tokens(), length + second.tokens().length);
    System.arraycopy(second.tokens(), 0, tokens, length, second.tokens().length);
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
}
