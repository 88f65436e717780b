/**
 * Running hostile programs: isolation by bubblewrap, limits, and lines of text in and out. What is
 * covered and what is not stands in docs/verifiers-code.md.
 */
@NullMarked
package org.r1zero.verify.sandbox;

import org.jspecify.annotations.NullMarked;
