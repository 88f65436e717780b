/** Mathematical expressions: their form, exact and numeric values. */
@NullMarked
package org.r1zero.verify.math.expr;

import org.jspecify.annotations.NullMarked;
