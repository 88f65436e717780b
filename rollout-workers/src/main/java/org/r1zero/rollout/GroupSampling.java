package org.r1zero.rollout;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.r1zero.rollout.CollectorState.AheadState;
import org.r1zero.rollout.CollectorState.GroupState;
import org.r1zero.rollout.RolloutsConfig.FilterGroups;
import org.r1zero.rollout.difficulty.PassRates;
import org.r1zero.rollout.difficulty.ProblemSampler;
import org.r1zero.rollout.generation.Draws;
import org.r1zero.rollout.generation.Generation;
import org.r1zero.rollout.generation.GenerationRequest;
import org.r1zero.rollout.generation.SamplingConfig;
import org.r1zero.rollout.generation.SamplingStatus;
import org.r1zero.rollout.worker.JudgedListener;
import org.r1zero.rollout.worker.WorkUnit;
import org.r1zero.rollout.worker.WorkerPool;
import org.r1zero.verify.Problem;
import org.r1zero.verify.reward.Reward;

/**
 * Samples and scores the groups of a step, in rounds: groups that teach nothing are replaced by
 * other problems (dynamic sampling), groups that are not finished may go on in the next step
 * (partial rollouts). Without either a step is one round.
 */
final class GroupSampling {
  private static final double SAME_REWARD = 1e-8;

  private final RolloutCollector.RolloutConfig size;
  private final RolloutsConfig config;
  private final SamplingConfig sampling;
  private final ProblemSource problems;
  private final Texts texts;
  private final WorkerPool pool;
  private final RewardScorer scorer;
  private final RolloutProgress progress;
  private final int extra;
  private final ProblemSampler sampler;
  private long nextProblem;
  private List<OpenGroup> open = new ArrayList<>();

  /** What a step trains. */
  record Collected(long step, List<OpenGroup> groups, Map<String, Double> metrics) {}

  GroupSampling(
      RolloutCollector.RolloutConfig size,
      RolloutsConfig config,
      SamplingConfig sampling,
      ProblemSource problems,
      Texts texts,
      WorkerPool pool,
      RewardScorer scorer,
      RolloutProgress progress) {
    this.size = size;
    this.config = config;
    this.sampling = sampling;
    this.problems = problems;
    this.texts = texts;
    this.pool = pool;
    this.scorer = scorer;
    this.progress = progress;
    this.sampler = new ProblemSampler(config.sampler(), size.seed());
    this.extra = config.partialRollouts().enable() ? config.partialRollouts().overSampling() : 0;
  }

  /**
   * Collects a step's groups.
   *
   * @param step that trains them
   * @param weightsStep before whose update the session's weights are
   * @param session is closed at the end
   */
  Collected collect(long step, long weightsStep, WorkerPool.Session session) {
    try (session) {
      return new Step(step, weightsStep).collect(session);
    }
  }

  /** A rollout whose environment has to answer. */
  private record Waiting(OpenGroup group, int sample) {}

  /** One step in the making. */
  private final class Step {
    private final long step;
    private final long weightsStep;
    private final List<OpenGroup> kept = new ArrayList<>();
    private final List<OpenGroup> dropped = new ArrayList<>();
    private int begun;
    private int rounds;
    private int restarted;
    private long tokens;
    private double samplingSeconds;
    private double environmentSeconds;
    private double scoringSeconds;
    private final Set<String> asked = new HashSet<>();
    private int mixed;
    private int observed;
    private double passed;

    Step(long step, long weightsStep) {
      this.step = step;
      this.weightsStep = weightsStep;
    }

    Collected collect(WorkerPool.Session session) {
      restartTooOld();
      while (kept.size() < size.problemsPerStep()) {
        boolean last = isLastRound();
        if (last && open.isEmpty()) {
          fillUp();
          break;
        }
        if (!last) {
          beginGroups();
        }
        round(session, last);
      }
      return new Collected(step, List.copyOf(kept), metrics(sampler.endStep()));
    }

    /** Whether so many rounds were sampled that nothing is replaced any more. */
    private boolean isLastRound() {
      int limit = config.filterGroups().maxNumGenBatches();
      return config.filterGroups().enable() && limit > 0 && rounds >= limit;
    }

    private void beginGroups() {
      int missing = size.problemsPerStep() + extra - kept.size() - open.size();
      open.forEach(group -> asked.add(group.problem().id()));
      ProblemSampler.Round choices = sampler.open(step, rounds, asked);
      for (int i = 0; i < missing; i++) {
        long[] seeds = new long[size.numGenerations()];
        long place = begun++;
        Arrays.setAll(seeds, s -> Draws.seed(Draws.seed(size.seed(), step), place, s));
        Integer choice =
            sampler.isUniform() ? null : choices.choose(problems.candidates(nextProblem));
        Problem problem = problemAt(nextProblem, choice);
        asked.add(problem.id());
        open.add(
            new OpenGroup(nextProblem, choice, problem, seeds, texts, sampling.maxNewTokens()));
        nextProblem++;
      }
      if (missing > 0) {
        rounds++;
      }
    }

    /** Samples what is open, scores what is complete, and takes what is wanted. */
    private void round(WorkerPool.Session session, boolean toTheEnd) {
      long started = System.nanoTime();
      RewardScorer.Batch scoring = scorer.open(open.stream().map(OpenGroup::problem).toList());
      boolean[][] submitted = new boolean[open.size()][size.numGenerations()];
      for (int g = 0; g < open.size(); g++) {
        for (int sample : open.get(g).unscored()) {
          submitted[g][sample] = true;
          scoring.submit(g, sample, open.get(g).completion(sample));
        }
      }
      List<OpenGroup> asked = open;
      while (!asked.isEmpty()) {
        sample(session, asked, toTheEnd, scoring, submitted);
        reply(session, scoring, submitted);
        asked = open.stream().filter(g -> !g.isComplete() && mustEnd(g, toTheEnd)).toList();
      }
      long sampled = System.nanoTime();
      List<List<Reward>> rewards = scoring.rewards();
      for (int g = 0; g < open.size(); g++) {
        int next = 0;
        for (int sample = 0; sample < submitted[g].length; sample++) {
          if (submitted[g][sample]) {
            open.get(g).score(sample, rewards.get(g).get(next++));
          }
        }
      }
      samplingSeconds += (sampled - started) / 1e9;
      scoringSeconds += (System.nanoTime() - sampled) / 1e9;
      choose();
    }

    private void sample(
        WorkerPool.Session session,
        List<OpenGroup> groups,
        boolean toTheEnd,
        RewardScorer.Batch scoring,
        boolean[][] submitted) {
      List<GenerationRequest> requests = new ArrayList<>();
      List<OpenGroup> asked = new ArrayList<>();
      List<int[]> samples = new ArrayList<>();
      for (OpenGroup group : groups) {
        int budget = mustEnd(group, toTheEnd) ? 0 : config.partialRollouts().tokensPerStep();
        for (Conversation.Ask ask : group.asks(budget)) {
          requests.add(ask.request());
          asked.add(group);
          samples.add(ask.members());
        }
      }
      if (requests.isEmpty()) {
        return;
      }
      long before = open.stream().mapToLong(OpenGroup::tokens).sum();
      session.generate(
          WorkUnit.cut(requests, judgedThere(asked), config.unitProblems(), 0),
          sampling,
          new JudgedListener() {
            @Override
            public void status(SamplingStatus status) {
              progress.sampling(step, status);
            }

            @Override
            public String purpose() {
              return "step " + (step + 1);
            }

            @Override
            public void finished(int request, int sample, Generation generation) {
              OpenGroup group = asked.get(request);
              int number = samples.get(request)[sample];
              if (group.add(number, generation, session.version(), weightsStep)) {
                submit(group, number, scoring, submitted);
              }
            }

            @Override
            public void judged(int request, int sample, Generation generation, Reward reward) {
              OpenGroup group = asked.get(request);
              int number = samples.get(request)[sample];
              if (group.add(number, generation, session.version(), weightsStep)) {
                int g = open.indexOf(group);
                submitted[g][number] = true;
                scoring.accept(g, number, reward);
              }
            }
          });
      tokens += open.stream().mapToLong(OpenGroup::tokens).sum() - before;
    }

    /** A conversation is judged by all of it, which only this process has. */
    private static List<Problem> judgedThere(List<OpenGroup> asked) {
      return asked.stream().anyMatch(OpenGroup::hasEnvironment)
          ? List.of()
          : asked.stream().map(OpenGroup::problem).toList();
    }

    private void submit(
        OpenGroup group, int sample, RewardScorer.Batch scoring, boolean[][] submitted) {
      int g = open.indexOf(group);
      submitted[g][sample] = true;
      scoring.submit(g, sample, group.completion(sample));
    }

    /** Has environments answer, several at once: they may be programs or sandboxes. */
    private void reply(
        WorkerPool.Session session, RewardScorer.Batch scoring, boolean[][] submitted) {
      long started = System.nanoTime();
      List<Waiting> waiting =
          open.stream()
              .flatMap(g -> Arrays.stream(g.awaitingReply()).mapToObj(i -> new Waiting(g, i)))
              .toList();
      Conversation.replies(
          waiting, w -> w.group().reply(w.sample(), session.version(), weightsStep));
      for (Waiting w : waiting) {
        if (w.group().isComplete(w.sample())) {
          submit(w.group(), w.sample(), scoring, submitted);
        }
      }
      environmentSeconds += (System.nanoTime() - started) / 1e9;
    }

    /** A group that would be too old in the next step has to come to its end in this one. */
    private boolean mustEnd(OpenGroup group, boolean toTheEnd) {
      return toTheEnd
          || !config.partialRollouts().enable()
          || step + 1 - group.oldestStep(weightsStep) > config.maxStaleness();
    }

    /** Takes complete groups, oldest first; what is left stays open. */
    private void choose() {
      List<OpenGroup> left = new ArrayList<>();
      for (OpenGroup group : open) {
        if (!group.isComplete() || kept.size() == size.problemsPerStep()) {
          left.add(group);
          continue;
        }
        boolean equal = teachesNothing(group);
        observe(group, !equal);
        (config.filterGroups().enable() && equal ? dropped : kept).add(group);
      }
      open = left;
    }

    private void observe(OpenGroup group, boolean isMixed) {
      double share = group.rewards().stream().mapToDouble(this::correct).average().orElse(0);
      sampler.observe(step, group.problem(), share, isMixed);
      passed += share;
      mixed += isMixed ? 1 : 0;
      observed++;
    }

    private boolean teachesNothing(OpenGroup group) {
      double[] values =
          group.rewards().stream()
              .filter(Reward::hasScore)
              .mapToDouble(
                  reward ->
                      config.filterGroups().metric() == FilterGroups.Metric.ACC
                          ? correct(reward)
                          : reward.total())
              .toArray();
      double least = Arrays.stream(values).min().orElse(0);
      return Arrays.stream(values).allMatch(value -> value - least <= SAME_REWARD);
    }

    /** The first reward's verifier is the one that accuracy means. */
    private double correct(Reward reward) {
      return reward.isCorrect(reward.verdicts().keySet().iterator().next()) ? 1 : 0;
    }

    /**
     * The step has its size, whatever it teaches: the learning rate and the time are as planned.
     */
    private void fillUp() {
      int missing = size.problemsPerStep() - kept.size();
      kept.addAll(dropped.subList(0, missing));
    }

    /** Only where a run goes on with a stricter limit than it was saved with. */
    private void restartTooOld() {
      for (OpenGroup group : open) {
        if (step - group.oldestStep(step) > config.maxStaleness()) {
          group.restart();
          restarted++;
        }
      }
    }

    private Map<String, Double> metrics(double difficulty) {
      Map<String, Double> metrics = new HashMap<>();
      metrics.put("sampler/mixed_ratio", mixed / Math.max(1.0, observed));
      metrics.put("sampler/pass_rate", passed / Math.max(1.0, observed));
      metrics.put("sampler/problems_asked", (double) sampler.asked());
      if (!Double.isNaN(difficulty)) {
        metrics.put("sampler/difficulty", difficulty);
      }
      metrics.put("time/rollout", samplingSeconds);
      metrics.put("time/score", scoringSeconds);
      metrics.put("tokens_per_second/rollout", tokens / Math.max(1e-9, samplingSeconds));
      metrics.put("workers/replaced", (double) pool.replaced());
      double[] staleness =
          kept.stream().flatMapToDouble(g -> Arrays.stream(g.staleness(step))).toArray();
      metrics.put("sampling/staleness/mean", Arrays.stream(staleness).average().orElse(0));
      metrics.put("sampling/staleness/max", Arrays.stream(staleness).max().orElse(0));
      if (config.filterGroups().enable()) {
        metrics.put("filter_groups/num_gen_batches", (double) rounds);
        metrics.put("filter_groups/dropped", (double) dropped.size());
        metrics.put(
            "filter_groups/filled_up", (double) kept.stream().filter(dropped::contains).count());
      }
      if (!kept.isEmpty() && kept.get(0).hasEnvironment()) {
        metrics.put("time/environment", environmentSeconds);
        metrics.put("environment/turns", mean(Conversation::spoken));
        metrics.put("environment/observation_tokens", mean(Conversation::observed));
        metrics.put("environment/reward", mean(Conversation::earned));
      }
      if (config.partialRollouts().enable()) {
        metrics.put("partial_rollouts/carried", (double) open.size());
        metrics.put(
            "partial_rollouts/continued",
            (double) kept.stream().mapToLong(OpenGroup::continued).sum());
        metrics.put("partial_rollouts/restarted", (double) restarted);
      }
      return metrics;
    }

    private double mean(ToDoubleFunction<Conversation> what) {
      return kept.stream().mapToDouble(group -> group.mean(what)).average().orElse(0);
    }
  }

  private Problem problemAt(long place, @Nullable Integer choice) {
    return choice == null ? problems.problemAt(place) : problems.candidates(place).get(choice);
  }

  CollectorState state() {
    return new CollectorState(
        nextProblem, open.stream().map(OpenGroup::state).toList(), null, sampler.state());
  }

  void restore(CollectorState state) {
    nextProblem = state.nextProblem();
    PassRates known = state.passRates();
    sampler.restore(known == null ? PassRates.none() : known);
    open = new ArrayList<>();
    state.groups().forEach(group -> open.add(restored(group)));
  }

  /** What was sampled ahead, scored again: verifiers are deterministic. */
  Collected restore(AheadState ahead) {
    List<OpenGroup> groups = ahead.groups().stream().map(this::restored).toList();
    RewardScorer.Batch scoring = scorer.open(groups.stream().map(OpenGroup::problem).toList());
    for (int g = 0; g < groups.size(); g++) {
      for (int sample : groups.get(g).unscored()) {
        scoring.submit(g, sample, groups.get(g).completion(sample));
      }
    }
    List<List<Reward>> rewards = scoring.rewards();
    for (int g = 0; g < groups.size(); g++) {
      for (int sample = 0; sample < rewards.get(g).size(); sample++) {
        groups.get(g).score(sample, rewards.get(g).get(sample));
      }
    }
    return new Collected(ahead.step(), groups, ahead.metrics());
  }

  private OpenGroup restored(GroupState state) {
    Problem problem = problemAt(state.problem(), state.choice());
    return new OpenGroup(state, problem, texts, sampling.maxNewTokens());
  }
}
