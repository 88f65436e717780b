/** Objectives: from log-probabilities and advantages to a loss and its gradient. */
@NullMarked
package org.r1zero.grpo.loss;

import org.jspecify.annotations.NullMarked;
