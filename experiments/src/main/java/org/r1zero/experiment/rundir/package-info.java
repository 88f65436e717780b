/** The folder that a run leaves behind: its files, its account, what is exported from it. */
@NullMarked
package org.r1zero.experiment.rundir;

import org.jspecify.annotations.NullMarked;
