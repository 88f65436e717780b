/** Whether two expressions are the same answer. */
@NullMarked
package org.r1zero.verify.math.equal;

import org.jspecify.annotations.NullMarked;
