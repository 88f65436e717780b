/** From a problem to a scored group of rollouts. */
@NullMarked
package org.r1zero.rollout;

import org.jspecify.annotations.NullMarked;
