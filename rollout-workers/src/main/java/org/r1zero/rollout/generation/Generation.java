package org.r1zero.rollout.generation;

import java.io.Serializable;
import org.r1zero.verify.FinishReason;

/**
 * One sampled completion.
 *
 * @param tokens token ids, {@code [T]}; the end-of-sequence token is the last where it was sampled
 * @param samplingLogProbs log-probability of each token under the distribution that it was drawn
 *     from: temperature and filters applied; 0 for greedy; {@code [T]}
 * @param policyLogProbs log-probability of each token under softmax(logits / temperature) without
 *     filters (for greedy: of the logits as they are), {@code [T]}
 * @param finishReason why it ended
 */
public record Generation(
    int[] tokens, float[] samplingLogProbs, float[] policyLogProbs, FinishReason finishReason)
    implements Serializable {}
