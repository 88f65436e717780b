package org.r1zero.verify.code;

import java.util.Optional;

/**
 * What a problem says of the programs that solve it.
 *
 * @param id the problem's name, for messages
 * @param language what the program has to be written in
 * @param prompt the text that a completion may continue, such as a function's head
 * @param entryPoint the function under test, or an expression such as {@code Solution().twoSum}
 * @param tests what it has to pass
 */
record CodeTask(
    String id, Language language, String prompt, Optional<String> entryPoint, CodeTests tests) {

  /** A fault of the data set. */
  IllegalArgumentException fault(String message) {
    return new IllegalArgumentException("problem " + id + ": " + message);
  }
}
