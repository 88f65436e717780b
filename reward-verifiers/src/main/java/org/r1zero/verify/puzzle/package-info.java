/** Answers to puzzles. */
@NullMarked
package org.r1zero.verify.puzzle;

import org.jspecify.annotations.NullMarked;
