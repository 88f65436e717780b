package org.r1zero.rollout;

import java.util.Optional;
import org.r1zero.verify.Problem;
import org.r1zero.verify.environment.Environment;
import org.r1zero.verify.environment.EnvironmentFactory;

/** Where a run's problems come from: an endless sequence. */
public interface ProblemSource {

  /**
   * The problem at a place: a pure function of this source and the place, so that a resumed run
   * sees the same.
   *
   * @param place counts from 0
   */
  Problem problemAt(long place);

  /**
   * Begins the conversation that a rollout of a problem is.
   *
   * @param seed decides all that is random in it
   * @return empty where the model has one turn
   */
  default Optional<Environment> converse(Problem problem, long seed) {
    return Optional.empty();
  }

  /** The same problems, put in an environment. */
  default ProblemSource in(EnvironmentFactory environments) {
    ProblemSource plain = this;
    return new ProblemSource() {
      @Override
      public Problem problemAt(long place) {
        return plain.problemAt(place);
      }

      @Override
      public Optional<Environment> converse(Problem problem, long seed) {
        return Optional.of(environments.begin(problem, seed));
      }
    };
  }
}
