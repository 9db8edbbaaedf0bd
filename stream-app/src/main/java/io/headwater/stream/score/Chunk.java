package io.headwater.stream.score;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Events that are decided together, by whichever thread comes to them first: one that works ahead,
 * or the stream thread that needs them.
 *
 * <p>{@link #work} may be called from anywhere, all else is the stream thread's.
 */
final class Chunk {
  /**
   * What deciding the events took.
   *
   * @param by the versions that scored them
   * @param bytes that their features held
   */
  record Spent(Object by, int events, long nanos, long bytes) {}

  private final FutureTask<Spent> task;
  private volatile boolean begun;
  private boolean taken;

  Chunk(Callable<Spent> task) {
    this.task = new FutureTask<>(task);
  }

  /** Decides the events unless another thread did or does so. */
  void work() {
    begun = true;
    task.run();
  }

  /** Whether another thread is at it. */
  boolean isUnderWay() {
    return begun && !task.isDone();
  }

  /** Whether {@link #take} has returned before. */
  boolean isTaken() {
    return taken;
  }

  /**
   * Sees to it that the events are decided.
   *
   * @throws RuntimeException what deciding them threw, wherever that was; an {@link Error} likewise
   */
  Spent take() {
    work();
    try {
      Spent spent = task.get();
      taken = true;
      return spent;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException("deciding a chunk throws nothing checked", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a chunk was decided", e);
    }
  }
}
