/** What is wrong with options, as values: an option's key and what it must be. */
@NullMarked
package org.r1zero.grpo.faults;

import org.jspecify.annotations.NullMarked;
