package org.r1zero.rollout.worker;

/**
 * Published weights.
 *
 * @param slot which of the store's buffers holds them
 * @param version optimizer updates that they have seen
 */
record Weights(int slot, long version) {}
