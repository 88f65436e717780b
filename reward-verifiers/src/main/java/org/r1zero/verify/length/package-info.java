/** Length and repetition: penalties for completions that are too long, and for rambling. */
@NullMarked
package org.r1zero.verify.length;

import org.jspecify.annotations.NullMarked;
