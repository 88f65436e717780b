package org.r1zero.verify.code;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** The tests of one problem. */
sealed interface CodeTests {

  /**
   * Test code in the program's language, as in HumanEval and MBPP.
   *
   * @param sources run in order; a function {@code check(candidate)} among them is called, and so
   *     are functions named {@code test…} and classes of unittest
   */
  record Asserts(List<String> sources) implements CodeTests {}

  /**
   * Calls of the entry point.
   *
   * @param wrapped whether each expected result stands in an array of its own, as APPS may write
   *     it: then either counts, the array or what is in it
   */
  record Calls(List<Call> calls, boolean wrapped) implements CodeTests {}

  /**
   * One call.
   *
   * @param arguments a JSON array
   * @param expected what it returns, as JSON
   */
  record Call(JsonNode arguments, JsonNode expected) {}

  /** Runs of the whole program. */
  record Runs(List<Run> runs) implements CodeTests {}

  /**
   * One run.
   *
   * @param input what stands on standard input
   * @param output what has to be on standard output
   */
  record Run(String input, String output) {}
}
