/** The verifier contract and its service provider interface. */
@NullMarked
package org.r1zero.verify;

import org.jspecify.annotations.NullMarked;
