package org.r1zero.experiment.run;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.r1zero.coldstart.dataset.Dataset;
import org.r1zero.experiment.config.PromptConfig.Overlong;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.experiment.model.ModelFolder;
import org.r1zero.rollout.PromptRenderer;
import org.r1zero.rollout.Texts;
import org.r1zero.verify.Problem;

/**
 * A recipe's problems against the model's context: finds those whose prompt and {@code
 * sampling.max_new_tokens} have no room in it, before any weight is read.
 *
 * @param dataset without the problems that were left out
 * @param renderer puts problems to the model
 * @param context of the model, in tokens
 * @param longest prompt that is kept, in tokens
 * @param dropped problems that were left out, training and held out
 * @param faults problems that do not fit, if that is an error
 */
public record Fit(
    Dataset dataset,
    PromptRenderer renderer,
    int context,
    int longest,
    int dropped,
    List<String> faults) {

  /** Some problems with the lengths of their prompts. */
  private record Measured(Problem problem, int tokens) {}

  /**
   * Fits a recipe to the model in a folder.
   *
   * @param purpose which problems are wanted
   * @param put how they are put, given how the recipe puts them
   */
  static Fit of(
      Recipe recipe,
      Dataset dataset,
      ModelFolder folder,
      Preflight.Purpose purpose,
      UnaryOperator<PromptRenderer> put) {
    int newTokens = newTokens(recipe, purpose);
    Fit fit =
        of(
            recipe.prompt().overlong(),
            newTokens,
            dataset,
            purpose.trains(),
            purpose.evaluates(recipe),
            new Texts(folder.tokenizer(), put.apply(folder.renderer(recipe.prompt()))),
            folder.directory().config().maxPositionEmbeddings());
    return newTokens == recipe.sampling().maxNewTokens()
        ? fit
        : new Fit(
            fit.dataset,
            fit.renderer,
            fit.context,
            fit.longest,
            fit.dropped,
            fit.faults.stream().map(f -> f.replace("sampling.max", "evaluation.max")).toList());
  }

  /** The longest completion that there may be, in training or evaluation. */
  static int newTokens(Recipe recipe, Preflight.Purpose purpose) {
    int trained = recipe.sampling().maxNewTokens();
    int evaluated = recipe.evaluation().sampling(recipe.sampling()).maxNewTokens();
    if (!purpose.evaluates(recipe)) {
      return trained;
    }
    return purpose.trains() ? Math.max(trained, evaluated) : evaluated;
  }

  /**
   * Fits problems to a context.
   *
   * @param overlong what becomes of those that do not fit
   * @param newTokens most new tokens
   * @param training whether the problems to train on are wanted
   * @param evaluating whether the held-out problems are
   * @param texts put problems and count their tokens
   * @param context of the model, in tokens
   */
  public static Fit of(
      Overlong overlong,
      int newTokens,
      Dataset dataset,
      boolean training,
      boolean evaluating,
      Texts texts,
      int context) {
    int limit = context - newTokens;
    PromptRenderer renderer = texts.renderer();
    List<Measured> all = new ArrayList<>();
    if (training) {
      all.addAll(measure(dataset.train(), texts));
    }
    if (evaluating) {
      all.addAll(measure(dataset.heldOut(), texts));
    }
    List<Measured> over = all.stream().filter(m -> m.tokens > limit).toList();
    int longest = longest(all, Integer.MAX_VALUE);
    if (over.isEmpty()) {
      return new Fit(dataset, renderer, context, longest, 0, List.of());
    }
    if (overlong == Overlong.ERROR) {
      String fault = fault(over, all.size(), longest, newTokens, context);
      return new Fit(dataset, renderer, context, longest, 0, List.of(fault));
    }
    Map<String, @Nullable Problem> changed = new HashMap<>();
    for (Measured one : over) {
      Problem cut =
          overlong == Overlong.CUT_LEFT ? PromptCut.toFit(one.problem, texts, limit) : null;
      changed.put(one.problem.id(), cut);
    }
    int dropped = (int) changed.values().stream().filter(Objects::isNull).count();
    Dataset kept = dataset.with(p -> changed.containsKey(p.id()) ? changed.get(p.id()) : p);
    if (dropped > 0) {
      kept = kept.noting(left(dropped, context, overlong));
    }
    if (dropped < over.size()) {
      kept = kept.noting(cut(over.size() - dropped, context));
    }
    int longestKept =
        overlong == Overlong.CUT_LEFT && dropped < over.size() ? limit : longest(all, limit);
    return new Fit(kept, renderer, context, longestKept, dropped, List.of());
  }

  private static String left(int dropped, int context, Overlong overlong) {
    return String.format(
        "%s problems do not fit the context of %s tokens%s: left out",
        dropped, context, overlong == Overlong.CUT_LEFT ? ", however much is cut off" : "");
  }

  private static String cut(int cut, int context) {
    return cut + " questions are cut at the left to fit the context of " + context + " tokens";
  }

  private static List<Measured> measure(List<Problem> problems, Texts texts) {
    return problems.parallelStream()
        .map(p -> new Measured(p, texts.encode(texts.renderer().render(p)).length))
        .toList();
  }

  private static int longest(List<Measured> problems, int limit) {
    return problems.stream().mapToInt(Measured::tokens).filter(t -> t <= limit).max().orElse(0);
  }

  private static String fault(
      List<Measured> over, int all, int longest, int newTokens, int context) {
    Measured first = over.get(0);
    int room = context - longest;
    String lower =
        room < 1
            ? "use a shorter prompt.template, or a model with a longer context"
            : "lower sampling.max_new_tokens to " + room + " or less";
    return String.format(
        Locale.ROOT,
        "sampling.max_new_tokens (%d) and the prompts of %d of %d problems exceed the model's"
            + " context of %d tokens, first %s with a prompt of %d; %s, or leave such problems out"
            + " by prompt.overlong: drop, or shorten them by cut_left",
        newTokens,
        over.size(),
        all,
        context,
        first.problem.id(),
        first.tokens,
        lower);
  }
}
