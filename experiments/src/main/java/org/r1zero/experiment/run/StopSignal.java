package org.r1zero.experiment.run;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.r1zero.experiment.metrics.Progress;

/**
 * SIGINT and SIGTERM as a wish to end: the step under way is finished and saved. A second signal
 * ends the process at once.
 *
 * <p>Shutdown hooks would not do: all of them run at the same time, so the sandboxes that the step
 * under way still needs would be ended by theirs.
 */
final class StopSignal implements AutoCloseable {
  private static final Map<String, Integer> NUMBERS = Map.of("INT", 2, "TERM", 15);

  private final Progress progress;
  private final Map<String, Object> before = new TreeMap<>();
  private volatile @Nullable String received;

  private StopSignal(Progress progress) {
    this.progress = progress;
  }

  /** Listens from now on. */
  static StopSignal install(Progress progress) {
    StopSignal stop = new StopSignal(progress);
    NUMBERS.keySet().forEach(name -> stop.before.put(name, handle(name, stop.handler(name))));
    return stop;
  }

  private void received(String name) {
    if (received != null) {
      Runtime.getRuntime().halt(128 + number(name));
    }
    received = name;
    progress.say(
        "SIG"
            + name
            + ": the step under way will be finished and saved; a second signal ends at once");
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

  /**
   * {@code sun.misc.Signal} has been in every JDK and is exported to all (JEP 260), but the
   * compiler warns of it in a way that can't be switched off; so it is called by reflection.
   */
  private Object handler(String name) {
    InvocationHandler ours =
        (proxy, method, arguments) ->
            switch (method.getName()) {
              case "handle" -> {
                received(name);
                yield null;
              }
              case "equals" -> proxy == arguments[0];
              case "hashCode" -> System.identityHashCode(proxy);
              default -> "handler of " + name;
            };
    try {
      Class<?> type = Class.forName("sun.misc.SignalHandler");
      return Proxy.newProxyInstance(StopSignal.class.getClassLoader(), new Class<?>[] {type}, ours);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("this JVM gives no access to signals", e);
    }
  }

  /** Sets a signal's handler and returns the one before. */
  private static Object handle(String name, Object handler) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> type = Class.forName("sun.misc.SignalHandler");
      Object which = signal.getConstructor(String.class).newInstance(name);
      return signal.getMethod("handle", signal, type).invoke(null, which, handler);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this JVM gives no access to signals", e);
    }
  }

  /** Signals do again what they did before. */
  @Override
  public void close() {
    before.forEach(StopSignal::handle);
  }
}
