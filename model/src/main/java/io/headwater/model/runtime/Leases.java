package io.headwater.model.runtime;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Counts the users of the one thing in force, and ends each thing once, after its last user.
 *
 * <p>Safe for use by several threads. A thing is ended on the thread that retires it or that closes
 * its last lease, outside the lock.
 */
public final class Leases<T> implements AutoCloseable {
  /** The right to use one thing until closed; closing twice counts once. */
  public final class Lease implements AutoCloseable {
    private final Slot<T> slot;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Lease(Slot<T> slot) {
      this.slot = slot;
    }

    /** The thing, until the lease is closed. */
    public T get() {
      if (closed.get()) {
        throw new IllegalStateException("the lease is closed");
      }
      return slot.thing;
    }

    @Override
    public void close() {
      if (closed.compareAndSet(false, true)) {
        release(slot);
      }
    }
  }

  private static final class Slot<T> {
    final T thing;

    /** Leases on it, and one more while it is in force. */
    int users = 1;

    Slot(T thing) {
      this.thing = thing;
    }
  }

  private final Object lock = new Object();
  private final Consumer<T> end;
  private @Nullable Slot<T> current;
  private boolean closed;

  /**
   * Nothing is in force at first.
   *
   * @param end ends a thing; called once for each
   */
  public Leases(Consumer<T> end) {
    this.end = end;
  }

  /** A lease on what is in force, or empty before the first and after {@link #close}. */
  public Optional<Lease> acquire() {
    synchronized (lock) {
      if (current == null) {
        return Optional.empty();
      }
      current.users++;
      return Optional.of(new Lease(current));
    }
  }

  /** What is in force; it may end at any time. */
  public Optional<T> peek() {
    synchronized (lock) {
      return current == null ? Optional.empty() : Optional.of(current.thing);
    }
  }

  /**
   * Puts a thing in force and retires the one before. After {@link #close} it is ended at once, so
   * that a loader which comes late leaks nothing.
   *
   * @throws IllegalArgumentException for the very object that is in force
   */
  public void swap(T next) {
    Slot<T> retired;
    synchronized (lock) {
      if (current != null && current.thing == next) {
        throw new IllegalArgumentException("it is in force already");
      }
      Slot<T> slot = new Slot<>(next);
      if (closed) {
        retired = slot;
      } else {
        retired = current;
        current = slot;
      }
    }
    release(retired);
  }

  /** Retires what is in force; no lease is given from then on. Waits for no lease. */
  @Override
  public void close() {
    Slot<T> retired;
    synchronized (lock) {
      closed = true;
      retired = current;
      current = null;
    }
    release(retired);
  }

  private void release(@Nullable Slot<T> slot) {
    if (slot == null) {
      return;
    }
    boolean last;
    synchronized (lock) {
      last = --slot.users == 0;
    }
    if (last) {
      end.accept(slot.thing);
    }
  }
}
