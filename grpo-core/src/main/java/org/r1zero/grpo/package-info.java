/** The GRPO algorithm, top to bottom. */
@NullMarked
package org.r1zero.grpo;

import org.jspecify.annotations.NullMarked;
