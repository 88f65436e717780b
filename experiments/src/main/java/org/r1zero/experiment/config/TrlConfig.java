package org.r1zero.experiment.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * TRL's {@code GRPOConfig}, with the options of models and of {@code trl grpo} beside it. A key
 * that it leaves out has TRL's default, also where r1zero's is another one.
 */
final class TrlConfig extends ForeignConfig {
  private static final Map<String, String> REWARDS =
      Map.of(
          "accuracy_reward", "math",
          "reasoning_accuracy_reward", "math",
          "think_format_reward", "format",
          "format_reward", "format");

  private double updatesPerStep = 1;

  TrlConfig(Map<String, JsonNode> given) {
    super("TRL", given);
  }

  static boolean isKey(String key) {
    return ForeignKeys.all().stream()
        .anyMatch(entry -> entry.tool().equals("TRL") && entry.name().equals(key));
  }

  @Override
  void convert() {
    model("model_name_or_path");
    dtype();
    if (flag("use_cpu", false)) {
      put("device", "cpu", "use_cpu");
    }
    batches();
    schedule();
    sampling();
    if (!has("loss_type")) {
      put("grpo.loss.loss_type", "dapo", "loss_type");
    }
    scaleRewards();
    rewards();
    task();
    lora();
    saving();
  }

  private void dtype() {
    boolean half = flag("fp16", false);
    if (half) {
      leave("fp16", "bfloat16 is taken instead");
    }
    String type = word("torch_dtype") + word("dtype");
    if (type.equals("float16")) {
      leave("torch_dtype", "bfloat16 is taken instead of float16");
    }
    boolean mixed = flag("bf16", true);
    put("dtype", mixed || half || type.endsWith("float16") ? "bfloat16" : "float32", "bf16");
  }

  /**
   * A step of TRL's is one update. A batch that was generated serves {@code steps_per_generation /
   * gradient_accumulation_steps} of them, {@code num_iterations} times over.
   */
  private void batches() {
    double device = number("per_device_train_batch_size", 8);
    double accumulated = number("gradient_accumulation_steps", 1);
    double group = number("num_generations", 8);
    double iterations = number("num_iterations", 1);
    double generated = number("steps_per_generation", accumulated) * device;
    String name = has("generation_batch_size") ? "generation_batch_size" : "num_generations";
    generated = number("generation_batch_size", generated);
    double minibatches = generated / (device * accumulated);
    if (minibatches < 1) { // an update takes several generated batches, which are ours together
      generated = device * accumulated;
      minibatches = 1;
    }
    double problems = generated / group;
    put("grpo.num_generations", group, "num_generations");
    put("grpo.num_iterations", iterations, "num_iterations");
    if (problems == Math.rint(problems)) {
      put("grpo.problems_per_step", problems, name);
    } else {
      leave(name, "the completions of a step must be a multiple of num_generations");
    }
    updatesPerStep = minibatches * iterations;
    minibatches(minibatches, problems, "steps_per_generation");
    check(
        "grpo.problems_per_step counts the prompts of one process: multiply it by the number of"
            + " processes");
    double updates = number("max_steps", -1);
    if (updates > 0) {
      put("grpo.steps", Math.ceil(updates / updatesPerStep), "max_steps");
    } else {
      JsonNode epochs = take("num_train_epochs");
      check(
          "grpo.steps is 100: TRL trains "
              + (epochs == null ? "3" : epochs.asText())
              + " epochs, each of problems / grpo.problems_per_step steps");
    }
    leaveGiven("num_train_epochs", "max_steps wins");
    warmup(updates);
  }

  /** Before version 5 of transformers as a ratio of its own, now as a number below 1. */
  private void warmup(double updates) {
    double steps = number("warmup_steps", 0);
    double ratio = number("warmup_ratio", 0);
    if (steps > 0 && steps < 1) {
      ratio = steps;
      steps = 0;
    }
    if (steps == 0 && ratio > 0 && updates <= 0) {
      leave("warmup_ratio", "needs max_steps: set grpo.optimizer.warmup_steps, in updates");
    } else if (steps > 0 || ratio > 0) {
      put(
          "grpo.optimizer.warmup_steps",
          steps > 0 ? steps : Math.ceil(ratio * updates),
          "warmup_steps");
    }
  }

  private void schedule() {
    if (!has("lr_scheduler_type")) {
      put("grpo.optimizer.lr_scheduler_type", "linear", "lr_scheduler_type");
    }
    if (has("optim") && word("optim").startsWith("adamw")) {
      return;
    }
    leaveGiven("optim", "the optimizer is AdamW");
  }

  private void sampling() {
    if (!has("max_completion_length")) {
      put("sampling.max_new_tokens", 256, "max_completion_length");
    }
    putPositive("sampling.top_k", "top_k"); // transformers' way of saying none is also -1
  }

  private void scaleRewards() {
    String scale = word("scale_rewards");
    switch (scale) {
      case "", "true" -> {
        // the default of both
      }
      case "false" -> put("grpo.scale_rewards", "none", "scale_rewards");
      default -> put("grpo.scale_rewards", scale, "scale_rewards");
    }
  }

  private void rewards() {
    JsonNode functions = take("reward_funcs");
    JsonNode weights = take("reward_weights");
    if (functions == null) {
      check("rewards has the verifier number: name those that judge your problems");
      if (weights != null) {
        leave("reward_weights", "no reward_funcs are named; give each reward its weight");
      }
      return;
    }
    List<JsonNode> names = new ArrayList<>();
    (functions.isArray() ? functions : List.of(functions)).forEach(names::add);
    ArrayNode rewards = JsonNodeFactory.instance.arrayNode();
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i).asText();
      String verifier = REWARDS.get(name);
      if (verifier == null) {
        leave(
            "reward_funcs " + name,
            "a Python function is called by the verifier python: docs/verifiers-python.md");
        continue;
      }
      var reward = rewards.addObject().put("verifier", verifier);
      if (weights != null && weights.has(i)) {
        reward.put("weight", weights.get(i).asDouble());
      }
    }
    if (!rewards.isEmpty()) {
      put("rewards", rewards, "reward_funcs");
    }
  }

  private void task() {
    JsonNode named = take("dataset_name");
    if (named == null) {
      check("task is arithmetic: name your data, such as {name: file, options: {path: FILE}}");
      return;
    }
    String name = named.asText();
    if (Files.isRegularFile(Path.of(name))) {
      put("task.name", "file", "dataset_name");
      put("task.options.path", name, "dataset_name");
    } else if (name.endsWith("gsm8k")) {
      put("task.name", "gsm8k", "dataset_name");
    } else {
      leave("dataset_name", name + " is not a file here: task {name: file, options: {path: FILE}}");
    }
  }

  private void lora() {
    boolean used = flag("use_peft", has("lora_r") && !has("use_peft"));
    JsonNode rank = take("lora_r");
    if (used) {
      put("lora.r", rank == null ? 16 : rank.asDouble(), "lora_r");
      put("lora.lora_alpha", number("lora_alpha", 32), "lora_alpha");
    } else {
      leaveGiven("lora_alpha", "use_peft is off");
      leaveGiven("lora_target_modules", "use_peft is off");
    }
    targetModules(take("lora_target_modules"), "lora_target_modules");
  }

  private void saving() {
    String strategy = word("save_strategy");
    if (strategy.equals("no") || strategy.equals("epoch")) {
      leave("save_strategy", "checkpoints are kept every checkpoint.save_steps steps");
      take("save_steps");
    }
    double steps = number("save_steps", 0);
    if (steps > 0 && steps < 1) {
      leave("save_steps", "a share of the run: set checkpoint.save_steps in steps");
    } else if (steps >= 1) {
      put("checkpoint.save_steps", steps, "save_steps");
    }
    String evaluates = word("eval_strategy");
    double every = number("eval_steps", 0);
    if (evaluates.equals("steps") && every >= 1) {
      put("evaluation.every_steps", Math.ceil(every / updatesPerStep), "eval_steps");
    } else if (!evaluates.isEmpty() && !evaluates.equals("no")) {
      leave("eval_strategy", "needs eval_steps of 1 or more: set evaluation.every_steps");
    }
    if (has("do_eval") && !flag("do_eval", true)) {
      put("evaluation.problems", 0, "do_eval");
    }
  }
}
