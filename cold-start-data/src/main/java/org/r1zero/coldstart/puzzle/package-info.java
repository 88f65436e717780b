/** Makers of puzzles whose answers can be checked. */
@NullMarked
package org.r1zero.coldstart.puzzle;

import org.jspecify.annotations.NullMarked;
