package org.r1zero.experiment.dashboard;

import io.javalin.http.sse.SseClient;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * A page that is notified of runs by a thread of its own: one that stops reading keeps no other
 * waiting. Only the newest list waits for it, since that says all.
 */
final class PageListener implements AutoCloseable {
  private final SseClient client;
  private final BlockingQueue<String> next = new ArrayBlockingQueue<>(1);
  private final Thread sender;

  PageListener(SseClient client) {
    this.client = client;
    this.sender = new Thread(this::send, "dashboard-listener");
    sender.setDaemon(true);
    sender.start();
  }

  /** Takes a list in the place of one that was not sent yet. */
  synchronized void tell(String list) {
    next.clear();
    next.add(list);
  }

  private void send() {
    try {
      while (!client.terminated()) {
        client.sendEvent("runs", next.take());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closed
    }
  }

  @Override
  public void close() {
    sender.interrupt();
  }
}
