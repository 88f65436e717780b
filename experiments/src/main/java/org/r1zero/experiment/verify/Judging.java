package org.r1zero.experiment.verify;

import java.util.concurrent.Future;
import org.r1zero.verify.Verdict;

/** Where a file's records are judged. For one thread. */
interface Judging extends AutoCloseable {

  /** Hands a record in. */
  Future<Verdict> submit(AnswerRecord answer);

  /** So many may be handed in before the first of them is waited for. */
  int inLine();

  /** All that was handed in is judged now. */
  default void flush() {}

  @Override
  void close();
}
