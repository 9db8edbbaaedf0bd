package io.headwater.ops.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The processor time that a process has used, at many moments.
 *
 * @param at epoch milliseconds, ascending
 * @param nanos of processor time since the process began, one for each moment
 */
record CpuSamples(List<Long> at, List<Long> nanos) {
  private static final long EVERY_MILLIS = 20;

  /** Samples this process into a file until closed. */
  static AutoCloseable into(Path file) {
    CountDownLatch stop = new CountDownLatch(1);
    Thread sampler = new Thread(() -> sample(file, stop), "cpu-samples");
    sampler.setDaemon(true);
    sampler.start();
    return () -> {
      stop.countDown();
      sampler.join();
    };
  }

  private static void sample(Path file, CountDownLatch stop) {
    var system =
        (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    try (Writer out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
      do {
        out.write(System.currentTimeMillis() + " " + system.getProcessCpuTime() + "\n");
      } while (!stop.await(EVERY_MILLIS, TimeUnit.MILLISECONDS));
    } catch (IOException e) {
      throw new UncheckedIOException("samples can't be written to " + file, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  static CpuSamples read(Path file) {
    List<Long> at = new ArrayList<>();
    List<Long> nanos = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(file)) {
        int space = line.indexOf(' ');
        at.add(Long.parseLong(line.substring(0, space)));
        nanos.add(Long.parseLong(line.substring(space + 1)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("samples can't be read from " + file, e);
    }
    return new CpuSamples(at, nanos);
  }

  /** Seconds of processor time between two moments, in epoch milliseconds. */
  double secondsBetween(long from, long to) {
    return (nanosAt(to) - nanosAt(from)) / 1e9;
  }

  private double nanosAt(long moment) {
    for (int i = 1; i < at.size(); i++) {
      if (at.get(i) >= moment) {
        double share = (double) (moment - at.get(i - 1)) / Math.max(1, at.get(i) - at.get(i - 1));
        return nanos.get(i - 1) + share * (nanos.get(i) - nanos.get(i - 1));
      }
    }
    return nanos.get(nanos.size() - 1);
  }
}
