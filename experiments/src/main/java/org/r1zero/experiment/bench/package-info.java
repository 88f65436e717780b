/** Measures how fast this machine samples, and how fast it could. */
@NullMarked
package org.r1zero.experiment.bench;

import org.jspecify.annotations.NullMarked;
