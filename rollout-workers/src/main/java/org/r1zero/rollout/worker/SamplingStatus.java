package org.r1zero.rollout.worker;

/**
 * How far the sampling of a call is.
 *
 * @param finished sequences that are complete
 * @param running sequences that are being decoded
 * @param waiting sequences that have not begun
 * @param tokens sampled so far
 * @param workers that are alive
 * @param replaced workers that died or hung and were replaced, since the pool was opened
 */
public record SamplingStatus(
    int finished, int running, int waiting, long tokens, int workers, int replaced) {}
