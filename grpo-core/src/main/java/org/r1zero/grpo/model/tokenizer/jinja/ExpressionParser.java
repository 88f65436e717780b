package org.r1zero.grpo.model.tokenizer.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Builds expressions, with the precedence of Jinja's own parser. */
final class ExpressionParser {
  private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");
  private static final Set<String> NO_TEST_ARGUMENT = Set.of("else", "or", "and", "is", "if", "in");
  private final TokenStream tokens;

  ExpressionParser(TokenStream tokens) {
    this.tokens = tokens;
  }

  /** An expression, or several with commas between. */
  Expression tuple() {
    return tupleOf(true);
  }

  /** The same where {@code if} does not belong to it: what a for loop goes over. */
  Expression tupleWithoutChoice() {
    return tupleOf(false);
  }

  private Expression tupleOf(boolean withChoice) {
    Expression first = withChoice ? expression() : or();
    if (!tokens.peek().is(Token.Kind.OPERATOR, ",")) {
      return first;
    }
    List<Expression> items = new ArrayList<>(List.of(first));
    while (tokens.skip(",")) {
      boolean ends =
          tokens.peek().kind() == Token.Kind.END || tokens.peek().is(Token.Kind.OPERATOR, ")");
      if (!ends) {
        items.add(withChoice ? expression() : or());
      }
    }
    return new Expression.Items(items);
  }

  Expression expression() {
    Expression value = or();
    while (tokens.skipName("if")) {
      Expression condition = or();
      Optional<Expression> otherwise =
          tokens.skipName("else") ? Optional.of(expression()) : Optional.empty();
      value = new Expression.Choice(value, condition, otherwise);
    }
    return value;
  }

  private Expression or() {
    Expression left = and();
    while (tokens.skipName("or")) {
      left = new Expression.Logical(false, left, and());
    }
    return left;
  }

  private Expression and() {
    Expression left = not();
    while (tokens.skipName("and")) {
      left = new Expression.Logical(true, left, not());
    }
    return left;
  }

  private Expression not() {
    return tokens.skipName("not") ? new Expression.Not(not()) : comparison();
  }

  private Expression comparison() {
    Expression first = sum();
    List<String> operators = new ArrayList<>();
    List<Expression> others = new ArrayList<>();
    while (true) {
      Token token = tokens.peek();
      if (token.kind() == Token.Kind.OPERATOR && COMPARISONS.contains(token.text())) {
        operators.add(tokens.next().text());
      } else if (tokens.skipName("in")) {
        operators.add("in");
      } else if (tokens.atName("not") && tokens.peek(1).is(Token.Kind.NAME, "in")) {
        tokens.next();
        tokens.next();
        operators.add("not in");
      } else {
        break;
      }
      others.add(sum());
    }
    return operators.isEmpty() ? first : new Expression.Comparison(first, operators, others);
  }

  private Expression sum() {
    return binary(Set.of("+", "-"), this::concatenation);
  }

  private Expression concatenation() {
    return binary(Set.of("~"), this::product);
  }

  private Expression product() {
    return binary(Set.of("*", "/", "//", "%"), this::power);
  }

  private Expression power() {
    return binary(Set.of("**"), () -> unary(true));
  }

  /** Operands with operators between, grouped from the left. */
  private Expression binary(Set<String> operators, Supplier<Expression> operand) {
    Expression left = operand.get();
    while (tokens.peek().kind() == Token.Kind.OPERATOR
        && operators.contains(tokens.peek().text())) {
      left = new Expression.Binary(tokens.next().text(), left, operand.get());
    }
    return left;
  }

  private Expression unary(boolean withFilters) {
    Expression value;
    if (tokens.skip("-")) {
      value = new Expression.Negative(unary(false));
    } else if (tokens.skip("+")) {
      value = unary(false);
    } else {
      value = postfix(primary());
    }
    return withFilters ? filtersAndTests(value) : value;
  }

  private Expression primary() {
    Token token = tokens.next();
    return switch (token.kind()) {
      case NAME ->
          switch (token.text()) {
            case "true", "True" -> new Expression.Literal(true);
            case "false", "False" -> new Expression.Literal(false);
            case "none", "None" -> new Expression.Literal(None.NONE);
            default -> new Expression.Name(token.text());
          };
      case STRING -> {
        StringBuilder text = new StringBuilder(token.text());
        while (tokens.peek().kind() == Token.Kind.STRING) {
          text.append(tokens.next().text());
        }
        yield new Expression.Literal(text.toString());
      }
      case INTEGER -> new Expression.Literal(Long.parseLong(token.text()));
      case FLOAT -> new Expression.Literal(Double.parseDouble(token.text()));
      case OPERATOR ->
          switch (token.text()) {
            case "(" -> bracketed();
            case "[" -> new Expression.Items(items("]"));
            case "{" -> dict();
            default -> throw unexpected(token);
          };
      default -> throw unexpected(token);
    };
  }

  private static JinjaException unexpected(Token token) {
    return new JinjaException(
        "line " + token.line() + ": expected an expression, found '" + token.text() + "'");
  }

  private Expression bracketed() {
    if (tokens.skip(")")) {
      return new Expression.Items(List.of());
    }
    Expression inner = tuple();
    tokens.expect(")");
    return inner;
  }

  private List<Expression> items(String end) {
    List<Expression> items = new ArrayList<>();
    tokens.readList(end, () -> items.add(expression()));
    return items;
  }

  private Expression dict() {
    List<Expression> keys = new ArrayList<>();
    List<Expression> values = new ArrayList<>();
    tokens.readList(
        "}",
        () -> {
          keys.add(expression());
          tokens.expect(":");
          values.add(expression());
        });
    return new Expression.Dict(keys, values);
  }

  private Expression postfix(Expression start) {
    Expression value = start;
    while (true) {
      if (tokens.skip(".")) {
        Token field = tokens.next();
        if (field.kind() == Token.Kind.INTEGER) {
          value = new Expression.Item(value, new Expression.Literal(Long.parseLong(field.text())));
        } else if (field.kind() == Token.Kind.NAME) {
          value = new Expression.Attribute(value, field.text());
        } else {
          throw unexpected(field);
        }
      } else if (tokens.skip("[")) {
        value = subscript(value);
      } else if (tokens.skip("(")) {
        value = new Expression.Invoke(value, call());
      } else {
        return value;
      }
    }
  }

  private Expression subscript(Expression object) {
    List<Optional<Expression>> parts = new ArrayList<>();
    boolean slice = false;
    while (true) {
      boolean empty =
          tokens.peek().is(Token.Kind.OPERATOR, ":") || tokens.peek().is(Token.Kind.OPERATOR, "]");
      parts.add(empty ? Optional.empty() : Optional.of(expression()));
      if (!tokens.skip(":")) {
        break;
      }
      slice = true;
    }
    tokens.expect("]");
    if (parts.size() > 3 || (!slice && parts.get(0).isEmpty())) {
      throw tokens.unexpected();
    }
    if (!slice) {
      return new Expression.Item(object, parts.get(0).orElseThrow());
    }
    Optional<Expression> step = parts.size() == 3 ? parts.get(2) : Optional.empty();
    return new Expression.Slice(object, parts.get(0), parts.get(1), step);
  }

  /** Arguments after their opening bracket. */
  private Expression.Call call() {
    List<Expression> positional = new ArrayList<>();
    Map<String, Expression> named = new LinkedHashMap<>();
    tokens.readList(
        ")",
        () -> {
          if (tokens.peek().kind() == Token.Kind.NAME
              && tokens.peek(1).is(Token.Kind.OPERATOR, "=")) {
            String name = tokens.next().text();
            tokens.expect("=");
            named.put(name, expression());
          } else {
            positional.add(expression());
          }
        });
    return new Expression.Call(positional, named);
  }

  private Expression filtersAndTests(Expression start) {
    Expression value = start;
    while (true) {
      if (tokens.skip("|")) {
        Token name = tokens.expect(Token.Kind.NAME);
        Filters.requireKnown(name);
        Expression.Call call = tokens.skip("(") ? call() : Expression.Call.EMPTY;
        value = new Expression.Filter(value, name.text(), call);
      } else if (tokens.skipName("is")) {
        value = test(value);
      } else if (tokens.skip("(")) {
        value = new Expression.Invoke(value, call());
      } else {
        return value;
      }
    }
  }

  private Expression test(Expression value) {
    boolean negated = tokens.skipName("not");
    Token name = tokens.expect(Token.Kind.NAME);
    Tests.requireKnown(name);
    Expression.Call call = Expression.Call.EMPTY;
    Token next = tokens.peek();
    if (tokens.skip("(")) {
      call = call();
    } else if (startsArgument(next)) {
      call = new Expression.Call(List.of(postfix(primary())), Map.of());
    }
    Expression test = new Expression.Test(value, name.text(), call);
    return negated ? new Expression.Not(test) : test;
  }

  private static boolean startsArgument(Token token) {
    return switch (token.kind()) {
      case NAME -> !NO_TEST_ARGUMENT.contains(token.text()) && !token.text().equals("not");
      case STRING, INTEGER, FLOAT -> true;
      case OPERATOR -> token.text().equals("[") || token.text().equals("{");
      default -> false;
    };
  }
}
