package org.r1zero.experiment.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.r1zero.experiment.metrics.Signals;

/**
 * SIGINT and SIGTERM as a wish to end: the step under way is finished and saved. A second signal
 * ends the process at once.
 *
 * <p>Shutdown hooks would not do: all of them run at the same time, so the sandboxes that the step
 * under way still needs would be ended by theirs.
 */
final class StopSignal implements AutoCloseable {
  private static final Map<String, Integer> NUMBERS = Map.of("INT", 2, "TERM", 15);

  private final Consumer<String> say;
  private final List<Runnable> before = new ArrayList<>();
  private volatile @Nullable String received;

  private StopSignal(Consumer<String> say) {
    this.say = say;
  }

  /** Listens from now on. */
  static StopSignal install(Consumer<String> say) {
    StopSignal stop = new StopSignal(say);
    NUMBERS
        .keySet()
        .forEach(name -> stop.before.add(Signals.handle(name, () -> stop.received(name))));
    return stop;
  }

  private void received(String name) {
    if (received != null) {
      Runtime.getRuntime().halt(128 + number(name));
    }
    received = name;
    say.accept(
        String.format(
            "SIG%s: finishing and saving this step; %s to quit now",
            name, name.equals("INT") ? "press Ctrl-C again" : "send it again"));
  }

  boolean requested() {
    return received != null;
  }

  /**
   * Ends an evaluation, which has nothing to save.
   *
   * @throws StoppedException if a signal came
   */
  void check() {
    if (requested()) {
      throw stopped();
    }
  }

  StoppedException stopped() {
    String name = String.valueOf(received);
    return new StoppedException("stopped by SIG" + name, 128 + number(name));
  }

  private static int number(String name) {
    return NUMBERS.getOrDefault(name, 0);
  }

  /** Signals do again what they did before. */
  @Override
  public void close() {
    before.forEach(Runnable::run);
  }
}
