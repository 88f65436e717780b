package org.r1zero.experiment.pipeline;

/**
 * The tries of a stage.
 *
 * @param count all of them
 * @param broken those that failed, were stopped or were killed
 * @param brokenSeconds what those took, up to the last that they wrote down
 */
public record StageTries(int count, int broken, double brokenSeconds) {}
