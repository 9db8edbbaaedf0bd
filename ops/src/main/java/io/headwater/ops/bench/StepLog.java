package io.headwater.ops.bench;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.cumulative.CumulativeTimer;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.distribution.pause.PauseDetector;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * A scorer's meters that keep every value of the timers of swaps, and write them down when closed;
 * with each hundredth swap, how much of the heap is in use after a collection; and, in the end,
 * what went wrong how often.
 */
final class StepLog extends SimpleMeterRegistry {
  static final String TOTAL = "headwater.swap";
  static final String HEAP = "heap";

  /** How many swaps lie between two looks at the heap. */
  static final int HEAP_EVERY = 100;

  private static final String STEP = "headwater.swap.step";
  private static final List<String> ERRORS =
      List.of(
          "headwater.model.rejected",
          "headwater.stage.refused",
          "headwater.stream.failures",
          "headwater.dead.letters",
          "headwater.batches.split");

  private final Path file;
  private final List<String> lines = new ArrayList<>();

  StepLog(Path file) {
    super(SimpleConfig.DEFAULT, Clock.SYSTEM);
    this.file = file;
  }

  @Override
  protected Timer newTimer(
      Meter.Id id, DistributionStatisticConfig distribution, PauseDetector pauses) {
    String step = id.getName().equals(STEP) ? id.getTag("step") : id.getName();
    if (step == null || !id.getName().startsWith(TOTAL)) {
      return super.newTimer(id, distribution, pauses);
    }
    return new CumulativeTimer(
        id, Clock.SYSTEM, distribution, pauses, TimeUnit.SECONDS, /* supportsAggregable */ false) {
      @Override
      protected void recordNonNegative(long amount, TimeUnit unit) {
        super.recordNonNegative(amount, unit);
        note(step, unit.toNanos(amount));
        if (step.equals(TOTAL) && count() % HEAP_EVERY == 0) {
          note(HEAP, heapInUse());
        }
      }
    };
  }

  private synchronized void note(String what, long value) {
    lines.add(what + " " + value);
  }

  /** Collects what can be collected first. */
  private static long heapInUse() {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    memory.gc();
    return memory.getHeapMemoryUsage().getUsed();
  }

  @Override
  public synchronized void close() {
    for (String error : ERRORS) {
      long count = Math.round(find(error).counters().stream().mapToDouble(Counter::count).sum());
      lines.add(error + " " + count);
    }
    try {
      Files.write(file, lines);
    } catch (IOException e) {
      throw new UncheckedIOException("the times of swaps can't be written to " + file, e);
    }
    super.close();
  }

  /** What was written, by name, in order. */
  static Map<String, List<Long>> read(Path file) {
    Map<String, List<Long>> values = new TreeMap<>();
    try {
      for (String line : Files.readAllLines(file)) {
        int space = line.lastIndexOf(' ');
        values
            .computeIfAbsent(line.substring(0, space), absent -> new ArrayList<>())
            .add(Long.parseLong(line.substring(space + 1)));
      }
      return values;
    } catch (IOException e) {
      throw new UncheckedIOException("the times of swaps can't be read from " + file, e);
    }
  }

  /** Of what was read, how often something went wrong, by what. */
  static Map<String, Long> errors(Map<String, List<Long>> read) {
    Map<String, Long> errors = new TreeMap<>();
    for (String error : ERRORS) {
      long count = read.getOrDefault(error, List.of()).stream().mapToLong(Long::longValue).sum();
      if (count > 0) {
        errors.put(error, count);
      }
    }
    return errors;
  }
}
