package io.headwater.trainer;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.ObjIntConsumer;

/** Runs pieces of a model's work on two threads and hands their results over in order. */
final class Workers {
  private static final int COUNT = 2;

  private Workers() {}

  /**
   * Runs pieces; when this returns or throws, none is running.
   *
   * @param each takes each result with its place, on the calling thread
   * @throws IllegalStateException where a piece failed or the thread was interrupted
   */
  static <T> void run(List<Callable<T>> pieces, ObjIntConsumer<T> each) {
    ExecutorService workers = Executors.newFixedThreadPool(COUNT);
    try {
      List<Future<T>> results = new ArrayList<>();
      pieces.forEach(piece -> results.add(workers.submit(piece)));
      for (int i = 0; i < results.size(); i++) {
        each.accept(results.get(i).get(), i);
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("the backbone failed: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the backbone ran", e);
    } finally {
      drain(workers);
    }
  }

  /** Waits until no worker runs the model, which is closed next. */
  private static void drain(ExecutorService workers) {
    workers.shutdownNow();
    boolean interrupted = false;
    while (!workers.isTerminated()) {
      try {
        if (workers.awaitTermination(1, TimeUnit.SECONDS)) {
          break;
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
