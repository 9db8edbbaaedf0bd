package io.headwater.model.runtime;

import java.util.Optional;

/**
 * The version in force, leased by those who score with it.
 *
 * <p>A retired version is closed when its last lease ends: closing a session while it runs crashes
 * the JVM.
 */
public final class LiveModel implements AutoCloseable {
  /** A version that stays open until the lease is closed. */
  public interface Lease extends AutoCloseable {
    LoadedModel model();

    @Override
    void close();
  }

  /** A lease on the version in force, or empty before the first. */
  public Optional<Lease> acquire() {
    throw new UnsupportedOperationException("not written");
  }

  /** The version in force, or empty before the first. */
  public Optional<String> version() {
    throw new UnsupportedOperationException("not written");
  }

  /** Puts a version in force and retires the one before. */
  public void swap(LoadedModel next) {
    throw new UnsupportedOperationException("not written");
  }

  /** Retires the version in force; no lease is given from then on. */
  @Override
  public void close() {
    throw new UnsupportedOperationException("not written");
  }
}
