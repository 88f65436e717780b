/** Other programs: run once, or asked line by line, within a time. */
@NullMarked
package org.r1zero.verify.process;

import org.jspecify.annotations.NullMarked;
