/** From verdicts to one number: sums, weights and gates. */
@NullMarked
package org.r1zero.verify.reward;

import org.jspecify.annotations.NullMarked;
