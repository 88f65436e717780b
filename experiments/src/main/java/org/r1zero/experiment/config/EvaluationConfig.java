package org.r1zero.experiment.config;

import org.r1zero.grpo.faults.Faults;
import org.r1zero.rollout.generation.SamplingConfig;

/**
 * What is measured on held-out problems: before and after training, and while it trains.
 *
 * @param problems how many problems are measured; 0 skips evaluation
 * @param samples sampled completions per problem, besides a greedy one
 * @param temperature temperature of the sampled completions
 * @param topP top-p of the sampled completions; 0 takes that of {@code sampling}
 * @param topK top-k of the sampled completions; 0 keeps all, -1 takes that of {@code sampling}
 * @param maxNewTokens most new tokens of each completion; 0 takes that of {@code sampling}
 * @param readability whether language, repetition and format are measured too; the first time in a
 *     process that takes some seconds and 250 MB, for the language models
 * @param language the language that completions should be in, ISO 639-1
 * @param everySteps steps between evaluations while it trains; 0 evaluates before and after alone
 * @param patience evaluations in a row without a better one after which training ends; 0 never ends
 *     it early
 */
public record EvaluationConfig(
    int problems,
    int samples,
    double temperature,
    double topP,
    int topK,
    int maxNewTokens,
    boolean readability,
    String language,
    int everySteps,
    int patience) {

  /** What the metrics of {@link #everySteps} begin with. */
  public static final String METRICS = "eval/";

  /** Pass@1 of greedy completions. */
  public static final String GREEDY = METRICS + "pass1_greedy";

  /** Pass@1 of sampled completions; of greedy ones where none are sampled. */
  public static final String SAMPLED = METRICS + "pass1_sampled";

  /** Mean tokens of a completion. */
  public static final String LENGTH = METRICS + "mean_length";

  /** Share of completions that the limit cut off. */
  public static final String TRUNCATED = METRICS + "truncated";

  /** Checks the ranges; all faults are named at once. */
  public EvaluationConfig {
    Faults faults = new Faults();
    faults.atLeast(0, "problems", problems, "0 skips evaluation");
    faults.atLeast(0, "samples", samples);
    faults.require(temperature > 0, "temperature", "must be > 0, was " + temperature);
    faults.require(
        topP >= 0 && topP <= 1,
        "top_p",
        "must be in [0, 1], was " + topP + " (0: that of sampling)");
    faults.require(
        topK >= -1, "top_k", "must be >= -1, was " + topK + " (-1: that of sampling, 0: no limit)");
    faults.atLeast(0, "max_new_tokens", maxNewTokens, "0: that of sampling");
    faults.require(
        language.matches("[a-z]{2}"),
        "language",
        "must be a code such as en, was '" + language + "'");
    faults.atLeast(0, "every_steps", everySteps, "0: not while it trains");
    faults.atLeast(0, "patience", patience, "0: training is never ended early");
    faults.require(
        everySteps <= 0 || problems != 0, "problems", "must be > 0 where every_steps is, was 0");
    faults.require(
        patience <= 0 || everySteps != 0, "every_steps", "must be > 0 where patience is, was 0");
    faults.check();
  }

  /** A quick look. */
  public static EvaluationConfig defaults() {
    return new EvaluationConfig(200, 4, 1, 0, -1, 0, true, "en", 0, 0);
  }

  /** How the sampled completions are drawn, given how training samples. */
  public SamplingConfig sampling(SamplingConfig training) {
    return new SamplingConfig(
        temperature,
        topK < 0 ? training.topK() : topK,
        topP == 0 ? training.topP() : topP,
        training.minP(),
        maxNewTokens == 0 ? training.maxNewTokens() : maxNewTokens,
        training.stop(),
        training.maxBatch(),
        training.kvCacheMb(),
        training.quantization(),
        training.prefillChunk(),
        training.draftTokens());
  }
}
