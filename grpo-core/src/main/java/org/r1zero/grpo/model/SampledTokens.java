package org.r1zero.grpo.model;

/**
 * One token for each of {@code n} sequences.
 *
 * @param tokens {@code [n]}
 * @param samplingLogProbs their log-probs as sampled, {@code [n]}
 * @param policyLogProbs their log-probs without filters, {@code [n]}
 */
public record SampledTokens(long[] tokens, float[] samplingLogProbs, float[] policyLogProbs) {}
