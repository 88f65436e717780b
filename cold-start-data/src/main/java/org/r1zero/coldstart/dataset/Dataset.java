package org.r1zero.coldstart.dataset;

import java.util.List;
import org.r1zero.verify.Problem;

/**
 * Problems to train on, and others to evaluate on: no problem is in both.
 *
 * @param name such as {@code gsm8k}
 * @param train for training
 * @param heldOut for evaluation only
 */
public record Dataset(String name, List<Problem> train, List<Problem> heldOut) {

  /** Fixes the lists. */
  public Dataset {
    train = List.copyOf(train);
    heldOut = List.copyOf(heldOut);
  }
}
