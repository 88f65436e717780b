/** Ways of training compared on the same problems: run or read, measured, with what they cost. */
@NullMarked
package org.r1zero.experiment.compare;

import org.jspecify.annotations.NullMarked;
