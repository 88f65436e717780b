package org.r1zero.experiment.metrics;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;

/**
 * Signals of the system. {@code sun.misc.Signal} has been in every JDK and is exported to all (JEP
 * 260), but the compiler warns about it in a way that can't be switched off; so it is called by
 * reflection.
 */
public final class Signals {
  private Signals() {}

  /**
   * Has something run when a signal comes, in a thread of the JVM's own.
   *
   * @param name such as {@code INT}
   * @return sets what was done before
   * @throws IllegalStateException if this JVM gives no access to the signal
   */
  public static Runnable handle(String name, Runnable action) {
    InvocationHandler ours =
        (proxy, method, arguments) ->
            switch (method.getName()) {
              case "handle" -> {
                action.run();
                yield null;
              }
              case "equals" -> proxy == arguments[0];
              case "hashCode" -> System.identityHashCode(proxy);
              default -> "handler of " + name;
            };
    try {
      Class<?> type = Class.forName("sun.misc.SignalHandler");
      Object handler =
          Proxy.newProxyInstance(Signals.class.getClassLoader(), new Class<?>[] {type}, ours);
      Object before = set(name, handler);
      return () -> set(name, before);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("this JVM gives no access to signals", e);
    }
  }

  /** Sets a signal's handler and returns the one before. */
  private static Object set(String name, Object handler) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> type = Class.forName("sun.misc.SignalHandler");
      Object which = signal.getConstructor(String.class).newInstance(name);
      return signal.getMethod("handle", signal, type).invoke(null, which, handler);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this JVM gives no access to signal " + name, e);
    }
  }
}
