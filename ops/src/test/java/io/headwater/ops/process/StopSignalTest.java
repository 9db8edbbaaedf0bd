package io.headwater.ops.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class StopSignalTest {
  private final StopSignal stop = StopSignal.untold();

  @Test
  void orInterrupt_notTold_givesTheWorksStatusOrFailure() {
    assertThat(stop.orInterrupt(() -> 3)).isEqualTo(3);
    assertThatThrownBy(
            () ->
                stop.orInterrupt(
                    () -> {
                      throw new IllegalStateException("broken");
                    }))
        .hasMessage("broken");
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void orInterrupt_told_endsWorkThatWaits() {
    int status =
        stop.orInterrupt(
            () -> {
              stop.tell();
              new CountDownLatch(1).await();
              return 0;
            });
    assertThat(status).isEqualTo(StopSignal.STATUS);
  }

  @Test
  void orInterrupt_told_endsWorkThatComputes() {
    int status =
        stop.orInterrupt(
            () -> {
              stop.tell();
              while (true) {
                StopSignal.requireUninterrupted();
                Thread.onSpinWait();
              }
            });
    assertThat(status).isEqualTo(StopSignal.STATUS);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void awaitInterrupt_told_letsTheWorkGoOn() {
    int status =
        stop.orInterrupt(
            () -> {
              stop.tell();
              StopSignal.awaitInterrupt();
              return 0;
            });
    assertThat(status).isZero();
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }
}
