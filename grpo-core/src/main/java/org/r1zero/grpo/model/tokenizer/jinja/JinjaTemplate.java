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
    return new JinjaTemplate(new Parser(Lexer.tokens(source)).parse(), clock);
  }

  /**
   * Renders it.
   *
   * @param values by name; see the package for their types
   * @throws JinjaException if the template raises an exception or can't be evaluated
   */
  public String render(Map<String, Object> values) {
    Frame frame = new Frame(Globals.with(clock));
    values.forEach(frame::set);
    StringBuilder out = new StringBuilder();
    body.render(frame, out);
    return out.toString();
  }
}
