/** A live page of runs, for this machine alone unless told otherwise. */
@NullMarked
package org.r1zero.experiment.dashboard;

import org.jspecify.annotations.NullMarked;
