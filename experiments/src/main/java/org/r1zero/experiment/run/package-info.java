/** Makes the parts that a recipe names, checks them, and runs: training, evaluation, sampling. */
@NullMarked
package org.r1zero.experiment.run;

import org.jspecify.annotations.NullMarked;
