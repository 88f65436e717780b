/** Numbers out: files and the terminal. */
@NullMarked
package org.r1zero.experiment.metrics;

import org.jspecify.annotations.NullMarked;
