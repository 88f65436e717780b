package org.r1zero.experiment.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.r1zero.coldstart.dataset.Dataset;
import org.r1zero.experiment.config.PromptConfig;
import org.r1zero.experiment.config.PromptConfig.Overlong;
import org.r1zero.experiment.config.PromptConfig.Template;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.experiment.config.RecipeLoader;
import org.r1zero.grpo.model.tokenizer.Tokenizer;
import org.r1zero.rollout.PromptRenderer;
import org.r1zero.rollout.generation.SamplingConfig;
import org.r1zero.verify.Problem;

/**
 * A recipe's problems against the model's context: chooses the prompt and the limit on new tokens
 * where the recipe leaves them open, and finds the problems that have no room.
 *
 * @param recipe with what was chosen in it
 * @param dataset without the problems that were left out
 * @param renderer puts problems to the model
 * @param context of the model, in tokens
 * @param longest prompt that is kept, in tokens
 * @param dropped problems that were left out, training and held out
 * @param chosen what was chosen, for the user; empty where the recipe says all
 * @param faults problems that do not fit, if that is an error
 */
record Fit(
    Recipe recipe,
    Dataset dataset,
    PromptRenderer renderer,
    int context,
    int longest,
    int dropped,
    List<String> chosen,
    List<String> faults) {

  /** Fewer new tokens than this hold no answer. */
  private static final int FEWEST_NEW_TOKENS = 16;

  /** How long the prompts of some problems are. */
  private record Lengths(List<Problem> problems, int[] tokens) {

    static Lengths of(List<Problem> problems, PromptRenderer renderer, Tokenizer tokenizer) {
      int[] tokens =
          problems.stream()
              .mapToInt(problem -> tokenizer.encodePrompt(renderer.render(problem)).length)
              .toArray();
      return new Lengths(problems, tokens);
    }

    int longest(int limit) {
      int longest = 0;
      for (int length : tokens) {
        longest = length <= limit ? Math.max(longest, length) : longest;
      }
      return longest;
    }

    List<Problem> over(int limit) {
      List<Problem> over = new ArrayList<>();
      for (int i = 0; i < tokens.length; i++) {
        if (tokens[i] > limit) {
          over.add(problems.get(i));
        }
      }
      return over;
    }

    List<Problem> within(int limit) {
      List<Problem> within = new ArrayList<>(problems);
      within.removeAll(over(limit));
      return within;
    }

    int tokensOf(Problem problem) {
      return tokens[problems.indexOf(problem)];
    }
  }

  /** Fits a recipe whose prompts are rendered by the model in a folder. */
  static Fit of(Recipe recipe, Dataset dataset, ModelFolder folder) {
    int context = folder.directory().config().maxPositionEmbeddings();
    List<Problem> all = new ArrayList<>(dataset.train());
    all.addAll(dataset.heldOut());
    List<String> chosen = new ArrayList<>();
    PromptConfig prompt = recipe.prompt();
    Lengths lengths = null;
    if (prompt.template() == Template.AUTO) {
      PromptConfig tagged = with(prompt, Template.R1_ZERO);
      lengths = lengths(all, tagged, folder);
      prompt = tagged;
      if (lengths.longest(Integer.MAX_VALUE) > context / 2) {
        prompt = with(prompt, Template.PLAIN);
        lengths = null;
      }
      chosen.add("prompt.template: " + prompt.template().name().toLowerCase(Locale.ROOT));
    }
    if (lengths == null) {
      lengths = lengths(all, prompt, folder);
    }
    boolean drop = prompt.overlong() == Overlong.DROP;
    int longest = lengths.longest(Integer.MAX_VALUE);
    int newTokens = recipe.sampling().maxNewTokens();
    if (newTokens == 0) {
      int room = drop ? Math.max(context - longest, context / 2) : context - longest;
      newTokens = Math.max(FEWEST_NEW_TOKENS, Math.min(SamplingConfig.USUAL_NEW_TOKENS, room));
      chosen.add("sampling.max_new_tokens: " + newTokens);
    }
    int limit = context - newTokens;
    List<Problem> over = lengths.over(limit);
    Dataset kept = dataset;
    List<String> faults = new ArrayList<>();
    if (!over.isEmpty() && drop) {
      Lengths train = lengths(dataset.train(), prompt, folder);
      Lengths heldOut = lengths(dataset.heldOut(), prompt, folder);
      kept = new Dataset(dataset.name(), train.within(limit), heldOut.within(limit));
    } else if (!over.isEmpty()) {
      faults.add(fault(over, lengths, all.size(), newTokens, context));
    }
    return new Fit(
        chosen.isEmpty() ? recipe : with(recipe, prompt.template(), newTokens),
        kept,
        Prompts.of(prompt, folder.directory().path()),
        context,
        lengths.longest(limit),
        drop ? over.size() : 0,
        List.copyOf(chosen),
        List.copyOf(faults));
  }

  private static Lengths lengths(List<Problem> problems, PromptConfig prompt, ModelFolder folder) {
    PromptRenderer renderer = Prompts.of(prompt, folder.directory().path());
    return Lengths.of(problems, renderer, folder.tokenizer());
  }

  private static PromptConfig with(PromptConfig prompt, Template template) {
    return new PromptConfig(template, prompt.system(), prompt.overlong());
  }

  /** A recipe with a template and a limit on new tokens. */
  static Recipe with(Recipe recipe, Template template, int newTokens) {
    ObjectNode tree = RecipeLoader.toTree(recipe);
    tree.withObject("/prompt").put("template", template.name().toLowerCase(Locale.ROOT));
    tree.withObject("/sampling").put("max_new_tokens", newTokens);
    return RecipeLoader.bind(Recipe.class, "recipe " + recipe.name(), tree, List.of());
  }

  private static String fault(
      List<Problem> over, Lengths lengths, int all, int newTokens, int context) {
    Problem first = over.get(0);
    int room = context - lengths.longest(Integer.MAX_VALUE);
    String lower =
        room < 1
            ? "use a shorter prompt.template, or a model with a longer context"
            : "lower sampling.max_new_tokens to " + room + " or less";
    return String.format(
        Locale.ROOT,
        "sampling.max_new_tokens (%d) and the prompts of %d of %d problems exceed the model's"
            + " context of %d tokens, first %s with a prompt of %d; %s, or leave such problems out"
            + " by prompt.overlong: drop",
        newTokens,
        over.size(),
        all,
        context,
        first.id(),
        lengths.tokensOf(first),
        lower);
  }

  /** What a user should know before the run begins; {@code null} for nothing. */
  @Nullable String said() {
    List<String> parts = new ArrayList<>();
    if (!chosen.isEmpty()) {
      parts.add(
          String.format(
              Locale.ROOT,
              "%s (the longest prompt has %d of %d tokens)",
              String.join(", ", chosen),
              longest,
              context));
    }
    if (dropped > 0) {
      parts.add(dropped + " problems do not fit the context of " + context + " tokens: left out");
    }
    return parts.isEmpty() ? null : String.join("; ", parts);
  }
}
