/** Countdown: make a target from given numbers. */
@NullMarked
package org.r1zero.verify.countdown;

import org.jspecify.annotations.NullMarked;
