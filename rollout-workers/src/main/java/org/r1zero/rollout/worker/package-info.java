/** Concurrency: scoring in parallel. */
@NullMarked
package org.r1zero.rollout.worker;

import org.jspecify.annotations.NullMarked;
