package io.headwater.schemas.serde;

import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** The serdes of one pipeline, by its wire format. */
public final class RecordSerdes {
  private final @Nullable SchemaRegistry registry;

  /**
   * Serdes of one format.
   *
   * @param registry needed for {@link WireFormat#AVRO}
   */
  public RecordSerdes(WireFormat format, @Nullable SchemaRegistry registry) {
    if (format == WireFormat.AVRO && registry == null) {
      throw new IllegalArgumentException(
          "`format: avro` needs a schema registry: set `registry` in the pipeline file");
    }
    this.registry = format == WireFormat.AVRO ? registry : null;
  }

  public static RecordSerdes json() {
    return new RecordSerdes(WireFormat.JSON, null);
  }

  public <T extends SpecificRecord> RecordSerde<T> of(Class<T> type) {
    return registry == null ? RecordSerde.json(type) : RecordSerde.avro(type, registry);
  }

  /** Scores, of which there are as many as events, without a record of each. */
  public ScoreWriter scores() {
    return new ScoreWriter(registry);
  }
}
