/** Which problems are asked: what is known of how hard each is, and what follows from it. */
@NullMarked
package org.r1zero.rollout.difficulty;

import org.jspecify.annotations.NullMarked;
