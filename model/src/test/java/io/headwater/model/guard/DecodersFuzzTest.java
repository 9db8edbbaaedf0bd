package io.headwater.model.guard;

import io.headwater.model.onnx.ToyEncoder;
import io.headwater.model.pack.GoldenBlobs;
import io.headwater.model.pack.Manifests;
import io.headwater.model.pack.ModelPackage;
import io.headwater.schemas.Label;
import io.headwater.schemas.StageRecord;
import io.headwater.schemas.fuzz.Fuzz;
import io.headwater.schemas.fuzz.Mutation;
import io.headwater.schemas.fuzz.Untrusted;
import io.headwater.schemas.serde.RecordSerde;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.ForAll;
import org.apache.kafka.common.errors.SerializationException;

/**
 * Models, manifests, goldens and records that nobody vouches for end in the declared exception or
 * in a value. The seed of a failure is in jqwik's report.
 */
class DecodersFuzzTest {
  private static final ModelPackage TOY = ToyEncoder.packaged(3);

  private final ModelGuard guard = new ModelGuard(ModelLimits.DEFAULT);

  @Fuzz
  void file_changedModel_isParsedOrRefused(
      @ForAll(supplier = Mutation.Any.class) Mutation mutation, @ForAll boolean nested) {
    byte[] seed =
        nested
            ? Hostile.function(Hostile.node("Relu", "b", "a"))
            : ToyEncoder.bytes(ToyEncoder.PLAIN);
    Untrusted.read(mutation.of(seed), bytes -> guard.file("m", bytes), ModelRefusedException.class);
  }

  @Fuzz
  void file_anyBytes_areRefused(@ForAll byte[] any) {
    Untrusted.read(any, bytes -> guard.file("m", bytes), ModelRefusedException.class);
  }

  @Fuzz
  void read_changedManifest_isReadOrRefused(
      @ForAll(supplier = Mutation.Any.class) Mutation mutation) {
    byte[] seed = Manifests.canonicalBytes(TOY.manifest());
    Untrusted.read(mutation.of(seed), Manifests::read, IllegalArgumentException.class);
  }

  @Fuzz
  void read_changedGoldens_areReadOrRefused(
      @ForAll(supplier = Mutation.Any.class) Mutation mutation) {
    byte[] seed = GoldenBlobs.write(List.of(GoldenBlobs.of("a", List.of(new float[] {1, 2, 3}))));
    Untrusted.read(
        mutation.of(seed),
        bytes -> GoldenBlobs.read(bytes).stream().map(GoldenBlobs::rows).toList(),
        IllegalArgumentException.class);
  }

  @Fuzz
  void read_changedJsonRecord_isReadOrRefused(
      @ForAll(supplier = Mutation.Any.class) Mutation mutation) {
    byte[] seed =
        """
        {"eventId":"e","label":"good","labeledAt":"2026-01-01T00:00:00Z","source":"s",
         "revision":1,"weight":0.5,"live":[{"version":"v","share":1.0}],"epoch":7,
         "manifests":[{"manifest":"AAEC"}],"stage":"PRODUCTION","pipeline":"reviews"}
        """
            .getBytes(StandardCharsets.UTF_8);
    byte[] json = mutation.of(seed);
    Untrusted.read(json, RecordSerde.json(Label.class)::read, SerializationException.class);
    Untrusted.read(json, RecordSerde.json(StageRecord.class)::read, SerializationException.class);
  }
}
