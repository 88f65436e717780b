package org.r1zero.rollout.worker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.r1zero.verify.process.Daemons;

/**
 * Where the learners of an update meet: each tells where the others reach it and hears the same of
 * all. Later it delivers the sums that it has, straight into the gradients.
 */
final class SumInbox implements AutoCloseable {
  private final LongVector gradients;
  private final int learners;
  private final Door door;
  private final byte[] secret = new byte[16];
  private final SortedMap<Integer, String> told = new TreeMap<>();
  private final BitSet there = new BitSet();
  private final Set<Link> open = new HashSet<>();
  private final Set<Thread> threads = new HashSet<>();
  private boolean closed;

  /**
   * Opens it.
   *
   * @param gradients are overwritten
   * @param limit how long a learner may be silent while it delivers
   */
  SumInbox(LongVector gradients, int learners, Duration limit) {
    this.gradients = gradients;
    this.learners = learners;
    new SecureRandom().nextBytes(secret);
    try {
      this.door = new Door(secret, limit);
    } catch (IOException e) {
      throw new UncheckedIOException("no port is free for the learners' sums: " + e, e);
    }
    start(this::accept);
  }

  /** That learners have to know. */
  byte[] secret() {
    return secret.clone();
  }

  int port() {
    return door.port();
  }

  private synchronized void start(Runnable work) {
    Thread thread = Daemons.of("learners-sums", work);
    threads.add(thread);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        Link link = door.next();
        if (link != null) {
          begin(link);
        }
      }
    } catch (IOException | InterruptedException e) {
      return; // it was closed
    }
  }

  private synchronized void begin(Link link) {
    if (closed || link.rank() < 0 || link.rank() >= learners) {
      link.close();
      return;
    }
    open.add(link);
    start(() -> take(link)); // what is started here is waited for
  }

  @SuppressWarnings("try") // closing is all that it is for
  private void take(Link link) {
    try (link) {
      List<String> all = meet(link.rank(), link.told());
      link.tell(all);
      for (Ring.Part part : Ring.sums(link.rank(), learners, gradients.size())) {
        link.receive(part.from(), part.to(), gradients::write);
      }
      synchronized (this) {
        there.set(link.rank());
      }
      link.send(1);
    } catch (IOException | InterruptedException e) {
      return; // it was lost, or has nothing to deliver: its task says why
    } finally {
      synchronized (this) {
        open.remove(link);
      }
    }
  }

  /** Waits until each has told something, whose first text is handed to all, by rank. */
  private synchronized List<String> meet(int rank, List<String> own)
      throws IOException, InterruptedException {
    told.put(rank, own.get(0));
    notifyAll();
    while (told.size() < learners && !closed) {
      wait();
    }
    if (closed) {
      throw new IOException("the update was ended");
    }
    return List.copyOf(told.values());
  }

  /** Whether all parts are there. */
  synchronized boolean isFull() {
    return there.cardinality() == learners;
  }

  /** Ends deliveries: afterwards nobody writes to the gradients. */
  @Override
  public void close() {
    Set<Thread> left;
    synchronized (this) {
      closed = true;
      notifyAll();
      open.forEach(Link::close);
      left = Set.copyOf(threads);
    }
    door.close();
    try {
      for (Thread thread : left) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
