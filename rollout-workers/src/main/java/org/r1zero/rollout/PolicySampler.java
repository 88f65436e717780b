package org.r1zero.rollout;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.r1zero.rollout.generation.Draws;
import org.r1zero.rollout.generation.Generation;
import org.r1zero.rollout.generation.SamplingConfig;
import org.r1zero.rollout.generation.SamplingListener;
import org.r1zero.rollout.generation.SamplingMemory;
import org.r1zero.rollout.generation.SamplingStatus;
import org.r1zero.rollout.worker.WorkUnit;
import org.r1zero.rollout.worker.WorkerPool;
import org.r1zero.verify.Completion;
import org.r1zero.verify.Problem;

/** Problems in, texts out: renders, tokenizes, samples with a pool's workers, decodes. */
public final class PolicySampler {
  /** A unit's batch stays full for most of its time when it has so many batches' sequences. */
  private static final int BATCHES_PER_UNIT = 2;

  private final Texts texts;
  private final WorkerPool pool;
  private final int unitProblems;

  /**
   * Samples with the workers of a pool, which stays the caller's to close.
   *
   * @param unitProblems fewest problems that one generator call samples together; 0 leaves all to
   *     one call
   */
  public PolicySampler(Texts texts, WorkerPool pool, int unitProblems) {
    this.texts = texts;
    this.pool = pool;
    this.unitProblems = unitProblems;
  }

  /**
   * Takes completions as they are finished, in any order, while others are sampled. Called by one
   * thread at a time, on a sampling thread, which waits for it; what it throws ends the call and
   * reaches the caller.
   */
  @FunctionalInterface
  public interface CompletionListener {

    /**
     * Has a completion.
     *
     * @param problem the number of its problem
     * @param sample which of its problem's completions
     * @param generation the completion as token ids with their log-probs
     * @param completion the same as text
     */
    void completed(int problem, int sample, Generation generation, Completion completion);

    /** How far the call is. */
    default void status(SamplingStatus status) {}
  }

  /**
   * Some completions of a problem.
   *
   * @param number of the problem in the whole list; part of what decides its draws
   * @param problem what is asked
   * @param samples which of its completions are wanted, by their numbers
   */
  public record Request(int number, Problem problem, int[] samples) {}

  /** Whether an environment answers, so that more than the prompt decides what is said. */
  public boolean isConversing() {
    return texts.environments() != null;
  }

  /** The prompt of a problem, as the model is given it. */
  public String prompt(Problem problem) {
    return texts.prompt(problem);
  }

  /**
   * Samples completions of each problem.
   *
   * @param count completions per problem
   * @param seed with the problem's place and the sample's number it decides every draw
   * @param progress is told how far the call is, by one thread at a time
   * @return a group per problem, in their order
   */
  public List<SampledGroup> sample(
      List<Problem> problems,
      int count,
      SamplingConfig config,
      long seed,
      Consumer<SamplingStatus> progress) {
    Generation[][] generations = new Generation[problems.size()][count];
    Completion[][] completions = new Completion[problems.size()][count];
    int[] all = IntStream.range(0, count).toArray();
    List<Request> requests =
        IntStream.range(0, problems.size())
            .mapToObj(p -> new Request(p, problems.get(p), all))
            .toList();
    sample(
        requests,
        config,
        seed,
        new CompletionListener() {
          @Override
          public void completed(int p, int sample, Generation generation, Completion completion) {
            generations[p][sample] = generation;
            completions[p][sample] = completion;
          }

          @Override
          public void status(SamplingStatus status) {
            progress.accept(status);
          }
        });
    List<SampledGroup> groups = new ArrayList<>();
    for (int p = 0; p < problems.size(); p++) {
      String prompt = prompt(problems.get(p));
      groups.add(
          new SampledGroup(
              problems.get(p),
              prompt,
              texts.encode(prompt),
              List.of(generations[p]),
              List.of(completions[p])));
    }
    return groups;
  }

  /**
   * Samples only some completions of each problem, the same that sampling all would give.
   *
   * @param listener has each completion, by its problem's number and its own
   */
  public void sample(
      List<Request> wanted, SamplingConfig config, long seed, CompletionListener listener) {
    List<List<Conversation>> groups = new ArrayList<>();
    for (Request request : wanted) {
      Problem problem = request.problem();
      int[] prompt = texts.encode(prompt(problem));
      long environmentSeed = Conversation.environmentSeed(Draws.seed(seed, request.number(), 0));
      groups.add(
          Arrays.stream(request.samples())
              .mapToLong(sample -> Draws.seed(seed, request.number(), sample))
              .mapToObj(
                  own ->
                      new Conversation(
                          texts, problem, prompt, own, environmentSeed, config.maxNewTokens()))
              .toList());
    }
    int done = 0;
    try (WorkerPool.Session session = pool.open()) { // one for all turns: workers keep them
      for (List<Turn> turns = turns(groups); !turns.isEmpty(); turns = turns(groups)) {
        sample(session, wanted, groups, turns, done, config, listener);
        done = (int) groups.stream().flatMap(List::stream).filter(Conversation::isComplete).count();
      }
    }
  }

  /**
   * A request for turns of a problem's conversations.
   *
   * @param group the problem's place in what is wanted
   */
  private record Turn(int group, Conversation.Ask ask) {}

  private static List<Turn> turns(List<List<Conversation>> groups) {
    List<Turn> turns = new ArrayList<>();
    for (int g = 0; g < groups.size(); g++) {
      for (Conversation.Ask ask : Conversation.asks(groups.get(g), 0)) {
        turns.add(new Turn(g, ask));
      }
    }
    return turns;
  }

  /** Samples a turn of each conversation that goes on, and has its environment answer. */
  private void sample(
      WorkerPool.Session session,
      List<Request> wanted,
      List<List<Conversation>> groups,
      List<Turn> turns,
      int done,
      SamplingConfig config,
      CompletionListener listener) {
    session.generate(
        WorkUnit.cut(
            turns.stream().map(turn -> turn.ask().request()).toList(),
            unitProblems,
            (long) BATCHES_PER_UNIT * SamplingMemory.onCpu(config).maxBatch()),
        config,
        new SamplingListener() {
          @Override
          public void status(SamplingStatus status) {
            listener.status(status.after(done));
          }

          @Override
          public void finished(int request, int sample, Generation generation) {
            Turn turn = turns.get(request);
            int member = turn.ask().members()[sample];
            Conversation conversation = groups.get(turn.group()).get(member);
            conversation.add(generation);
            tell(wanted.get(turn.group()), member, conversation, listener);
          }
        });
    List<Waiting> waiting = new ArrayList<>();
    for (int g = 0; g < groups.size(); g++) {
      for (int i = 0; i < groups.get(g).size(); i++) {
        if (groups.get(g).get(i).awaitsReply()) {
          waiting.add(new Waiting(wanted.get(g), i, groups.get(g).get(i)));
        }
      }
    }
    Conversation.replies(waiting, w -> w.conversation().reply());
    waiting.forEach(w -> tell(w.asked(), w.member(), w.conversation(), listener));
  }

  /** A conversation whose environment has to answer. */
  private record Waiting(Request asked, int member, Conversation conversation) {}

  private static void tell(
      Request asked, int member, Conversation conversation, CompletionListener listener) {
    if (conversation.isComplete()) {
      listener.completed(
          asked.number(), asked.samples()[member], conversation.all(), conversation.completion());
    }
  }
}
