package org.r1zero.verify.code;

/** Runs programs of one language against tests. Thread-safe. */
sealed interface CodeRunner extends AutoCloseable permits PythonRunner, JavaRunner {

  /**
   * Runs one program; ends within the configured time whatever the program does.
   *
   * @param code the program, hostile
   * @param scoring {@link Scoring#ALL} stops at the first failure
   * @throws IllegalArgumentException if the tests can't be run: a fault of the data set
   */
  TestReport run(CodeTask task, String code, Scoring scoring);

  @Override
  void close();
}
