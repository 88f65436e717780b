/** How good a policy is, with intervals. */
@NullMarked
package org.r1zero.experiment.evaluate;

import org.jspecify.annotations.NullMarked;
