/** Thinking and answer tags: where they are in a text, and whether a completion keeps to them. */
@NullMarked
package org.r1zero.verify.format;

import org.jspecify.annotations.NullMarked;
