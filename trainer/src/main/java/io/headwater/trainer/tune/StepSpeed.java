package io.headwater.trainer.tune;

import ai.onnxruntime.OnnxTensor;
import io.headwater.model.runtime.Crossing;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/**
 * How fast the tuner's steps are, and forward passes of the same graph over the same batches.
 *
 * <p>Both run on the calling thread alone, and all examples are of one shape.
 *
 * @param head what is tuned
 * @param set a whole number of batches
 * @param settings the batch is theirs
 */
public record StepSpeed(HeadGraph head, TrainingSet set, TuneSettings settings) {
  /** Epochs that no measurement sees the end of. */
  private static final int ENDLESS = 1 << 20;

  private static final double NANOS = 1e9;

  /**
   * Examples a second.
   *
   * @param perCpuSecond a second of the calling thread's processor time
   */
  public record Speed(double perSecond, double perCpuSecond) {}

  /** Counts batches from when a fifth of the time is over until all of it is. */
  public static final class Meter implements BooleanSupplier {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final int WARM_UP_SHARE = 5;

    private final int batch;
    private final long length;
    private long begun;
    private long from;
    private long cpuFrom;
    private long to;
    private long cpuTo;
    private long batches;

    /** Begins when it is first asked. */
    public Meter(int batch, Duration length) {
      this.batch = batch;
      this.length = length.toNanos();
    }

    /** To be asked before each batch: whether time is up. */
    @Override
    public boolean getAsBoolean() {
      long now = System.nanoTime();
      if (begun == 0) {
        begun = now;
      } else if (from != 0) {
        batches++;
      }
      if (from == 0 && now - begun >= length / WARM_UP_SHARE) {
        from = now;
        cpuFrom = THREADS.getCurrentThreadCpuTime();
      }
      boolean up = batches > 0 && now - begun >= length;
      if (up) {
        to = now;
        cpuTo = THREADS.getCurrentThreadCpuTime();
      }
      return up;
    }

    /** Of the batches between; time must be up. */
    public Speed speed() {
      double examples = (double) batches * batch;
      return new Speed(
          examples * NANOS / Math.max(1, to - from),
          examples * NANOS / Math.max(1, cpuTo - cpuFrom));
    }
  }

  /** Tunes for some time. */
  public Speed steps(Duration length) {
    Meter meter = new Meter(settings.batch(), length);
    try {
      TuneOutcome unused = HeadTuner.tune(head, set, settings.lasting(ENDLESS), meter);
      throw new IllegalStateException("the tuning ended before its time: " + unused);
    } catch (CancellationException e) {
      return meter.speed();
    }
  }

  /** Runs the graph forward, without a loss, for some time. */
  public Speed forward(Duration length) {
    int batch = settings.batch();
    Crossing.Shape shape = set.shapes().get(0);
    int[] rows = new int[set.size()];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = i;
    }
    FloatBuffer buffer = GraphSession.direct(Math.multiplyExact(batch, shape.size()));
    try (GraphSession session = GraphSession.open(head.model())) {
      Map<String, OnnxTensor> inputs = Activations.tensors(session, head, shape, batch, buffer);
      Meter meter = new Meter(batch, length);
      int from = 0;
      while (!meter.getAsBoolean()) {
        Activations.lay(set, rows, from, batch, shape, buffer);
        session.run(inputs).close();
        from = from + 2 * batch > rows.length ? 0 : from + batch;
      }
      inputs.values().forEach(OnnxTensor::close);
      return meter.speed();
    }
  }
}
