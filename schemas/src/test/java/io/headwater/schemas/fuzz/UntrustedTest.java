package io.headwater.schemas.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Example;

/** The judge of decoders finds faults that are planted in one, by the mutations that all use. */
class UntrustedTest {
  private static final byte[] SEED =
      ByteBuffer.allocate(12).putInt(4).put("abcd".getBytes(UTF_8)).putInt(7).array();
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  /** One short. */
  private static final int[] CLASSES = new int[255];

  private static final int ROUNDS = 10_000;

  /** What every property does, with a fixed seed and without an end in time. */
  private static void fuzz(Untrusted.Decoder<?> decoder) {
    new Mutation.Any()
        .get().generator(1_000).stream(new Random(42))
            .limit(ROUNDS)
            .forEach(
                mutation ->
                    Untrusted.read(
                        mutation.value().of(SEED), decoder, IllegalArgumentException.class));
  }

  /** A decoder of a length, as many bytes and a number, without a fault. */
  private static byte[] sound(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (in.remaining() < 4) {
      throw new IllegalArgumentException("cut off");
    }
    int length = in.getInt();
    if (length < 0 || in.remaining() - 4L != length) {
      throw new IllegalArgumentException("not as long as it says");
    }
    byte[] text = new byte[length];
    in.get(text);
    return text;
  }

  @Example
  void read_soundDecoder_passes() {
    assertThatCode(() -> fuzz(UntrustedTest::sound)).doesNotThrowAnyException();
  }

  @Example
  void read_decoderThatTripsOverOneByteValue_isCaught() {
    assertThatThrownBy(
            () ->
                fuzz(
                    bytes -> {
                      int classes = 0;
                      for (byte each : bytes) {
                        classes += CLASSES[each & 0xFF];
                      }
                      return classes + sound(bytes).length;
                    }))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("undeclared")
        .hasCauseInstanceOf(ArrayIndexOutOfBoundsException.class);
  }

  @Example
  void read_decoderThatBelievesALength_isCaught() {
    assertThatThrownBy(
            () ->
                fuzz(
                    bytes -> {
                      byte[] room = new byte[Math.min(claim(bytes), 1 << 26)];
                      return room.length + sound(bytes).length;
                    }))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("were allocated");
  }

  @Example
  void read_decoderThatRecursAsDeepAsItIsTold_isCaught() {
    assertThatThrownBy(() -> fuzz(bytes -> depth(claim(bytes))))
        .isInstanceOf(AssertionError.class)
        .hasCauseInstanceOf(StackOverflowError.class);
  }

  private static int claim(byte[] bytes) {
    return Math.max(0, bytes.length < 4 ? 0 : ByteBuffer.wrap(bytes).getInt());
  }

  private static int depth(int left) {
    return left == 0 ? 0 : 1 + depth(left - 1);
  }

  @Example
  void read_decoderThatTakesItsTime_isCaught() {
    assertThatThrownBy(
            () ->
                fuzz(
                    bytes -> {
                      long nanos = claim(bytes) == Integer.MAX_VALUE ? 1_100_000_000 : 0;
                      long end = THREADS.getCurrentThreadCpuTime() + nanos;
                      while (THREADS.getCurrentThreadCpuTime() < end) {
                        Thread.onSpinWait();
                      }
                      return end;
                    }))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("ms were spent");
  }

  @Example
  void of_sameMutation_givesTheSameBytes_andAllKindsComeUp() {
    Set<Change.Kind> kinds = new HashSet<>();
    new Mutation.Any()
        .get().generator(1_000).stream(new Random(1))
            .limit(500)
            .forEach(
                each -> {
                  assertThat(each.value().of(SEED)).isEqualTo(each.value().of(SEED));
                  each.value().changes().forEach(change -> kinds.add(change.kind()));
                });
    assertThat(kinds).containsExactlyInAnyOrder(Change.Kind.values());
  }
}
