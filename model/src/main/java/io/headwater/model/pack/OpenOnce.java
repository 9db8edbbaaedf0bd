package io.headwater.model.pack;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Resources that are opened once for all who open equal ones, and closed with the last of these.
 *
 * <p>Safe for use by several threads. Who closes what was opened must not use it after that.
 *
 * @param <K> what tells equal resources, such as a digest
 * @param <V> the resource
 */
public final class OpenOnce<K, V> {
  private final class Shared {
    int openers;
    @Nullable V resource;
  }

  /** One opener's hold on a resource. */
  public final class Hold implements AutoCloseable {
    private final K key;
    private final V resource;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Hold(K key, V resource) {
      this.key = key;
      this.resource = resource;
    }

    public V get() {
      return resource;
    }

    /** Ends the hold, and the resource with the last one; closing twice counts once. */
    @Override
    public void close() {
      if (closed.compareAndSet(false, true)) {
        release(key);
      }
    }
  }

  private final Map<K, Shared> open = new HashMap<>();
  private final Consumer<V> end;

  /**
   * Makes an empty set of resources.
   *
   * @param end closes a resource that nobody holds any more
   */
  public OpenOnce(Consumer<V> end) {
    this.end = end;
  }

  /**
   * Opens a resource.
   *
   * @param create asked only where no equal one is open; what it throws goes to the caller, and the
   *     next who opens asks again
   */
  public Hold open(K key, Supplier<? extends V> create) {
    Shared shared;
    synchronized (open) {
      shared = open.computeIfAbsent(key, absent -> new Shared());
      shared.openers++;
    }
    boolean opened = false;
    try {
      // Others that open an equal one wait here; those of other keys don't.
      synchronized (shared) {
        V resource = shared.resource;
        if (resource == null) {
          resource = create.get();
          shared.resource = resource;
        }
        opened = true;
        return new Hold(key, resource);
      }
    } finally {
      if (!opened) {
        release(key);
      }
    }
  }

  /** How many resources are open, or being opened. */
  public int size() {
    synchronized (open) {
      return open.size();
    }
  }

  private void release(K key) {
    V unused = null;
    synchronized (open) {
      Shared shared = open.get(key);
      if (shared != null && --shared.openers == 0) {
        open.remove(key);
        unused = shared.resource;
      }
    }
    if (unused != null) {
      end.accept(unused);
    }
  }
}
