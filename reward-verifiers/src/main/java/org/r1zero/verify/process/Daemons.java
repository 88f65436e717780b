package org.r1zero.verify.process;

import java.util.concurrent.ThreadFactory;

/** Threads that do not keep the process alive. */
public final class Daemons {
  private Daemons() {}

  /** A thread that is still to be started. */
  public static Thread of(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }

  /** For executors; all threads have the same name. */
  public static ThreadFactory named(String name) {
    return work -> of(name, work);
  }
}
