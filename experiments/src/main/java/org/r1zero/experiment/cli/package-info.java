/** The commands, and nothing else: arguments in, exit codes and text out. */
@NullMarked
package org.r1zero.experiment.cli;

import org.jspecify.annotations.NullMarked;
