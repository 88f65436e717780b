package org.r1zero.experiment.evaluate;

import java.util.List;
import java.util.NavigableMap;
import org.r1zero.rollout.trace.RolloutTrace;

/**
 * What a policy achieves on held-out problems.
 *
 * @param problems how many
 * @param samples sampled completions a problem; 0 where only greedy ones were made
 * @param greedy pass@1 of greedy decoding
 * @param sampled pass@1 as the mean over samples; that of greedy where there are none
 * @param passAt unbiased pass@k by k: the powers of two up to {@code samples}, and that itself
 * @param meanLength tokens of a completion
 * @param truncated share of completions that the limit cut off
 * @param traces every completion, greedy ones first, each with sample number -1
 */
public record Evaluation(
    int problems,
    int samples,
    Interval greedy,
    Interval sampled,
    NavigableMap<Integer, Double> passAt,
    double meanLength,
    double truncated,
    List<RolloutTrace> traces) {}
