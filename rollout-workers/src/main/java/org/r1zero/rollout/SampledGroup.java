package org.r1zero.rollout;

import java.util.List;
import org.r1zero.rollout.generation.Generation;
import org.r1zero.verify.Completion;
import org.r1zero.verify.Problem;

/**
 * A problem with what a policy said to it.
 *
 * @param problem what was asked
 * @param prompt the whole text that the model was given
 * @param promptTokens its token ids
 * @param generations the completions as token ids with their log-probs
 * @param completions the same as text, in the same order
 */
public record SampledGroup(
    Problem problem,
    String prompt,
    int[] promptTokens,
    List<Generation> generations,
    List<Completion> completions) {}
