/** What goes wrong in training: found, named with its likely cause, answered as configured. */
@NullMarked
package org.r1zero.grpo.health;

import org.jspecify.annotations.NullMarked;
