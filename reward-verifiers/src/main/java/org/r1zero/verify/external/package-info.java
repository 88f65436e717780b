/** Verifiers in other languages: programs that read problems and answer verdicts as JSON lines. */
@NullMarked
package org.r1zero.verify.external;

import org.jspecify.annotations.NullMarked;
