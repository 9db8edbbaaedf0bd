package io.headwater.stream;

import io.headwater.stream.meter.ScorerMeters;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.DoubleStream;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;

/**
 * What Kafka Streams measures of itself and the scorer shows.
 *
 * <p>Safe for use by several threads.
 */
final class StreamsGauges {
  private static final String CONSUMER = "consumer-fetch-manager-metrics";
  private static final String THREAD = "stream-thread-metrics";
  private static final String STORE = "stream-state-metrics";
  private static final String STORE_TAG = "rocksdb-state-id";
  private static final double MILLION = 1e6;

  private final Supplier<Map<MetricName, ? extends Metric>> metrics;

  StreamsGauges(Supplier<Map<MetricName, ? extends Metric>> metrics) {
    this.metrics = metrics;
  }

  void show(ScorerMeters meters) {
    meters.gauge(
        "headwater.consumer.lag",
        "Records not yet read of the partition furthest behind",
        () -> most(CONSUMER, "records-lag-max"));
    meters.gauge(
        "headwater.commit.mean.seconds",
        "Mean time of a commit, of the slowest stream thread",
        () -> most(THREAD, "commit-latency-avg") / 1000);
    meters.gauge(
        "headwater.commit.max.seconds",
        "Longest commit",
        () -> most(THREAD, "commit-latency-max") / 1000);
    meters.gauge(
        "headwater.join.events",
        "Events and early labels that the feedback join holds, about",
        this::joinEvents);
    meters.gauge(
        "headwater.join.state.bytes",
        "What the feedback join's stores take in memory and on disk",
        this::joinBytes);
    meters.gauge(
        "headwater.join.bytes.per.million.events",
        "The join's state over what it holds, per million",
        () -> joinEvents() == 0 ? 0 : joinBytes() / joinEvents() * MILLION);
  }

  private double joinEvents() {
    return all(STORE, "estimate-num-keys", "feedback-held").sum();
  }

  private double joinBytes() {
    return all(STORE, "live-sst-files-size", "feedback-").sum()
        + all(STORE, "cur-size-all-mem-tables", "feedback-").sum();
  }

  private double most(String group, String name) {
    return all(group, name, "").max().orElse(0);
  }

  private DoubleStream all(String group, String name, String store) {
    return metrics.get().entrySet().stream()
        .filter(entry -> entry.getKey().name().equals(name))
        .filter(entry -> entry.getKey().group().equals(group))
        .filter(entry -> entry.getKey().tags().getOrDefault(STORE_TAG, "").startsWith(store))
        .mapToDouble(
            entry -> entry.getValue().metricValue() instanceof Number n ? n.doubleValue() : 0)
        .filter(Double::isFinite);
  }
}
