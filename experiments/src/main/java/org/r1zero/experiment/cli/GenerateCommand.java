package org.r1zero.experiment.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.r1zero.experiment.config.PromptConfig;
import org.r1zero.experiment.run.TextGeneration;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.rollout.SampledGroup;
import org.r1zero.rollout.generation.Generation;
import org.r1zero.rollout.generation.SamplingConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prompts a model folder. */
@Command(
    name = "generate",
    description = "Completes prompts with a model folder.",
    mixinStandardHelpOptions = true)
final class GenerateCommand implements Callable<Integer> {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Parameters(
      arity = "0..*",
      paramLabel = "PROMPT",
      description = "The texts to complete; without any, standard input is one.")
  private List<String> prompts = new ArrayList<>();

  @Option(
      names = "--model",
      paramLabel = "DIR",
      required = true,
      description = "A folder in Hugging Face layout, or embedded.")
  private String model = "";

  @Option(
      names = "--template",
      description =
          "How a prompt is put: raw (as it is), chat (the model's template), r1_zero or plain"
              + " (default: raw).")
  private PromptConfig.Template template = PromptConfig.Template.RAW;

  @Option(names = "--system", description = "The system message of the chat template.")
  private String system = "";

  @Option(names = "--temperature", description = "0 is greedy (default: ${DEFAULT-VALUE}).")
  private double temperature = 1;

  @Option(names = "--top-k", description = "0 keeps all tokens (default: ${DEFAULT-VALUE}).")
  private int topK = 0;

  @Option(names = "--top-p", description = "1 keeps all tokens (default: ${DEFAULT-VALUE}).")
  private double topP = 1;

  @Option(names = "--min-p", description = "0 keeps all tokens (default: ${DEFAULT-VALUE}).")
  private double minP = 0;

  @Option(names = "--max-new-tokens", description = "(default: ${DEFAULT-VALUE}).")
  private int maxNewTokens = 256;

  @Option(names = "--stop", description = "A text that ends a completion; may be repeated.")
  private List<String> stop = new ArrayList<>();

  @Option(
      names = {"-n", "--num-generations"},
      description = "Completions a prompt (default: ${DEFAULT-VALUE}).")
  private int count = 1;

  @Option(names = "--seed", description = "Decides every draw (default: ${DEFAULT-VALUE}).")
  private long seed = 42;

  @Option(names = "--dtype", description = "fp32 or bf16 (default: fp32).")
  private ComputeType dtype = ComputeType.FLOAT32;

  @Option(
      names = "--device",
      description = "auto, cpu, cuda or cuda:N (default: ${DEFAULT-VALUE}).")
  private String device = "auto";

  @Mixin private CommonOptions common = new CommonOptions();

  @Spec
  private picocli.CommandLine.Model.CommandSpec spec =
      picocli.CommandLine.Model.CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    if (count < 1) {
      throw new ParameterException(
          spec.commandLine(), "--num-generations must be >= 1, was " + count);
    }
    SamplingConfig sampling;
    PromptConfig prompt;
    try {
      sampling = new SamplingConfig(temperature, topK, topP, minP, maxNewTokens, stop, 0);
      prompt = new PromptConfig(template, system, PromptConfig.Overlong.ERROR);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
    if (prompts.isEmpty()) {
      prompts.add(new String(System.in.readAllBytes(), StandardCharsets.UTF_8));
    }
    try (TextGeneration generation = new TextGeneration(model, dtype, device, prompt)) {
      List<SampledGroup> groups = generation.complete(prompts, count, sampling, seed);
      if (common.json) {
        System.out.println(JSON.writeValueAsString(json(groups)));
      } else {
        print(groups);
      }
    }
    return 0;
  }

  private static void print(List<SampledGroup> groups) {
    boolean many = groups.size() > 1 || groups.get(0).completions().size() > 1;
    for (int g = 0; g < groups.size(); g++) {
      for (int i = 0; i < groups.get(g).completions().size(); i++) {
        if (many) {
          System.out.printf("--- prompt %d, completion %d%n", g + 1, i + 1);
        }
        System.out.println(groups.get(g).completions().get(i).text());
      }
    }
  }

  private static ObjectNode json(List<SampledGroup> groups) {
    ObjectNode root = JSON.createObjectNode();
    ArrayNode results = root.putArray("results");
    for (SampledGroup group : groups) {
      ObjectNode result = results.addObject();
      result.put("prompt", group.prompt());
      result.set("prompt_tokens", JSON.valueToTree(group.promptTokens()));
      ArrayNode completions = result.putArray("completions");
      for (int i = 0; i < group.completions().size(); i++) {
        Generation generation = group.generations().get(i);
        ObjectNode node = completions.addObject();
        node.put("text", group.completions().get(i).text());
        node.put("finish_reason", generation.finishReason().name().toLowerCase(Locale.ROOT));
        node.set("tokens", JSON.valueToTree(generation.tokens()));
        node.set("logprobs", JSON.valueToTree(generation.samplingLogProbs()));
      }
    }
    return root;
  }
}
