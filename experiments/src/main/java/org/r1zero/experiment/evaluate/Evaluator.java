package org.r1zero.experiment.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.r1zero.experiment.config.EvaluationConfig;
import org.r1zero.grpo.model.Quantization;
import org.r1zero.rollout.PolicySampler;
import org.r1zero.rollout.generation.SamplingConfig;
import org.r1zero.rollout.generation.SamplingStatus;
import org.r1zero.rollout.trace.RolloutTrace;
import org.r1zero.verify.Completion;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.reward.Reward;

/** Measures a policy on problems that were not trained on. */
public final class Evaluator {
  private static final int GREEDY = -1;
  private final EvaluationConfig config;
  private final SamplingConfig sampling;
  private final Scoring scoring;
  private final long seed;
  private final CompletionStore store;

  /**
   * What judges completions.
   *
   * @param scorer the recipe's rewards
   * @param accuracyColumn the column of the verifier whose verdict counts as right
   * @param judges votes and readability
   */
  public record Scoring(Scorer scorer, String accuracyColumn, Judges judges) {}

  /**
   * Sets how to measure.
   *
   * @param seed of samples
   * @param store keeps completions for the next time
   */
  public Evaluator(
      EvaluationConfig config,
      SamplingConfig sampling,
      Scoring scoring,
      long seed,
      CompletionStore store) {
    this.config = config;
    this.sampling =
        config.sampling(sampling).withQuantization(Quantization.NONE); // judge what is trained
    this.scoring = scoring;
    this.seed = seed;
    this.store = store;
  }

  /** Measures a policy on problems. */
  public Evaluation evaluate(
      PolicySampler sampler, List<Problem> problems, Consumer<SamplingStatus> progress) {
    List<EvaluatedSample> all =
        new ArrayList<>(
            judge(
                sampler,
                problems,
                store.sample(
                    sampler, problems, 1, sampling.withTemperature(0), seed, progress::accept),
                GREEDY));
    if (config.samples() > 0) {
      List<List<Completion>> sampled =
          store.sample(
              sampler,
              problems,
              config.samples(),
              sampling,
              seed,
              status -> progress.accept(status.after(problems.size())));
      all.addAll(judge(sampler, problems, sampled, 0));
    }
    return Evaluation.of(all, sampling.maxNewTokens());
  }

  private List<EvaluatedSample> judge(
      PolicySampler sampler,
      List<Problem> problems,
      List<List<Completion>> completions,
      int firstSample) {
    List<List<Reward>> rewards = scoring.scorer().score(problems, completions);
    return IntStream.range(0, problems.size())
        .parallel()
        .mapToObj(
            p ->
                judge(
                    problems.get(p),
                    sampler.prompt(problems.get(p)),
                    completions.get(p),
                    rewards.get(p),
                    firstSample))
        .flatMap(List::stream)
        .toList();
  }

  private List<EvaluatedSample> judge(
      Problem problem,
      String prompt,
      List<Completion> completions,
      List<Reward> rewards,
      int firstSample) {
    List<Judges.Vote> votes = scoring.judges().votes(completions);
    List<EvaluatedSample> judged = new ArrayList<>();
    for (int i = 0; i < completions.size(); i++) {
      Completion completion = completions.get(i);
      Map<String, Verdict> verdicts = new java.util.LinkedHashMap<>(rewards.get(i).verdicts());
      verdicts.putAll(scoring.judges().readability(problem, completion));
      Reward reward = new Reward(rewards.get(i).total(), verdicts);
      judged.add(
          new EvaluatedSample(
              RolloutTrace.of(0, problem, firstSample + i, prompt, completion, reward),
              reward.isCorrect(scoring.accuracyColumn()),
              problem.field("difficulty").asText(""),
              votes.get(i).answer(),
              votes.get(i).number()));
    }
    return judged;
  }
}
