package org.r1zero.experiment.pipeline;

import java.util.List;
import org.r1zero.coldstart.curate.Example;
import org.r1zero.rollout.PromptRenderer;
import org.r1zero.verify.Problem;

/** Solved examples, each put as the recipe puts a problem, before the question. */
record FewShotPrompt(PromptRenderer renderer, List<Example> examples) implements PromptRenderer {

  @Override
  public String render(Problem problem) {
    StringBuilder text = new StringBuilder();
    for (Example example : examples) {
      String prompt =
          example.messages().isEmpty()
              ? example.prompt()
              : renderer.render(new Problem("", example.question(), ""));
      text.append(prompt).append(example.completion()).append("\n\n");
    }
    return text.append(renderer.render(problem)).toString();
  }

  @Override
  public String observation(String text) {
    return renderer.observation(text);
  }

  @Override
  public String toolResult(String text) {
    return renderer.toolResult(text);
  }

  @Override
  public boolean spellsSpecialTokens() {
    return renderer.spellsSpecialTokens();
  }
}
