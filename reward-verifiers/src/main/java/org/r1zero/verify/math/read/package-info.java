/** From text to expressions: LaTeX, plain text, numbers in words, units. */
@NullMarked
package org.r1zero.verify.math.read;

import org.jspecify.annotations.NullMarked;
