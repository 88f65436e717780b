/** Recipes, runs, evaluation and the command line. */
@NullMarked
package org.r1zero.experiment;

import org.jspecify.annotations.NullMarked;
