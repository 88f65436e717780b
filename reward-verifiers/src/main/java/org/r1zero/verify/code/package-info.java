/** Programs judged by tests: finding them in a completion, running and scoring them. */
@NullMarked
package org.r1zero.verify.code;

import org.jspecify.annotations.NullMarked;
