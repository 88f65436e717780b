package org.r1zero.experiment.pipeline;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.r1zero.coldstart.curate.Example;
import org.r1zero.coldstart.curate.ExampleFiles;
import org.r1zero.experiment.config.PromptConfig;
import org.r1zero.experiment.config.SftOptions;
import org.r1zero.grpo.data.Sample;
import org.r1zero.grpo.model.tokenizer.ChatTemplate;
import org.r1zero.grpo.model.tokenizer.Tokenizer;
import org.r1zero.rollout.PromptRenderer;
import org.r1zero.rollout.Texts;
import org.r1zero.verify.Problem;

/**
 * Examples as a model reads them: prompts put as a recipe says, texts encoded.
 *
 * @param config how a problem is put
 * @param renderer puts it
 * @param model the folder with the chat template
 * @param tokenizer that model's
 */
record SftTexts(PromptConfig config, PromptRenderer renderer, Path model, Tokenizer tokenizer) {
  private static final String THINK = "<think>";

  /**
   * Examples with their tokens.
   *
   * @param examples those that fit
   * @param tooLong how many do not
   * @param longest of all examples, in tokens
   */
  record Encoded(List<Sample> examples, int tooLong, int longest) {}

  /**
   * Reads a file of examples.
   *
   * @throws IllegalArgumentException if it has more bad records than the options allow
   */
  static ExampleFiles.Contents read(Path data, SftOptions options, PromptConfig config)
      throws java.io.IOException {
    return ExampleFiles.read(
        data, options.maxBad(), example -> requireThatAllIsPut(example, config));
  }

  /** Encodes examples; those longer than the context are left out. */
  Encoded encode(List<Example> examples, int context) {
    Texts texts = new Texts(tokenizer, renderer);
    int end = tokenizer.endOfTurn();
    List<Sample> result = new ArrayList<>();
    int tooLong = 0;
    int longest = 0;
    for (Example example : examples) {
      String before = prompt(example);
      int[] prompt = texts.encode(before);
      int[] text = tokenizer.encode(said(before, example.completion()));
      int[] completion = Arrays.copyOf(text, text.length + 1);
      completion[text.length] = end;
      longest = Math.max(longest, prompt.length + completion.length);
      if (prompt.length + completion.length > context) {
        tooLong++;
      } else {
        result.add(Sample.toLearn(prompt, completion));
      }
    }
    return new Encoded(result, tooLong, longest);
  }

  /** Templates that put one question would drop what was said before it. */
  private static void requireThatAllIsPut(Example example, PromptConfig config) {
    if (config.template() != PromptConfig.Template.CHAT) {
      Conversations.requireOneQuestion(
          example, "prompt.template " + config.template().name().toLowerCase(Locale.ROOT));
    }
  }

  /**
   * Where the prompt has opened the reasoning, as some chat templates do, it is not opened twice.
   */
  private static String said(String prompt, String completion) {
    if (!prompt.stripTrailing().endsWith(THINK) || !completion.startsWith(THINK)) {
      return completion;
    }
    String rest = completion.substring(THINK.length());
    return prompt.endsWith("\n") && rest.startsWith("\n") ? rest.substring(1) : rest;
  }

  /** A prompt is taken as it is; messages are put as the recipe's template puts a problem. */
  private String prompt(Example example) {
    if (example.messages().isEmpty()) {
      return example.prompt();
    }
    if (config.template() == PromptConfig.Template.CHAT) {
      return ChatTemplate.open(model).render(example.messages(), true);
    }
    return renderer.render(new Problem("", example.question(), ""));
  }
}
