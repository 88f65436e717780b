package org.r1zero.experiment.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * verl's configuration, by names with their sections. A key that it leaves out has verl's default,
 * also where r1zero's is another one.
 */
final class VerlConfig extends ForeignConfig {
  private static final String ACTOR = "actor_rollout_ref.actor.";
  private static final String MODEL = "actor_rollout_ref.model.";
  private static final String ROLLOUT = "actor_rollout_ref.rollout.";
  private static final Pattern REFERENCE = Pattern.compile("\\$\\{([a-z_0-9.]{1,200})}");
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{?([A-Za-z_][A-Za-z_0-9]*)}?");
  private static final Pattern OTHERWISE = Pattern.compile("\\$\\{\\w+:-([^}]*)}");
  private static final Pattern ASSIGNED =
      Pattern.compile(
          "^[ \\t]*(?:export[ \\t]+)?([A-Za-z_]\\w*)=(\\S*)[ \\t]*(?:#.*)?$", Pattern.MULTILINE);
  private static final Pattern WORD =
      Pattern.compile("(?<![\\w.])\\+{0,2}([a-z_]+(?:\\.[a-z_0-9]+)+)=(\"[^\"]*\"|'[^']*'|\\S*)");
  private static final int MOST_REFERENCES = 20;
  private static final int MOST_VALUE = 10_000;
  private static final int MOST_WORDS = 4_000_000;

  VerlConfig(Map<String, JsonNode> given) {
    super("verl", resolved(given));
  }

  static boolean isKey(String name) {
    int dot = name.indexOf('.');
    return dot > 0 && ForeignKeys.isSection(name.substring(0, dot));
  }

  /** Leaves by their names with sections; lists and empty mappings are leaves. */
  static void flatten(String path, JsonNode node, Map<String, JsonNode> leaves) {
    if (node.isObject() && !(node.isEmpty() && !path.isEmpty())) {
      node.properties()
          .forEach(
              field -> flatten(RecordBinder.join(path, field.getKey()), field.getValue(), leaves));
    } else if (!path.isEmpty() && !path.equals("defaults")) {
      leaves.put(path, node);
    }
  }

  /** The {@code key=value} words of a command, with the variables that its script sets. */
  static Map<String, JsonNode> words(String text) {
    Map<String, String> variables = new LinkedHashMap<>();
    variables.put("HOME", System.getProperty("user.home"));
    Matcher assigned = ASSIGNED.matcher(text);
    while (assigned.find()) {
      Matcher otherwise = OTHERWISE.matcher(assigned.group(2)); // ${NAME:-value}
      variables.put(
          assigned.group(1), unquoted(otherwise.find() ? otherwise.group(1) : assigned.group(2)));
    }
    String whole = text.replaceAll("(?m)^[ \\t]*#.*$", "");
    for (int i = 0; i < MOST_REFERENCES && VARIABLE.matcher(whole).find(); i++) {
      whole = filled(whole, VARIABLE, MOST_WORDS, name -> variables.getOrDefault(name, "?" + name));
    }
    Map<String, JsonNode> words = new LinkedHashMap<>();
    Matcher word =
        WORD.matcher(
            whole.replaceAll("[\"'](\\+{0,2}[a-z_]+(?:\\.[a-z_0-9]+)+=[^\"']*)[\"']", "$1"));
    while (word.find()) {
      words.put(word.group(1), value(unquoted(word.group(2))));
    }
    return words;
  }

  private static String unquoted(String word) {
    return word.replaceFirst("^(['\"])(.*)\\1$", "$2");
  }

  private static JsonNode value(String text) {
    try {
      JsonNode value = YamlReader.read(text);
      return value.isMissingNode() || value.isObject()
          ? JsonNodeFactory.instance.textNode(text)
          : value;
    } catch (YamlReader.YamlException e) {
      return JsonNodeFactory.instance.textNode(text);
    }
  }

  /** What refers to another key, <code>${data.max_response_length}</code>, has that one's value. */
  private static Map<String, JsonNode> resolved(Map<String, JsonNode> given) {
    Map<String, JsonNode> all = new LinkedHashMap<>(given);
    for (int i = 0; i < MOST_REFERENCES; i++) {
      for (Map.Entry<String, JsonNode> entry : all.entrySet()) {
        if (!entry.getValue().isTextual()) {
          continue;
        }
        String text = entry.getValue().asText();
        Matcher whole = REFERENCE.matcher(text);
        if (whole.matches()) {
          entry.setValue(all.getOrDefault(whole.group(1), JsonNodeFactory.instance.nullNode()));
        } else if (whole.find()) {
          entry.setValue(
              JsonNodeFactory.instance.textNode(
                  filled(
                      text,
                      REFERENCE,
                      MOST_VALUE,
                      name -> all.containsKey(name) ? all.get(name).asText() : "")));
        }
      }
    }
    return all;
  }

  /** A text with what it refers to; as it was where that would make it longer than is allowed. */
  private static String filled(
      String text, Pattern reference, int most, Function<String, String> values) {
    StringBuilder filled = new StringBuilder();
    Matcher found = reference.matcher(text);
    while (found.find()) {
      found.appendReplacement(filled, Matcher.quoteReplacement(values.apply(found.group(1))));
      if (filled.length() > most) {
        return text;
      }
    }
    return found.appendTail(filled).toString();
  }

  @Override
  void convert() {
    model(MODEL + "path");
    dtype();
    batches();
    clipping();
    loss();
    advantages();
    divergence();
    sampling();
    evaluation();
    task();
    putPositive("checkpoint.save_steps", "trainer.save_freq");
    lora();
  }

  private void dtype() {
    String type = word(ROLLOUT + "dtype");
    if (type.equals("float16") || type.equals("half")) {
      leave(ROLLOUT + "dtype", "bfloat16 is taken instead of float16");
    }
    put("dtype", type.equals("float32") ? type : "bfloat16", ROLLOUT + "dtype");
    String device = word("trainer.device");
    if (device.equals("cpu")) {
      put("device", device, "trainer.device");
    }
  }

  /** Batches are counted in prompts; the rate changes once a step, whatever its updates are. */
  private void batches() {
    double problems = number("data.train_batch_size", 1024);
    put("grpo.problems_per_step", problems, "data.train_batch_size");
    put("grpo.num_generations", number(ROLLOUT + "n", 1), ROLLOUT + "n");
    double minibatches = problems / number(ACTOR + "ppo_mini_batch_size", 256);
    minibatches(minibatches, problems, ACTOR + "ppo_mini_batch_size");
    double epochs = number(ACTOR + "ppo_epochs", 1);
    put("grpo.num_iterations", epochs, ACTOR + "ppo_epochs");
    double steps = number("trainer.total_training_steps", -1);
    steps = steps > 0 ? steps : number(ACTOR + "optim.total_training_steps", -1);
    take(ACTOR + "optim.total_training_steps");
    JsonNode passes = take("trainer.total_epochs");
    if (steps > 0) {
      put("grpo.steps", steps, "trainer.total_training_steps");
    } else {
      check(
          "grpo.steps is 100: verl trains "
              + (passes == null ? "30" : passes.asText())
              + " epochs, each of problems / grpo.problems_per_step steps");
    }
    schedule(steps, Math.max(1, minibatches) * epochs);
    boolean inTokens = flag(ACTOR + "use_dynamic_bsz", false);
    if (!inTokens) {
      leaveGiven(
          ACTOR + "ppo_max_token_len_per_gpu", "use_dynamic_bsz is off: micro-batches are counted");
    }
    for (String side :
        List.of(ACTOR + "ppo", ROLLOUT + "log_prob", "actor_rollout_ref.ref.log_prob")) {
      leaveGiven(side + "_micro_batch_size", "grpo.micro_batch_tokens is counted in tokens");
      leaveGiven(
          side + "_micro_batch_size_per_gpu", "grpo.micro_batch_tokens is counted in tokens");
    }
  }

  private void schedule(double steps, double updates) {
    String optim = ACTOR + "optim.";
    double warmup = number(optim + "lr_warmup_steps", -1);
    double ratio = number(optim + "lr_warmup_steps_ratio", 0);
    if (warmup > 0) {
      put("grpo.optimizer.warmup_steps", Math.rint(warmup * updates), optim + "lr_warmup_steps");
    } else if (warmup < 0 && ratio > 0 && steps > 0) {
      put(
          "grpo.optimizer.warmup_steps",
          Math.rint(ratio * steps * updates),
          optim + "lr_warmup_steps_ratio");
    } else if (warmup < 0 && ratio > 0) {
      leave(optim + "lr_warmup_steps_ratio", "needs trainer.total_training_steps");
    }
    String style = word(optim + "lr_scheduler_type") + word(optim + "warmup_style");
    double least = number(optim + "min_lr_ratio", 0);
    if (style.equals("cosine") && least > 0) {
      put("grpo.optimizer.lr_scheduler_type", "cosine_with_min_lr", optim + "min_lr_ratio");
      put("grpo.optimizer.lr_scheduler_kwargs.min_lr_rate", least, optim + "min_lr_ratio");
    } else if (!style.isEmpty()) {
      put("grpo.optimizer.lr_scheduler_type", style, optim + "lr_scheduler_type");
    }
    if (!has(optim + "weight_decay")) {
      put("grpo.optimizer.weight_decay", 0.01, optim + "weight_decay");
    }
  }

  private void clipping() {
    double both = number(ACTOR + "clip_ratio", 0.2);
    double low = number(ACTOR + "clip_ratio_low", both);
    double high = number(ACTOR + "clip_ratio_high", both);
    put("grpo.loss.epsilon", low, ACTOR + "clip_ratio_low");
    if (high != low) {
      put("grpo.loss.epsilon_high", high, ACTOR + "clip_ratio_high");
    }
    put("grpo.loss.delta", number(ACTOR + "clip_ratio_c", 3), ACTOR + "clip_ratio_c");
  }

  private void loss() {
    String mode = word(ACTOR + "loss_agg_mode");
    String type =
        switch (mode) {
          case "", "token-mean" -> "dapo";
          case "seq-mean-token-mean" -> "grpo";
          case "seq-mean-token-sum" -> "luspo";
          case "seq-mean-token-sum-norm" -> "dr_grpo";
          default -> mode;
        };
    String kind = word(ACTOR + "policy_loss.loss_mode");
    switch (kind) {
      case "", "vanilla" -> {
        // clipped ratios of tokens
      }
      case "gspo" ->
          put("grpo.loss.importance_sampling_level", "sequence", ACTOR + "policy_loss.loss_mode");
      case "cispo", "sapo", "clip_cov", "kl_cov" -> type = kind;
      case "dppo_tv", "dppo_kl" -> {
        type = "dppo";
        put(
            "grpo.loss.divergence_type",
            kind.replace("dppo", "binary"),
            ACTOR + "policy_loss.loss_mode");
        put("grpo.off_policy.old_log_probs", "sampler", ACTOR + "policy_loss.loss_mode");
      }
      default -> leave(ACTOR + "policy_loss.loss_mode", kind + " has no counterpart");
    }
    put("grpo.loss.loss_type", type, ACTOR + "loss_agg_mode");
  }

  private void advantages() {
    String estimator = word("algorithm.adv_estimator");
    if (estimator.isEmpty() || estimator.equals("gae")) {
      leave("algorithm.adv_estimator", "gae needs a critic, which there is not: grpo is taken");
    } else {
      put("grpo.advantage.estimator", estimator, "algorithm.adv_estimator");
    }
    if (!flag("algorithm.norm_adv_by_std_in_grpo", true)) {
      put("grpo.scale_rewards", "none", "algorithm.norm_adv_by_std_in_grpo");
    }
  }

  private void divergence() {
    boolean inLoss = flag(ACTOR + "use_kl_loss", false);
    boolean inReward = flag("algorithm.use_kl_in_reward", false);
    String loss = inLoss ? ACTOR + "kl_loss_coef" : "algorithm.kl_ctrl.kl_coef";
    double lossWeight = number(ACTOR + "kl_loss_coef", 0.001);
    double rewardWeight = number("algorithm.kl_ctrl.kl_coef", 0.001);
    String lossKind = word(ACTOR + "kl_loss_type");
    String rewardKind = word("algorithm.kl_penalty");
    if (inLoss && inReward) {
      leave(
          "algorithm.use_kl_in_reward", "use_kl_loss is on too: the KL term is in the loss alone");
    }
    if (!inLoss && !inReward) {
      return;
    }
    put("grpo.loss.beta", inLoss ? lossWeight : rewardWeight, loss);
    put("grpo.advantage.use_kl_in_reward", !inLoss, "algorithm.use_kl_in_reward");
    String kind = inLoss ? lossKind : rewardKind;
    String estimator =
        switch (kind) {
          case "kl", "k1" -> "k1";
          case "mse", "k2" -> "k2";
          case "low_var_kl", "k3" -> "k3";
          case "" -> inLoss ? "k3" : "k1";
          default -> kind;
        };
    put(
        "grpo.loss.kl_estimator",
        estimator,
        inLoss ? ACTOR + "kl_loss_type" : "algorithm.kl_penalty");
    put("grpo.loss.use_bias_correction_kl", false, "algorithm.kl_penalty");
  }

  private void sampling() {
    if (!has(ROLLOUT + "response_length") || has("data.max_response_length")) {
      take(ROLLOUT + "response_length");
      put(
          "sampling.max_new_tokens",
          number("data.max_response_length", 512),
          "data.max_response_length");
    }
    putPositive("sampling.top_k", ROLLOUT + "top_k");
    boolean drop = flag("data.filter_overlong_prompts", false);
    String truncation = word("data.truncation");
    if (drop) {
      put("prompt.overlong", "drop", "data.filter_overlong_prompts");
    } else if (truncation.equals("left")) {
      put("prompt.overlong", "cut_left", "data.truncation");
    } else if (!truncation.isEmpty() && !truncation.equals("error")) {
      leave("data.truncation", truncation + " has no counterpart: error, drop and cut_left are");
    }
    rejection();
    String correction = word("algorithm.rollout_correction.rollout_is");
    if (correction.equals("token") || correction.equals("sequence")) {
      put(
          "grpo.off_policy.importance_sampling_correction",
          true,
          "algorithm.rollout_correction.rollout_is");
      put(
          "grpo.off_policy.importance_sampling_mode",
          correction + "_truncate",
          "algorithm.rollout_correction.rollout_is");
    }
  }

  /** The geometric mean of ratios; later versions bound its inverse, by {@code lower_upper}. */
  private void rejection() {
    String prefix = "algorithm.rollout_correction.rollout_rs";
    String kind = word(prefix);
    if (kind.equals("seq_mean_k1")) {
      String[] bounds = word(prefix + "_threshold").split("_", 2);
      try {
        double upper = Double.parseDouble(bounds[bounds.length - 1]);
        double lower = bounds.length == 1 ? 1 / upper : Double.parseDouble(bounds[0]);
        put("grpo.off_policy.rollout_rs_threshold", 1 / lower, prefix + "_threshold");
        put("grpo.off_policy.rollout_rs_threshold_lower", 1 / upper, prefix + "_threshold");
      } catch (NumberFormatException e) {
        leave(prefix + "_threshold", "must be a number, or two as in 0.99_1.01");
      }
    } else if (!kind.isEmpty() && !kind.equals("geometric")) {
      leave(prefix, kind + " has no counterpart");
      take(prefix + "_threshold");
      take(prefix + "_threshold_lower");
    }
  }

  private void evaluation() {
    String validation = ROLLOUT + "val_kwargs.";
    boolean sampled = flag(validation + "do_sample", false);
    double temperature = number(validation + "temperature", 0);
    double count = number(validation + "n", 1);
    put("evaluation.samples", sampled ? count : 0, validation + "n");
    if (sampled && temperature > 0) {
      put("evaluation.temperature", temperature, validation + "temperature");
    }
    boolean whileTraining = putPositive("evaluation.every_steps", "trainer.test_freq");
    if (!flag("trainer.val_before_train", true) && !whileTraining) {
      put("evaluation.problems", 0, "trainer.val_before_train");
    }
  }

  private void task() {
    JsonNode train = take("data.train_files");
    JsonNode held = take("data.val_files");
    if (train == null) {
      check("task is arithmetic: name your data, such as {name: file, options: {path: FILE}}");
    } else if (areFiles(train)) {
      put("task.name", "file", "data.train_files");
      put("task.options.path", train, "data.train_files");
      if (held != null && areFiles(held)) {
        put("task.options.held_out", held, "data.val_files");
      }
      JsonNode question = take("data.prompt_key");
      if (question != null && !question.asText().equals("prompt")) {
        put("task.options.question", question, "data.prompt_key");
      }
    } else {
      leave(
          "data.train_files",
          (train.isTextual() ? train.asText() : train.toString())
              + " is not a file here: task {name: file, options: {path: FILE}}");
    }
    leaveGiven("data.prompt_key", "the data is not here");
    check(
        "rewards has the verifier number: verl chooses by data_source, as verifier by_source does");
  }

  private static boolean areFiles(JsonNode paths) {
    if (paths instanceof ArrayNode list) {
      for (JsonNode path : list) {
        if (!Files.isRegularFile(Path.of(path.asText()))) {
          return false;
        }
      }
      return !list.isEmpty();
    }
    return Files.isRegularFile(Path.of(paths.asText()));
  }

  private void lora() {
    double rank = number(MODEL + "lora_rank", 0);
    JsonNode modules = take(MODEL + "target_modules");
    double alpha = number(MODEL + "lora_alpha", 16);
    if (rank > 0) {
      put("lora.r", rank, MODEL + "lora_rank");
      put("lora.lora_alpha", alpha, MODEL + "lora_alpha");
      targetModules(modules, MODEL + "target_modules");
    }
  }
}
