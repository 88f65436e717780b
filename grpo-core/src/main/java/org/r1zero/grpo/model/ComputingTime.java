package org.r1zero.grpo.model;

/**
 * How long a model has computed so far.
 *
 * @param forwardSeconds in forward passes, those of training and of scoring
 * @param backwardSeconds in backward passes
 */
public record ComputingTime(double forwardSeconds, double backwardSeconds) {}
