/** The only door to DJL's PyTorch internals: TorchScript packed and called by our own code. */
@NullMarked
package org.r1zero.grpo.torch;

import org.jspecify.annotations.NullMarked;
