/** Several generators behind one interface: in this process, or each in a process of its own. */
@NullMarked
package org.r1zero.rollout.worker;

import org.jspecify.annotations.NullMarked;
