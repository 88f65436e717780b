package org.r1zero.grpo.model;

import org.r1zero.grpo.torch.Scope;

/**
 * The reverse Kullback-Leibler divergence {@code KL(student || teacher)} of next-token
 * distributions, exact over the vocabulary: the loss of on-policy distillation (MiniLLM,
 * arXiv:2306.08543; GKD, arXiv:2306.13649, with lambda 1 and beta 1). As in GKD, the samples are
 * taken as given: no gradient flows through how they were drawn.
 */
public final class ReverseKl {
  private ReverseKl() {}

  /**
   * Adds the gradient of {@code weight} times the sum over tokens to the student's gradients.
   *
   * @param student is trained
   * @param teacher has the same vocabulary
   * @param batch completions that the student sampled
   * @param temperature both models' logits are divided by it
   * @param weight such as 1 / tokens of the update
   * @return the divergence at each completion token in nats, {@code [N]}, before the weight
   */
  public static float[] accumulateGradient(
      PolicyModel student,
      PolicyModel teacher,
      TokenBatch batch,
      double temperature,
      double weight,
      Scope scope) {
    if (student.config().vocabSize() != teacher.config().vocabSize()) {
      throw new IllegalArgumentException(
          "teacher must have the student's vocabulary of "
              + student.config().vocabSize()
              + " tokens, has "
              + teacher.config().vocabSize());
    }
    return student.reverseKl(teacher, batch, temperature, weight, scope);
  }
}
