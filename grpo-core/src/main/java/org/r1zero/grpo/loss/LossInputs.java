package org.r1zero.grpo.loss;

import org.jspecify.annotations.Nullable;
import org.r1zero.grpo.data.MicroBatch;
import org.r1zero.grpo.data.Minibatch;

/**
 * What a loss is computed from: a part of an update, and the log-probs of its {@code N} completion
 * tokens, completion after completion.
 *
 * @param update the whole update, whose sizes the weights of tokens depend on
 * @param part the samples at hand
 * @param current log-probs under the policy, {@code [N]}
 * @param old log-probs under the policy before the first update on these rollouts, {@code [N]};
 *     {@code null} where this is the first, so that they equal {@code current}
 * @param reference log-probs under the reference policy, {@code [N]}; {@code null} where the KL
 *     coefficient is 0
 * @param maxCompletionTokens the limit on new tokens in sampling
 */
public record LossInputs(
    Minibatch update,
    MicroBatch part,
    float[] current,
    float @Nullable [] old,
    float @Nullable [] reference,
    int maxCompletionTokens) {}
