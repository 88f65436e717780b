package org.r1zero.verify.math.read;

import java.util.ArrayList;
import java.util.List;
import org.r1zero.verify.math.expr.Expr;
import org.r1zero.verify.math.expr.Op;
import org.r1zero.verify.math.expr.ParseException;

/**
 * Reads an answer: lists, chains of relations and sets; {@link TermParser} reads what stands
 * between.
 *
 * <pre>
 * answer    = statement { separator statement }
 * statement = union { relation union }
 * union     = ratio { (∪ | ∩ | ∖) ratio }
 * ratio     = sum { ":" sum }
 * </pre>
 */
public final class AnswerParser {

  private final TokenStream in;
  private final TermParser terms;

  private AnswerParser(TokenStream in, ReadingRules rules) {
    this.in = in;
    this.terms = new TermParser(in, this, rules);
  }

  /** Reads the whole of {@code text}. */
  static Expr parse(String text, ReadingRules rules) throws ParseException {
    AnswerParser parser = new AnswerParser(new TokenStream(Lexer.tokens(text, rules)), rules);
    Expr answer = parser.list();
    if (!parser.in.nextIs(Token.Kind.END)) {
      throw new ParseException("unexpected " + parser.in.peek().text());
    }
    return answer;
  }

  /** Statements up to the end or to a bracket that closes; one alone is itself. */
  Expr list() throws ParseException {
    List<List<Expr>> groups = new ArrayList<>();
    List<Expr> current = new ArrayList<>();
    boolean commas = false;
    skipSeparators();
    while (!atEnd()) {
      addStatement(current, statement());
      boolean semicolon = false;
      boolean comma = false;
      while (in.nextIs(Token.Kind.SEPARATOR)) {
        boolean strong = in.take().text().equals(";");
        semicolon |= strong;
        comma |= !strong;
      }
      if (atEnd()) {
        break;
      }
      if (!semicolon && !comma) {
        throw new ParseException("unexpected " + in.peek().text());
      }
      if (semicolon) {
        groups.add(current);
        current = new ArrayList<>();
      }
      commas |= comma && !semicolon;
    }
    groups.add(current);
    List<Expr> items = new ArrayList<>();
    for (List<Expr> group : groups) {
      if (commas && groups.size() > 1 && group.size() > 1) {
        items.add(new Expr.Group(Expr.Shape.PARENTHESES, List.copyOf(group)));
      } else {
        items.addAll(group);
      }
    }
    if (items.isEmpty()) {
      throw new ParseException("nothing to read");
    }
    return items.size() == 1 ? items.get(0) : new Expr.Group(Expr.Shape.LIST, List.copyOf(items));
  }

  /** {@code k = 1, 2, 3} gives k several values. */
  private static void addStatement(List<Expr> items, Expr statement) {
    if (items.size() == 1
        && items.get(0) instanceof Expr.Chain chain
        && (chain.relations().get(chain.relations().size() - 1) == Expr.Relation.EQUAL
            || chain.relations().get(chain.relations().size() - 1) == Expr.Relation.IN)
        && !(statement instanceof Expr.Chain)) {
      List<Expr> sides = new ArrayList<>(chain.sides());
      Expr last = sides.remove(sides.size() - 1);
      List<Expr> values = new ArrayList<>();
      if (last instanceof Expr.Group group && group.shape() == Expr.Shape.LIST) {
        values.addAll(group.items());
      } else {
        values.add(last);
      }
      values.add(statement);
      sides.add(new Expr.Group(Expr.Shape.LIST, List.copyOf(values)));
      items.set(0, new Expr.Chain(List.copyOf(sides), chain.relations()));
    } else {
      items.add(statement);
    }
  }

  /** The items between two brackets, of which the first is taken; takes the second too. */
  List<Expr> items() throws ParseException {
    List<Expr> items = new ArrayList<>();
    skipSeparators();
    while (!atEnd()) {
      items.add(statement());
      if (!atEnd() && !in.nextIs(Token.Kind.SEPARATOR)) {
        throw new ParseException("unexpected " + in.peek().text());
      }
      skipSeparators();
    }
    return items;
  }

  Expr statement() throws ParseException {
    in.enter();
    List<Expr> sides = new ArrayList<>();
    List<Expr.Relation> relations = new ArrayList<>();
    // An equation broken into lines may start with its sign: "= 5". Another relation without its
    // left side, as "> 5", is not an answer.
    skipCells();
    if (!in.takeIf(Token.Kind.RELATION, Expr.Relation.EQUAL.name())) {
      in.takeIf(Token.Kind.RELATION, Expr.Relation.APPROXIMATELY.name());
    }
    skipCells();
    sides.add(union());
    skipCells();
    while (in.nextIs(Token.Kind.RELATION)) {
      Expr.Relation relation = Expr.Relation.valueOf(in.take().text());
      skipCells();
      relations.add(relation);
      sides.add(union());
      skipCells();
    }
    in.leave();
    return relations.isEmpty()
        ? sides.get(0)
        : new Expr.Chain(List.copyOf(sides), List.copyOf(relations));
  }

  private Expr union() throws ParseException {
    Expr left = ratio();
    while (in.nextIs(Token.Kind.OPERATOR)) {
      Op op =
          switch (in.peek().text()) {
            case "∪" -> Op.UNION;
            case "∩" -> Op.INTERSECTION;
            case "∖" -> Op.SET_MINUS;
            default -> Op.PLUS;
          };
      if (op == Op.PLUS) {
        break;
      }
      in.take();
      left = Expr.Call.of(op, left, ratio());
    }
    return left;
  }

  private Expr ratio() throws ParseException {
    Expr first = terms.sum();
    if (!in.nextIs(Token.Kind.OPERATOR, ":")) {
      return first;
    }
    List<Expr> parts = new ArrayList<>(List.of(first));
    while (in.takeIf(Token.Kind.OPERATOR, ":")) {
      if (in.nextIs(Token.Kind.RELATION)) {
        // "f : x = ..." and the like name something.
        throw new ParseException("a colon before a relation");
      }
      parts.add(terms.sum());
    }
    return new Expr.Call(Op.RATIO, List.copyOf(parts));
  }

  private boolean atEnd() {
    return in.nextIs(Token.Kind.END) || in.nextIs(Token.Kind.CLOSE);
  }

  private void skipSeparators() {
    while (in.nextIs(Token.Kind.SEPARATOR)) {
      in.take();
    }
  }

  /** Ampersands align the lines of an environment; outside of one they say nothing. */
  private void skipCells() {
    while (in.environments > 0 && in.nextIs(Token.Kind.CELL)) {
      in.take();
    }
  }
}
