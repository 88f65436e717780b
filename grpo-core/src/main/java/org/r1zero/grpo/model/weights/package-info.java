/** Files to tensors and back: Hugging Face model folders and safetensors. */
@NullMarked
package org.r1zero.grpo.model.weights;

import org.jspecify.annotations.NullMarked;
