/** Durable state: what a training run needs to go on after it was stopped, whole or not at all. */
@NullMarked
package org.r1zero.grpo.checkpoint;

import org.jspecify.annotations.NullMarked;
