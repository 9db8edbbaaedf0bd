package io.headwater.stream.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.model.pipeline.Windows;
import io.headwater.model.pipeline.Windows.Aggregate;
import io.headwater.model.pipeline.Windows.Compute;
import io.headwater.stream.held.HeldWindow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SlidingWindowTest {
  private static final long SIZE = 3_200;

  private final SlidingWindow window =
      new SlidingWindow(
          new Windows.Window(
              "w",
              Duration.ofMillis(SIZE),
              List.of(
                  new Aggregate("count", Compute.COUNT, null),
                  new Aggregate("priced", Compute.COUNT, "price"),
                  new Aggregate("sum", Compute.SUM, "price"),
                  new Aggregate("mean", Compute.MEAN, "price"),
                  new Aggregate("max", Compute.MAX, "price"),
                  new Aggregate("shops", Compute.DISTINCT, "shop"),
                  new Aggregate("since", Compute.SINCE_LAST, null))));

  private record Sale(long time, @Nullable Double price, String shop) {
    ObjectNode json() {
      ObjectNode json = JsonNodeFactory.instance.objectNode().put("shop", shop);
      return price == null ? json : json.put("price", price);
    }
  }

  private static Sale sale(Random random, long span, int shops) {
    Double price = random.nextInt(4) == 0 ? null : random.nextGaussian() * 100;
    return new Sale(1_000_000 + random.nextLong(span), price, "s" + random.nextInt(shops));
  }

  /** The features of a sale over those that came before it and lie in (t - size, t], by force. */
  private static Map<String, OptionalDouble> reference(List<Sale> before, Sale own) {
    List<Sale> earlier =
        before.stream()
            .filter(s -> s.time() > own.time() - SIZE && s.time() <= own.time())
            .toList();
    List<Sale> seen = new ArrayList<>(earlier);
    seen.add(own);
    List<Double> prices = seen.stream().map(Sale::price).filter(p -> p != null).toList();
    return Map.of(
        "count", OptionalDouble.of(seen.size()),
        "priced", OptionalDouble.of(prices.size()),
        "sum", OptionalDouble.of(prices.stream().mapToDouble(p -> p).sum()),
        "mean", prices.stream().mapToDouble(p -> p).average(),
        "max", prices.stream().mapToDouble(p -> p).max(),
        "shops", OptionalDouble.of((double) seen.stream().map(Sale::shop).distinct().count()),
        "since", earlier.stream().mapToDouble(s -> own.time() - s.time()).min());
  }

  @Test
  void add_inAnyOrderOfTimes_equalsBruteForce() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      List<Sale> before = new ArrayList<>();
      HeldWindow held = null;
      for (int i = 0; i < 60; i++) {
        Sale sale = sale(random, 2 * SIZE, 9);
        SlidingWindow.Step step = window.add(held, sale.time(), sale.json());
        if (!step.late()) {
          same(step.features(), reference(before, sale), seed + "/" + i);
        }
        held = step.next();
        before.add(sale);
      }
    }
  }

  private static void same(
      Map<String, OptionalDouble> found, Map<String, OptionalDouble> expected, String where) {
    expected.forEach(
        (name, value) -> {
          OptionalDouble actual = found.get(name);
          assertThat(actual.isPresent()).as("%s %s", where, name).isEqualTo(value.isPresent());
          if (value.isPresent()) {
            assertThat(actual.getAsDouble())
                .as("%s %s", where, name)
                .isCloseTo(value.getAsDouble(), within(1e-9));
          }
        });
  }

  @Test
  void add_ofManyEvents_holdsFew_andMissesAtMostAnEdge() {
    Random random = new Random(7);
    List<Sale> before = new ArrayList<>();
    HeldWindow held = null;
    long edge = SIZE / SlidingWindow.TILES;
    for (int i = 0; i < 20_000; i++) {
      long time = 1_000_000L + i - random.nextInt(500);
      Sale sale = new Sale(time, 1.0, "s" + random.nextInt(30));
      SlidingWindow.Step step = window.add(held, time, sale.json());
      held = step.next();
      assertThat(held.getSpans()).hasSizeLessThanOrEqualTo(SlidingWindow.MAX_SPANS);
      long least = counted(before, time - SIZE + edge, time - edge);
      long most = counted(before, time - SIZE - edge, time + edge) + 1;
      assertThat(step.features().get("count").getAsDouble())
          .isBetween((double) least, (double) most);
      before.add(sale);
      if (before.size() > 9_000) {
        before.subList(0, 1_000).clear();
      }
    }
  }

  private static long counted(List<Sale> sales, long after, long until) {
    return sales.stream().filter(s -> s.time() > after && s.time() <= until).count();
  }

  @Test
  void add_ofManyDistinctValues_estimatesThem() {
    HeldWindow held = null;
    OptionalDouble shops = OptionalDouble.empty();
    for (int i = 0; i < 3_000; i++) {
      SlidingWindow.Step step = window.add(held, 1_000_000 + i, new Sale(0, 1.0, "s" + i).json());
      held = step.next();
      shops = step.features().get("shops");
    }
    assertThat(shops.getAsDouble()).isBetween(3_000 * 0.6, 3_000 * 1.4);
  }

  @Test
  void add_ofOddValues_passesThemOver() {
    ObjectNode odd = JsonNodeFactory.instance.objectNode().put("price", "dear").putNull("shop");
    Map<String, OptionalDouble> features = window.add(null, 5_000, odd).features();
    assertThat(features.get("priced")).hasValue(1);
    assertThat(features.get("sum")).hasValue(0);
    assertThat(features.get("max")).isEmpty();
    assertThat(features.get("shops")).hasValue(0);
    HeldWindow large =
        window.add(null, 5_000, JsonNodeFactory.instance.objectNode().put("price", 1.7e308)).next();
    assertThat(
            window
                .add(large, 5_001, JsonNodeFactory.instance.objectNode().put("price", 1.7e308))
                .features()
                .get("sum"))
        .isEmpty();
  }

  @Test
  void add_ofAnEventLaterThanTheWindow_saysSo() {
    HeldWindow held = window.add(null, 100_000, new Sale(0, 1.0, "a").json()).next();
    assertThat(window.add(held, 100_000 - SIZE, new Sale(0, 1.0, "a").json()).late()).isFalse();
    assertThat(window.add(held, 100_000 - SIZE - 1, new Sale(0, 1.0, "a").json()).late()).isTrue();
  }
}
