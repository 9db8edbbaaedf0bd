package io.headwater.model.runtime;

import java.util.Optional;

/**
 * The version in force, leased by those who score with it.
 *
 * <p>A retired version is closed when its last lease ends: closing a session while it runs crashes
 * the JVM. Safe for use by several threads.
 */
public final class LiveModel implements AutoCloseable {
  /** A version that stays open until the lease is closed; closing it twice counts once. */
  public interface Lease extends AutoCloseable {
    LoadedModel model();

    @Override
    void close();
  }

  private record Held(Leases<LoadedModel>.Lease lease) implements Lease {
    @Override
    public LoadedModel model() {
      return lease.get();
    }

    @Override
    public void close() {
      lease.close();
    }
  }

  private final Leases<LoadedModel> leases = new Leases<>(LoadedModel::close);

  /** A lease on the version in force, or empty before the first and after {@link #close}. */
  public Optional<Lease> acquire() {
    return leases.acquire().map(Held::new);
  }

  /** The version in force, or empty before the first and after {@link #close}. */
  public Optional<String> version() {
    return leases.peek().map(LoadedModel::version);
  }

  /**
   * Puts a version in force and retires the one before. After {@link #close} the version is closed
   * at once, so a loader that comes late leaks nothing.
   *
   * @throws IllegalArgumentException for the very object that is in force
   */
  public void swap(LoadedModel next) {
    leases.swap(next);
  }

  /** Retires the version in force; no lease is given from then on. Waits for no lease. */
  @Override
  public void close() {
    leases.close();
  }
}
