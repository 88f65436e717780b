package org.r1zero.grpo.optim;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.Map;
import org.r1zero.grpo.model.Parameter;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.Torch;
import org.r1zero.grpo.torch.TorchModule;

/** Moves a reference policy towards the policy: TR-DPO (arXiv:2404.09656), section 3. */
public final class ReferenceMix {
  private ReferenceMix() {}

  /**
   * {@code reference = alpha * policy + (1 - alpha) * reference}, in place.
   *
   * @param reference a model of its own with the policy's shape
   */
  public static void mix(PolicyModel reference, PolicyModel policy, double alpha) {
    if (reference == policy) {
      throw new IllegalArgumentException(
          "sync_ref_model needs a reference policy with weights of its own");
    }
    try (Scope scope = Torch.openScope(policy.device())) {
      List<NDArray> target = reference.parameters().stream().map(Parameter::value).toList();
      List<NDArray> source = policy.parameters().stream().map(Parameter::value).toList();
      TorchModule.load(scope, ReferenceMix.class, "reference.py", "Reference", Map.of())
          .callForEffect("mix", target, source, alpha);
    }
  }
}
