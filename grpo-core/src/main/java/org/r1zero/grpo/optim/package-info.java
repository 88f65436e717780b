/** The update rule: AdamW, gradient clipping, learning-rate schedules. */
@NullMarked
package org.r1zero.grpo.optim;

import org.jspecify.annotations.NullMarked;
