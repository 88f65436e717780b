/** Judges files of completions with any verifier: how one is tested before compute is spent. */
@NullMarked
package org.r1zero.experiment.verify;

import org.jspecify.annotations.NullMarked;
