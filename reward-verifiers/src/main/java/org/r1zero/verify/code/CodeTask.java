package org.r1zero.verify.code;

import java.util.Optional;
import org.r1zero.verify.Problem;

/**
 * What a problem says of the programs that solve it.
 *
 * @param problem whose faults messages name
 * @param language what the program has to be written in
 * @param prompt the text that a completion may continue, such as a function's head
 * @param entryPoint the function under test, or an expression such as {@code Solution().twoSum}
 * @param tests what it has to pass
 */
record CodeTask(
    Problem problem,
    Language language,
    String prompt,
    Optional<String> entryPoint,
    CodeTests tests) {}
