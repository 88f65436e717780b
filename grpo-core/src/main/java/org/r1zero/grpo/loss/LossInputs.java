package org.r1zero.grpo.loss;

import java.util.List;
import org.r1zero.grpo.data.Sample;

/**
 * What a loss is computed from: some of an update's samples, and what the policy thinks of their
 * {@code N} completion tokens, completion after completion.
 *
 * @param update the size of the whole update, which the weights of tokens depend on
 * @param samples the samples at hand
 * @param current log-probs under the policy, {@code [N]}
 * @param entropies of the distributions that the tokens were drawn from, in nats, {@code [N]}
 * @param maxCompletionTokens the limit on new tokens in sampling
 * @param entropyCoef what the mean entropy is multiplied by in the bonus; 0 for none
 */
public record LossInputs(
    UpdateSize update,
    List<Sample> samples,
    float[] current,
    float[] entropies,
    int maxCompletionTokens,
    double entropyCoef) {}
