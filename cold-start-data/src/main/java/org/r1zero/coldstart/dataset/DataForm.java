package org.r1zero.coldstart.dataset;

import java.util.List;

/**
 * Which columns a file has its questions and answers in: the forms that people have for other
 * trainers. Of each list the first column that the data has is read.
 */
enum DataForm {
  /** Whatever is there of the columns of all forms. */
  AUTO(
      List.of(
          "prompt",
          "problem",
          "question",
          "instruction",
          "query",
          "input",
          "context_messages",
          "messages",
          "conversations"),
      List.of(
          "reward_model.ground_truth",
          "reward_spec.ground_truth",
          "expected_answer",
          "ground_truth",
          "answer",
          "final_answer",
          "solution",
          "label",
          "target",
          "output"),
      List.of("data_source", "datasource")),
  /** TRL: {@code prompt}, text or messages, and any other columns. */
  TRL(
      List.of("prompt"),
      List.of("solution", "answer", "ground_truth", "target", "label"),
      List.of("data_source")),
  /** verl: {@code data_source}, {@code prompt}, {@code reward_model}, {@code extra_info}. */
  VERL(List.of("prompt"), List.of("reward_model.ground_truth"), List.of("data_source")),
  /** OpenRLHF: the columns that {@code --input_key} and {@code --label_key} name. */
  OPENRLHF(
      List.of("input", "context_messages", "prompt", "question", "problem"),
      List.of("label", "answer", "expected_answer", "solution"),
      List.of("datasource")),
  /** SkyRL: {@code data_source}, {@code prompt}, {@code env_class}, {@code reward_spec}. */
  SKYRL(
      List.of("prompt"),
      List.of("reward_spec.ground_truth", "reward_model.ground_truth"),
      List.of("data_source")),
  /** NeMo-RL and NeMo-Skills: {@code input} and {@code output}, or {@code problem} and answer. */
  NEMO_RL(
      List.of("input", "problem", "question", "messages"),
      List.of("output", "expected_answer", "answer", "solution"),
      List.of("task_name", "data_source")),
  /** open-r1: {@code problem}, and {@code answer} or {@code solution}. */
  OPEN_R1(
      List.of("problem", "prompt"),
      List.of("answer", "expected_answer", "solution"),
      List.of("source"));

  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  private final List<String> questions;

  @SuppressWarnings("ImmutableEnumChecker")
  private final List<String> answers;

  @SuppressWarnings("ImmutableEnumChecker")
  private final List<String> sources;

  DataForm(List<String> questions, List<String> answers, List<String> sources) {
    this.questions = questions;
    this.answers = answers;
    this.sources = sources;
  }

  List<String> questions() {
    return questions;
  }

  List<String> answers() {
    return answers;
  }

  List<String> sources() {
    return sources;
  }
}
