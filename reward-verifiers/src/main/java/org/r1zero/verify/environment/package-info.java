/** Conversations: what answers the model's turns, such as a tool or a second chance. */
@NullMarked
package org.r1zero.verify.environment;

import org.jspecify.annotations.NullMarked;
