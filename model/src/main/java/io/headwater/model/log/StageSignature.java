package io.headwater.model.log;

import io.headwater.model.sign.Purpose;
import io.headwater.model.sign.Signer;
import io.headwater.schemas.PublishedManifest;
import io.headwater.schemas.StageRecord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;

/**
 * The signature on a stage record. It covers the record's Avro binary encoding with its own
 * signature and all hints left empty, as hints may be rewritten by whoever moves blobs.
 */
public final class StageSignature {
  private static final ByteBuffer NONE = ByteBuffer.allocate(0);

  private StageSignature() {}

  /** The same record, signed with that key instead of any other. */
  public static StageRecord sign(StageRecord record, Signer signer) {
    StageRecord signed =
        StageRecord.newBuilder(record)
            .setKeyId(signer.key().id())
            .setSignature(NONE.duplicate())
            .build();
    signed.setSignature(ByteBuffer.wrap(signer.sign(Purpose.STAGE_RECORD, covered(signed))));
    return signed;
  }

  /** The bytes that are signed. */
  static byte[] covered(StageRecord record) {
    List<PublishedManifest> manifests =
        record.getManifests().stream()
            .map(
                published ->
                    new PublishedManifest(
                        published.getManifest().duplicate(),
                        published.getKeyId(),
                        published.getSignature().duplicate(),
                        published.getPublishedAt(),
                        List.of()))
            .toList();
    StageRecord bare =
        new StageRecord(
            record.getPipeline(),
            record.getStage(),
            record.getEpoch(),
            record.getLive(),
            manifests,
            record.getReadTo(),
            record.getWrittenAt(),
            record.getReason(),
            record.getKeyId(),
            NONE.duplicate());
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(16 << 10);
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    try {
      new SpecificDatumWriter<>(StageRecord.class).write(bare, encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("a stage record can't be written to memory", e);
    }
    return bytes.toByteArray();
  }
}
