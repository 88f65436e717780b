/** Training in several stages, each made once: data, supervised training, RL, distillation. */
@NullMarked
package org.r1zero.experiment.pipeline;

import org.jspecify.annotations.NullMarked;
