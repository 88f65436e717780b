/** Workers on the executors of Apache Spark: a unit of rollouts is a task. */
@NullMarked
package org.r1zero.spark;

import org.jspecify.annotations.NullMarked;
