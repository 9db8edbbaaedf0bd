package io.headwater.trainer.replay;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * The first of all that came by an order, of each source no more than its cap.
 *
 * <p>Up to {@link ReplayBuffer#SPARE} times as much is held as is asked for. What is dropped could
 * not be among the first whatever else comes, as so many before it of its own source, or of all
 * sources within their caps, are held: so the first depend on what came and not on when.
 *
 * <p>Not safe for use by several threads.
 */
final class CappedOrder<T> {
  private final Comparator<? super T> order;
  private final Function<T, String> source;
  private final int limit;
  private final int cap;
  private final NavigableSet<T> all;
  private final Map<String, NavigableSet<T>> bySource = new HashMap<>();
  private int counting;

  /**
   * Empty.
   *
   * @param limit how many are asked for
   * @param cap of each source, at most
   */
  CappedOrder(Comparator<? super T> order, Function<T, String> source, int limit, int cap) {
    this.order = order;
    this.source = source;
    this.limit = limit;
    this.cap = cap;
    this.all = new TreeSet<>(order);
  }

  /** Takes one in; returns those that can't be among the first any more. */
  List<T> add(T one) {
    List<T> dropped = new ArrayList<>();
    if (!all.add(one)) {
      return dropped;
    }
    NavigableSet<T> own = bySource.computeIfAbsent(source.apply(one), name -> new TreeSet<>(order));
    own.add(one);
    counting += own.size() <= cap ? 1 : 0;
    if (own.size() > ReplayBuffer.SPARE * cap) {
      drop(own.last(), dropped);
    }
    while (counting > ReplayBuffer.SPARE * limit) {
      drop(all.last(), dropped);
    }
    return dropped;
  }

  private void drop(T last, List<T> dropped) {
    remove(last);
    dropped.add(last);
  }

  /** Takes one out, if it is held. */
  void remove(T one) {
    if (!all.remove(one)) {
      return;
    }
    String name = source.apply(one);
    NavigableSet<T> own = bySource.getOrDefault(name, all);
    own.remove(one);
    counting -= own.size() < cap ? 1 : 0;
    if (own.isEmpty()) {
      bySource.remove(name);
    }
  }

  /** All that is held, in order. */
  Iterable<T> held() {
    return all;
  }

  /** The first. */
  List<T> first() {
    return first(all);
  }

  /** The first of what is held and others, which do not become held. */
  List<T> firstWith(Iterable<T> others) {
    NavigableSet<T> more = new TreeSet<>(all);
    others.forEach(more::add);
    return first(more);
  }

  private List<T> first(Iterable<T> ordered) {
    List<T> first = new ArrayList<>();
    Map<String, Integer> counts = new HashMap<>();
    for (T one : ordered) {
      if (first.size() == limit) {
        break;
      }
      if (counts.merge(source.apply(one), 1, Integer::sum) <= cap) {
        first.add(one);
      }
    }
    return first;
  }
}
