/** Problems, prompts and supervised data. */
@NullMarked
package org.r1zero.coldstart;

import org.jspecify.annotations.NullMarked;
