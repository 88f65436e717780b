package org.r1zero.grpo.model.tokenizer.jinja;

import java.time.Clock;
import java.util.Map;

/** A parsed template; immutable, so threads may share it. */
public final class JinjaTemplate {
  private final Node body;
  private final Clock clock;

  private JinjaTemplate(Node body, Clock clock) {
    this.body = body;
    this.clock = clock;
  }

  /**
   * Parses a template.
   *
   * @param clock what {@code strftime_now} reads
   * @throws JinjaException if it is malformed or uses a tag that is not supported
   */
  public static JinjaTemplate parse(String source, Clock clock) {
    try {
      return new JinjaTemplate(new Parser(Lexer.tokens(source)).parse(), clock);
    } catch (StackOverflowError e) {
      throw tooDeep();
    }
  }

  /**
   * Renders it.
   *
   * @param values by name; see the package for their types
   * @throws JinjaException if the template raises an exception, can't be evaluated, or takes more
   *     steps or makes more text than any chat needs
   */
  public String render(Map<String, Object> values) {
    Frame frame = new Frame(Globals.with(clock));
    values.forEach(frame::set);
    StringBuilder out = new StringBuilder();
    Budget.begin();
    try {
      body.render(frame, out);
    } catch (StackOverflowError e) {
      throw tooDeep();
    } finally {
      Budget.end();
    }
    return out.toString();
  }

  /** Nothing but the thread's own stack bounds how deep a template nests or a macro recurs. */
  private static JinjaException tooDeep() {
    return new JinjaException("it is nested too deep, or a macro calls itself without end");
  }
}
