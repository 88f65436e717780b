/** A symbolic engine in a process of its own, for what exact arithmetic cannot decide. */
@NullMarked
package org.r1zero.verify.math.symja;

import org.jspecify.annotations.NullMarked;
