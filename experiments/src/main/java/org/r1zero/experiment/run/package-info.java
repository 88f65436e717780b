/** Wiring, and the record that a run leaves behind. */
@NullMarked
package org.r1zero.experiment.run;

import org.jspecify.annotations.NullMarked;
