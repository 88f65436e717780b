/** A model's files: found or unpacked, opened, with its prompts and an estimate of its memory. */
@NullMarked
package org.r1zero.experiment.model;

import org.jspecify.annotations.NullMarked;
