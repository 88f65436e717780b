package org.r1zero.experiment.config;

/**
 * Options of distillation by supervised training.
 *
 * @param teacher an earlier stage's name, or whatever a recipe's {@code model} takes
 * @param curate how its samples become examples
 * @param sft how the student is trained on them
 */
public record DistillOptions(String teacher, CurateOptions curate, SftOptions sft) {

  /** Both parts with their own defaults; the teacher has none. */
  public static DistillOptions defaults() {
    return new DistillOptions("", CurateOptions.defaults(), SftOptions.defaults());
  }
}
