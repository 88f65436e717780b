/** What was said: rollouts as JSON lines. */
@NullMarked
package org.r1zero.rollout.trace;

import org.jspecify.annotations.NullMarked;
