package org.r1zero.verify.code;

import static org.r1zero.verify.code.PythonLiterals.valid;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.r1zero.verify.code.TestReport.Status;
import org.r1zero.verify.records.Records;

/**
 * Calls of a Java method: what is compiled and run in the sandbox, and what its output means.
 *
 * <p>A driver beside the program (the resource R1zeroCalls.java) gets the arguments and prints what
 * the method returns. Results are compared here: nothing that is expected goes into the sandbox, so
 * a program that prints in the driver's place has to print right values all the same.
 */
final class JavaCalls {

  static final String DRIVER = "R1zeroCalls";

  private static final String MARK = "\u0001r1zero ";
  private static final Pattern NAME = Pattern.compile("[A-Za-z_$][\\w$]*+");
  private final List<CodeTests.Call> calls;
  private final boolean wrapped;
  private final String method;
  private final String source;
  private final String types;

  /**
   * Prepares the calls of one program.
   *
   * @param code the completion's program: whole, a method alone, or what goes on where the prompt
   *     ends
   */
  JavaCalls(CodeTask task, CodeTests.Calls tests, String code) {
    this.calls = tests.calls();
    this.wrapped = tests.wrapped();
    List<String> names = new ArrayList<>();
    Matcher name = NAME.matcher(task.entryPoint().orElse(""));
    while (name.find()) {
      if (!name.group().equals("new")) {
        names.add(name.group());
      }
    }
    if (names.isEmpty()) {
      throw task.problem().fault("calls in Java need the field entry_point, such as Solution.add");
    }
    this.method = names.get(names.size() - 1);
    this.source = whole(task.prompt(), code);
    List<String> found =
        JavaOutline.of(source).types().stream().map(JavaOutline.Type::name).toList();
    this.types = names.size() > 1 ? names.get(names.size() - 2) : String.join(",", found);
  }

  private String whole(String prompt, String code) {
    boolean defined = Pattern.compile("[\\w>\\]]\\s+" + method + "\\s*\\(").matcher(code).find();
    String program = defined || prompt.isBlank() ? code : prompt + "\n" + code;
    long open = program.chars().filter(c -> c == '{').count();
    long closed = program.chars().filter(c -> c == '}').count();
    program += "}".repeat((int) Math.max(0, Math.min(3, defined ? 0 : open - closed)));
    JavaOutline outline = JavaOutline.of(program);
    if (!outline.types().isEmpty()) {
      return program;
    }
    int members = outline.importsEnd();
    return "import java.util.*;\n"
        + program.substring(0, members)
        + "\nclass Solution {\n"
        + program.substring(members)
        + "\n}\n";
  }

  /** The program. */
  String source() {
    return source;
  }

  /** The driver's arguments. */
  List<String> arguments() {
    return List.of(types.isEmpty() ? "Solution" : types, method);
  }

  /** The arguments of all calls, a line each. */
  String input() {
    StringBuilder lines = new StringBuilder();
    calls.forEach(call -> lines.append(valid(call.arguments().toString())).append('\n'));
    return lines.toString();
  }

  static String driver() {
    try (InputStream in = JavaCalls.class.getResourceAsStream(DRIVER + ".java")) {
      if (in == null) {
        throw new IllegalStateException("the resource " + DRIVER + ".java is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * What the driver's output says.
   *
   * @param ended why the program ended early; empty where it did not
   */
  TestReport report(String output, Status status, String ended) {
    @Nullable String[] results = new String[calls.size()];
    for (String line : (Iterable<String>) output.lines()::iterator) {
      int space = line.indexOf(' ', MARK.length());
      if (line.startsWith(MARK) && space > 0) {
        number(line.substring(MARK.length(), space))
            .filter(index -> index < results.length)
            .ifPresent(index -> results[index] = line.substring(space + 1));
      }
    }
    int passed = 0;
    String reason = "";
    for (int i = 0; i < results.length; i++) {
      JsonNode expected = calls.get(i).expected();
      String fault = fault(results[i], expected, ended);
      if (wrapped && !fault.isEmpty() && fault(results[i], expected.path(0), ended).isEmpty()) {
        fault = "";
      }
      passed += fault.isEmpty() ? 1 : 0;
      reason = reason.isEmpty() && !fault.isEmpty() ? "call " + (i + 1) + ": " + fault : reason;
    }
    return reason.isEmpty() && status == Status.PASSED
        ? new TestReport(Status.PASSED, passed, results.length, "passes all tests")
        : new TestReport(
            status == Status.PASSED ? Status.FAILED : status,
            passed,
            results.length,
            reason.isEmpty() ? "the program " + ended : reason);
  }

  private static Optional<Integer> number(String digits) {
    return digits.matches("\\d{1,6}") ? Optional.of(Integer.parseInt(digits)) : Optional.empty();
  }

  private static String fault(@Nullable String result, JsonNode expected, String ended) {
    if (result == null) {
      return "no result: the program " + (ended.isEmpty() ? "ended early" : ended);
    }
    if (!result.startsWith("v ")) {
      return "raised " + shown(result.substring(Math.min(2, result.length())));
    }
    try {
      JsonNode value = PythonLiterals.JSON.readTree(result.substring(2));
      return equal(expected, value)
          ? ""
          : "expected " + shown(expected.toString()) + ", returned " + shown(result.substring(2));
    } catch (JsonProcessingException e) {
      return "a result that can't be read";
    }
  }

  /** A decimal fraction is met within 1e-6, a whole number by itself alone; judge.py's same(). */
  static boolean equal(JsonNode expected, JsonNode value) {
    if (expected.isNumber() && value.isNumber()) {
      return OutputComparison.near(
          expected.decimalValue(), value.decimalValue(), !expected.isIntegralNumber());
    }
    if (expected.isArray() && value.isArray() && expected.size() == value.size()) {
      for (int i = 0; i < expected.size(); i++) {
        if (!equal(expected.path(i), value.path(i))) {
          return false;
        }
      }
      return true;
    }
    if (expected.isObject() && value.isObject() && expected.size() == value.size()) {
      for (String name : (Iterable<String>) expected::fieldNames) {
        if (!value.has(name) || !equal(expected.path(name), value.path(name))) {
          return false;
        }
      }
      return true;
    }
    return expected.equals(value);
  }

  private static String shown(String text) {
    return Records.shortened(text, 80, "…");
  }
}
