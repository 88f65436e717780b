/** Labelled traces, to measure verifiers of language and repetition. */
@NullMarked
package org.r1zero.verify.traces;

import org.jspecify.annotations.NullMarked;
