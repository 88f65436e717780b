/** Sampling: token ids in, token ids out; no text. */
@NullMarked
package org.r1zero.rollout.generation;

import org.jspecify.annotations.NullMarked;
