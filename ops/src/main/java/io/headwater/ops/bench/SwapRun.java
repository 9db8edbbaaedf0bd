package io.headwater.ops.bench;

import io.headwater.model.pack.ModelPackage;
import io.headwater.ops.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * A scorer that is being fed, and gets new versions.
 *
 * <p>Used by one thread.
 */
final class SwapRun {
  private static final Duration SWAP_EVERY = Duration.ofSeconds(1);
  private static final Duration LOOK_EVERY = Duration.ofMillis(5);
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final Process scorer;
  private final Path log;
  private final Arrivals arrivals;
  private final Production production;
  private final Successors versions;
  private final List<String> published = new ArrayList<>();
  private final List<Double> residentKiB = new ArrayList<>();
  private int neverScored;
  private long bytes;

  /**
   * Puts the first version in force.
   *
   * @param log where the scorer says what is wrong
   */
  SwapRun(Process scorer, Path log, Arrivals arrivals, Production production, Successors versions) {
    this.scorer = scorer;
    this.log = log;
    this.arrivals = arrivals;
    this.production = production;
    this.versions = versions;
    publish(versions.first());
  }

  /** Versions that were published, the first before the swaps among them, in order. */
  List<String> published() {
    return List.copyOf(published);
  }

  /** Versions that were published and gave no score in two minutes. */
  int neverScored() {
    return neverScored;
  }

  /** What a swap's transaction wrote, on average. */
  long bytesPerSwap() {
    return bytes / Math.max(1, published.size() - 1);
  }

  /** The scorer's resident memory after each swap; empty where the system does not tell. */
  List<Double> residentKiB() {
    return List.copyOf(residentKiB);
  }

  /** A new version each second, as long as told. */
  void swapFor(Duration length) throws InterruptedException {
    long end = System.currentTimeMillis() + length.toMillis();
    for (long next = System.currentTimeMillis(); next < end; next += SWAP_EVERY.toMillis()) {
      Thread.sleep(Math.max(0, next - System.currentTimeMillis()));
      swap();
    }
    Thread.sleep(Math.max(0, end - System.currentTimeMillis()));
  }

  /** A new version, and the time until a score of it can be read. */
  void swap() throws InterruptedException {
    ModelPackage version = versions.next();
    bytes += publish(version);
    long limit = System.currentTimeMillis() + LIMIT.toMillis();
    while (arrivals.of(version.version()).isEmpty() && System.currentTimeMillis() < limit) {
      requireAlive("a new version");
      Thread.sleep(LOOK_EVERY.toMillis());
    }
    if (arrivals.of(version.version()).isEmpty()) {
      neverScored++;
    }
    resident().ifPresent(residentKiB::add);
  }

  private long publish(ModelPackage version) {
    published.add(version.version());
    return production.publish(version).bytes();
  }

  /**
   * Waits.
   *
   * @throws UserError where the scorer ends, or it takes longer than two minutes
   */
  void await(String what, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      requireAlive(what);
      if (System.nanoTime() > end) {
        throw new UserError(what + " does not come", "see " + log);
      }
      Thread.sleep(LOOK_EVERY.toMillis());
    }
  }

  private void requireAlive(String what) {
    if (!scorer.isAlive()) {
      throw new UserError("the scorer ended before " + what + " came", "see " + log);
    }
  }

  private Optional<Double> resident() {
    try {
      return Files.readAllLines(Path.of("/proc/" + scorer.pid() + "/status")).stream()
          .filter(line -> line.startsWith("VmRSS:"))
          .map(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")))
          .findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
