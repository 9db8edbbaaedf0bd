package io.headwater.schemas.fuzz;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Judges what a decoder makes of bytes that nobody vouches for: a value, or the exception that it
 * declares, within bounds of time and memory; anything else fails the test.
 *
 * <p>Time is the processor's and memory is what was allocated, both by this thread, so that a busy
 * machine judges like an idle one.
 */
public final class Untrusted {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static final Duration MOST_TIME = Duration.ofSeconds(1);
  private static final long MOST_MEMORY = 8 << 20;
  private static final long MOST_MEMORY_PER_BYTE = 400;
  private static final int SHOWN_BYTES = 400;

  private Untrusted() {}

  /** A decoder of bytes. */
  @FunctionalInterface
  public interface Decoder<T> {
    T read(byte[] bytes) throws Exception;
  }

  /**
   * Reads bytes once.
   *
   * @param declared what the decoder may throw; classes derived from it count as it
   * @return the value, or empty where the decoder refused the bytes
   */
  public static <T> Optional<T> read(
      byte[] bytes, Decoder<T> decoder, Class<? extends Exception> declared) {
    long allocated = THREADS.getCurrentThreadAllocatedBytes();
    long time = THREADS.getCurrentThreadCpuTime();
    T value = null;
    Throwable thrown = null;
    try {
      value = decoder.read(bytes);
    } catch (Throwable e) {
      thrown = e;
    }
    time = THREADS.getCurrentThreadCpuTime() - time;
    allocated = THREADS.getCurrentThreadAllocatedBytes() - allocated;

    if (thrown != null && !declared.isInstance(thrown)) {
      throw new AssertionError("undeclared " + thrown.getClass() + " on " + shown(bytes), thrown);
    }
    if (time > MOST_TIME.toNanos()) {
      throw new AssertionError(time / 1_000_000 + " ms were spent on " + shown(bytes), thrown);
    }
    if (allocated > MOST_MEMORY + MOST_MEMORY_PER_BYTE * bytes.length) {
      throw new AssertionError(allocated + " bytes were allocated on " + shown(bytes), thrown);
    }
    return Optional.ofNullable(value);
  }

  /** The same, of sound bytes; the first reading loads classes, so nothing of it is measured. */
  public static <T> byte[] sound(byte[] bytes, Decoder<T> decoder) {
    try {
      decoder.read(bytes);
      return bytes;
    } catch (Exception e) {
      throw new AssertionError("refused, though sound: " + shown(bytes), e);
    }
  }

  private static String shown(byte[] bytes) {
    int length = Math.min(bytes.length, SHOWN_BYTES);
    return "%d bytes: %s%s"
        .formatted(
            bytes.length,
            HexFormat.of().formatHex(bytes, 0, length),
            length < bytes.length ? "..." : "");
  }
}
