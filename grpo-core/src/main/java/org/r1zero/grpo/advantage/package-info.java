/** Credit: from the rewards of a group to an advantage for each rollout. */
@NullMarked
package org.r1zero.grpo.advantage;

import org.jspecify.annotations.NullMarked;
