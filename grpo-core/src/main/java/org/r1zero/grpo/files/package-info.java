/** Hashes, folders and files that appear whole: what every module does to a disk. */
@NullMarked
package org.r1zero.grpo.files;

import org.jspecify.annotations.NullMarked;
