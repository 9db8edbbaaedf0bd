package io.headwater.ops.http;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

/** A process's meters, those of its JVM among them. */
public final class Telemetry implements AutoCloseable {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics collector = new JvmGcMetrics();

  private final String title;

  /**
   * Meters that all carry the pipeline's name.
   *
   * @param part what the process is of the pipeline, such as "scorer"
   */
  public Telemetry(String part, String pipeline) {
    title = part + " of " + pipeline;
    registry.config().commonTags("pipeline", pipeline);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ClassLoaderMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    collector.bindTo(registry);
  }

  /** Which part of which pipeline the process is. */
  String title() {
    return title;
  }

  public MeterRegistry registry() {
    return registry;
  }

  /** All meters in a format that Prometheus asks for by its media type. */
  String scrape(String mediaType) {
    return registry.scrape(mediaType);
  }

  @Override
  public void close() {
    collector.close();
    registry.close();
  }
}
