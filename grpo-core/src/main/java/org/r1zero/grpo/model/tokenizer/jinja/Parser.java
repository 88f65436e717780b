package org.r1zero.grpo.model.tokenizer.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Builds the statements of a template from its tokens. */
final class Parser {
  private final TokenStream tokens;
  private final ExpressionParser expressions;

  Parser(List<Token> tokens) {
    this.tokens = new TokenStream(tokens);
    this.expressions = new ExpressionParser(this.tokens);
  }

  Node parse() {
    Node body = block(Set.of());
    if (tokens.peek().kind() != Token.Kind.EOF) {
      throw tokens.unexpected();
    }
    return body;
  }

  /** Statements up to a tag of these names, which stays unread after its opening. */
  private Node block(Set<String> ends) {
    List<Node> nodes = new ArrayList<>();
    while (true) {
      Token token = tokens.peek();
      switch (token.kind()) {
        case TEXT -> nodes.add(new Node.Text(tokens.next().text()));
        case PRINT -> {
          tokens.next();
          nodes.add(new Node.Print(expressions.tuple(), token.line()));
          tokens.expect(Token.Kind.END);
        }
        case STATEMENT -> {
          if (ends.contains(tokens.peek(1).text())) {
            return new Node.Block(nodes);
          }
          tokens.next();
          nodes.add(statement());
        }
        default -> {
          if (!ends.isEmpty()) {
            throw new JinjaException(
                "line " + token.line() + ": expected " + ends + ", found " + token.text());
          }
          return new Node.Block(nodes);
        }
      }
    }
  }

  private Node statement() {
    Token tag = tokens.expect(Token.Kind.NAME);
    return switch (tag.text()) {
      case "if" -> ifStatement();
      case "for" -> forStatement();
      case "set" -> setStatement();
      case "macro" -> macro();
      case "generation" -> {
        tokens.expect(Token.Kind.END);
        yield bodyUpTo("endgeneration");
      }
      case "break", "continue" -> {
        tokens.expect(Token.Kind.END);
        yield new Node.Jump(tag.text().equals("break") ? Node.Flow.BREAK : Node.Flow.CONTINUE);
      }
      default ->
          throw new JinjaException(
              "line " + tag.line() + ": the tag '" + tag.text() + "' is not supported here");
    };
  }

  private Node ifStatement() {
    Expression condition = expressions.tuple();
    tokens.expect(Token.Kind.END);
    Node then = block(Set.of("elif", "else", "endif"));
    tokens.next();
    String next = tokens.expect(Token.Kind.NAME).text();
    if (next.equals("elif")) {
      return new Node.If(condition, then, ifStatement());
    }
    Node otherwise = elsePart(next, "endif");
    return new Node.If(condition, then, otherwise);
  }

  private Node forStatement() {
    Node.Target target = target();
    tokens.expectName("in");
    Expression items = expressions.tupleWithoutChoice();
    Optional<Expression> condition = Optional.empty();
    if (tokens.skipName("if")) {
      condition = Optional.of(expressions.expression());
    }
    tokens.expect(Token.Kind.END);
    Node body = block(Set.of("else", "endfor"));
    tokens.next();
    Node otherwise = elsePart(tokens.expect(Token.Kind.NAME).text(), "endfor");
    return new Node.For(target, items, condition, body, otherwise);
  }

  private Node setStatement() {
    Node.Target target = target();
    if (tokens.skip("=")) {
      Expression value = expressions.tuple();
      tokens.expect(Token.Kind.END);
      return new Node.Set(target, value);
    }
    tokens.expect(Token.Kind.END);
    Node body = bodyUpTo("endset");
    return new Node.SetBlock(target, body);
  }

  private Node.Target target() {
    List<Node.Target> targets = new ArrayList<>();
    boolean bracketed = tokens.skip("(");
    do {
      String name = tokens.expect(Token.Kind.NAME).text();
      targets.add(
          tokens.skip(".")
              ? new Node.Target.Field(name, tokens.expect(Token.Kind.NAME).text())
              : new Node.Target.Name(name));
    } while (tokens.skip(","));
    if (bracketed) {
      tokens.expect(")");
    }
    return targets.size() == 1 ? targets.get(0) : new Node.Target.Several(targets);
  }

  private Node macro() {
    String name = tokens.expect(Token.Kind.NAME).text();
    Map<String, Optional<Expression>> parameters = new LinkedHashMap<>();
    tokens.expect("(");
    tokens.readList(
        ")",
        () -> {
          String parameter = tokens.expect(Token.Kind.NAME).text();
          Expression otherwise = tokens.skip("=") ? expressions.expression() : null;
          parameters.put(parameter, Optional.ofNullable(otherwise));
        });
    tokens.expect(Token.Kind.END);
    Node body = bodyUpTo("endmacro");
    return new Node.Macro(name, parameters, body);
  }

  /** What comes after the tag of that name: an else part, if it is {@code else}, or nothing. */
  private Node elsePart(String tag, String end) {
    tokens.expect(Token.Kind.END);
    return tag.equals("else") ? bodyUpTo(end) : new Node.Block(List.of());
  }

  private Node bodyUpTo(String end) {
    Node body = block(Set.of(end));
    tokens.next();
    tokens.expectName(end);
    tokens.expect(Token.Kind.END);
    return body;
  }
}
