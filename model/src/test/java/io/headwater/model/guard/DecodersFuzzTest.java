package io.headwater.model.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.model.onnx.ToyEncoder;
import io.headwater.model.pack.GoldenBlobs;
import io.headwater.model.pack.Manifests;
import io.headwater.model.pack.ModelPackage;
import io.headwater.schemas.Label;
import io.headwater.schemas.StageRecord;
import io.headwater.schemas.serde.RecordSerde;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import org.apache.kafka.common.errors.SerializationException;

/**
 * Bytes that nobody vouches for end in the declared exception or in a value, whatever they are: the
 * decoders' own files with some bytes changed, cut, doubled or put in. The seed of a failure is in
 * jqwik's report.
 */
class DecodersFuzzTest {
  private static final int ENDLESS = Integer.MAX_VALUE;
  private static final ModelPackage TOY = ToyEncoder.packaged(3);

  private final ModelGuard guard = new ModelGuard(ModelLimits.DEFAULT);

  /** A place in a file, by share, and what is done there. */
  record Change(double place, int kind, long bits) {
    byte[] in(byte[] bytes) {
      int at = (int) (place * bytes.length);
      Random random = new Random(bits);
      return switch (kind) {
        case 0 -> flipped(bytes, at);
        case 1 -> Arrays.copyOf(bytes, at);
        case 2 -> spliced(bytes, at, new byte[random.nextInt(16)], random);
        default -> spliced(bytes, at, Arrays.copyOfRange(bytes, at / 2, at), null);
      };
    }

    private byte[] flipped(byte[] bytes, int at) {
      byte[] changed = bytes.clone();
      if (changed.length > 0) {
        changed[Math.min(at, changed.length - 1)] = (byte) bits;
      }
      return changed;
    }

    private static byte[] spliced(byte[] bytes, int at, byte[] more, Random random) {
      if (random != null) {
        random.nextBytes(more);
      }
      byte[] changed = new byte[bytes.length + more.length];
      System.arraycopy(bytes, 0, changed, 0, at);
      System.arraycopy(more, 0, changed, at, more.length);
      System.arraycopy(bytes, at, changed, at + more.length, bytes.length - at);
      return changed;
    }
  }

  @Provide
  Arbitrary<List<Change>> changes() {
    Arbitrary<Double> places =
        Arbitraries.doubles().between(0, true, 1, false).ofScale(6).withoutEdgeCases();
    return Combinators.combine(places, Arbitraries.integers().between(0, 3), Arbitraries.longs())
        .as(Change::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(6);
  }

  @Property(tries = ENDLESS, shrinking = ShrinkingMode.BOUNDED)
  @AddLifecycleHook(FuzzBudget.class)
  void file_changedModel_isParsedOrRefused(
      @ForAll("changes") List<Change> changes, @ForAll boolean nested) {
    byte[] seed =
        nested
            ? Hostile.function(Hostile.node("Relu", "b", "a"))
            : ToyEncoder.bytes(ToyEncoder.PLAIN);
    refusing(changed(seed, changes), bytes -> guard.file("m", bytes), ModelRefusedException.class);
  }

  @Property(tries = ENDLESS, shrinking = ShrinkingMode.BOUNDED)
  @AddLifecycleHook(FuzzBudget.class)
  void file_anyBytes_areRefused(@ForAll byte[] any) {
    refusing(any, bytes -> guard.file("m", bytes), ModelRefusedException.class);
  }

  @Property(tries = ENDLESS, shrinking = ShrinkingMode.BOUNDED)
  @AddLifecycleHook(FuzzBudget.class)
  void read_changedManifest_isReadOrRefused(@ForAll("changes") List<Change> changes) {
    byte[] seed = Manifests.canonicalBytes(TOY.manifest());
    refusing(changed(seed, changes), Manifests::read, IllegalArgumentException.class);
  }

  @Property(tries = ENDLESS, shrinking = ShrinkingMode.BOUNDED)
  @AddLifecycleHook(FuzzBudget.class)
  void read_changedGoldens_areReadOrRefused(@ForAll("changes") List<Change> changes) {
    byte[] seed = GoldenBlobs.write(List.of(GoldenBlobs.of("a", List.of(new float[] {1, 2, 3}))));
    refusing(
        changed(seed, changes),
        bytes -> GoldenBlobs.read(bytes).forEach(GoldenBlobs::rows),
        IllegalArgumentException.class);
  }

  @Property(tries = ENDLESS, shrinking = ShrinkingMode.BOUNDED)
  @AddLifecycleHook(FuzzBudget.class)
  void read_changedJsonRecord_isReadOrRefused(@ForAll("changes") List<Change> changes) {
    byte[] seed =
        """
        {"eventId":"e","label":"good","labeledAt":"2026-01-01T00:00:00Z","source":"s",
         "revision":1,"weight":0.5,"live":[{"version":"v","share":1.0}],"epoch":7,
         "manifests":[{"manifest":"AAEC"}],"stage":"PRODUCTION","pipeline":"reviews"}
        """
            .getBytes(StandardCharsets.UTF_8);
    byte[] json = changed(seed, changes);
    refusing(json, RecordSerde.json(Label.class)::read, SerializationException.class);
    refusing(json, RecordSerde.json(StageRecord.class)::read, SerializationException.class);
  }

  private static byte[] changed(byte[] seed, List<Change> changes) {
    byte[] bytes = seed;
    for (Change change : changes) {
      bytes = change.in(bytes);
    }
    return bytes;
  }

  private static void refusing(
      byte[] bytes, Consumer<byte[]> decoder, Class<? extends Exception> declared) {
    try {
      decoder.accept(bytes);
    } catch (RuntimeException e) {
      assertThat(e).isInstanceOf(declared);
    }
  }
}
