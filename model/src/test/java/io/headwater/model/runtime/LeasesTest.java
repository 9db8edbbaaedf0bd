package io.headwater.model.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class LeasesTest {
  /** Counts how often it was ended. */
  private static final class Thing {
    final AtomicInteger ended = new AtomicInteger();
  }

  private final Leases<Thing> leases = new Leases<>(thing -> thing.ended.incrementAndGet());

  @Test
  void acquire_beforeTheFirst_isEmpty() {
    assertThat(leases.acquire()).isEmpty();
  }

  @Test
  void swap_unusedThing_endsItAtOnce() {
    Thing first = new Thing();
    leases.swap(first);
    leases.swap(new Thing());

    assertThat(first.ended).hasValue(1);
  }

  @Test
  void swap_leasedThing_endsItWithItsLastLease() {
    Thing first = new Thing();
    leases.swap(first);
    Leases<Thing>.Lease one = leases.acquire().orElseThrow();
    Leases<Thing>.Lease two = leases.acquire().orElseThrow();
    leases.swap(new Thing());

    one.close();
    one.close();
    assertThat(first.ended).hasValue(0);
    assertThat(two.get()).isSameAs(first);
    two.close();
    assertThat(first.ended).hasValue(1);
    assertThatThrownBy(two::get).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void swap_thingInForce_refusesAndKeepsIt() {
    Thing first = new Thing();
    leases.swap(first);

    assertThatThrownBy(() -> leases.swap(first)).isInstanceOf(IllegalArgumentException.class);
    assertThat(leases.peek()).containsSame(first);
    assertThat(first.ended).hasValue(0);
  }

  @Test
  void close_endsWhatIsInForceAndWhatComesLate() {
    Thing first = new Thing();
    Thing late = new Thing();
    leases.swap(first);
    leases.close();
    leases.close();
    leases.swap(late);

    assertThat(leases.acquire()).isEmpty();
    assertThat(first.ended).hasValue(1);
    assertThat(late.ended).hasValue(1);
  }

  @Test
  @Timeout(30)
  void acquire_whileOthersSwap_neverGivesAnEndedThingAndEndsEachOnce() throws Exception {
    int swaps = 20_000;
    List<Thing> things = new ArrayList<>();
    leases.swap(new Thing());
    ExecutorService threads = Executors.newFixedThreadPool(5);
    List<Future<Integer>> users = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      users.add(threads.submit(useUntilClosed()));
    }
    for (int i = 0; i < swaps; i++) {
      Thing next = new Thing();
      things.add(next);
      leases.swap(next);
    }
    leases.close();
    threads.shutdown();

    assertThat(threads.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
    for (Future<Integer> user : users) {
      assertThat(user.get()).as("uses of an ended thing").isZero();
    }
    assertThat(things).allSatisfy(thing -> assertThat(thing.ended).hasValue(1));
  }

  private Callable<Integer> useUntilClosed() {
    return () -> {
      int violations = 0;
      while (true) {
        var lease = leases.acquire();
        if (lease.isEmpty()) {
          return violations;
        }
        try (Leases<Thing>.Lease held = lease.get()) {
          Thing thing = held.get();
          Thread.onSpinWait();
          if (thing.ended.get() != 0) {
            violations++;
          }
        }
      }
    };
  }
}
