/** Answers that are numbers or formulas: finding them in a text, reading and comparing them. */
@NullMarked
package org.r1zero.verify.math;

import org.jspecify.annotations.NullMarked;
