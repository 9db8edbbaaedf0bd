package io.headwater.model.sign;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.headwater.schemas.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trust as a YAML file says it, read again whenever the file has changed; without a file nobody is
 * trusted.
 *
 * <p>Safe for use by several threads. A file that was changed into one that can't be read is
 * reported, and what it said before holds until it is mended.
 */
public final class TrustFile implements Supplier<Trust> {
  private static final Logger LOG = LoggerFactory.getLogger(TrustFile.class);
  private static final String OPENING =
      "# Whose signatures are believed here. `headwater keys` writes this file; edit it if you like.\n";
  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
          .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(
                  JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
          .build();

  /** A file's look, by which a change is seen. */
  private record Look(@Nullable Object fileKey, long size, long modifiedNanos) {
    private static final Look ABSENT = new Look(null, -1, 0);
  }

  /** The file's own form. */
  record Form(List<Entry> keys) {}

  record Entry(
      String id,
      String name,
      String publicKey,
      List<String> pipelines,
      List<String> stages,
      @Nullable String until,
      @Nullable Boolean revoked) {}

  private final Path file;
  private Look look;
  private Trust trust;

  /**
   * Reads the file.
   *
   * @throws KeyFileException where it is there and can't be read, or is not a trust file
   */
  public TrustFile(Path file) {
    this.file = file;
    this.look = look();
    this.trust = read();
  }

  @Override
  public synchronized Trust get() {
    Look now = look();
    if (!now.equals(look)) {
      look = now;
      try {
        trust = read();
        LOG.info("{} has changed; it names {} keys", file, trust.keys().size());
      } catch (KeyFileException e) {
        LOG.error("{}; what it said before holds on", e.getMessage());
      }
    }
    return trust;
  }

  /** Changes what the file says, as others' changes have left it, and returns that. */
  public Trust change(UnaryOperator<Trust> change) {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null) {
      throw new KeyFileException(file + " is not a file");
    }
    return KeyFiles.alone(
        folder,
        () -> {
          Trust changed = change.apply(read());
          KeyFiles.write(file, write(changed));
          return changed;
        });
  }

  private Look look() {
    try {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      return new Look(now.fileKey(), now.size(), now.lastModifiedTime().to(TimeUnit.NANOSECONDS));
    } catch (IOException e) {
      return Look.ABSENT;
    }
  }

  private Trust read() {
    if (Files.notExists(file)) {
      return new Trust(List.of());
    }
    try {
      Form form = YAML.readValue(KeyFiles.read(file), Form.class);
      List<TrustedKey> keys = new ArrayList<>();
      if (form != null && form.keys() != null) {
        for (Entry entry : form.keys()) {
          keys.add(key(entry));
        }
      }
      return new Trust(keys);
    } catch (JsonProcessingException e) {
      throw new KeyFileException(
          "the trust file %s can't be read%s: %s".formatted(file, place(e), e.getOriginalMessage()),
          e);
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new KeyFileException(
          "the trust file %s is wrong: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static String place(JsonProcessingException e) {
    return e.getLocation() == null ? "" : " at line " + e.getLocation().getLineNr();
  }

  private static TrustedKey key(Entry entry) {
    String name = text(entry.name(), "name");
    Ed25519Key key;
    try {
      key = Ed25519Key.parse(text(entry.publicKey(), "publicKey"));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("key '" + name + "': publicKey is " + e.getMessage(), e);
    }
    if (entry.id() != null && !entry.id().equals(key.id())) {
      throw new IllegalArgumentException(
          "key '%s': its id is %s, not %s".formatted(name, key.id(), entry.id()));
    }
    Set<Stage> stages = EnumSet.noneOf(Stage.class);
    for (String stage : list(entry.stages(), "stages", name)) {
      stages.add(Stage.valueOf(stage.toUpperCase(Locale.ROOT)));
    }
    return new TrustedKey(
        name,
        key,
        Set.copyOf(list(entry.pipelines(), "pipelines", name)),
        stages,
        entry.until() == null ? null : Instant.parse(entry.until()),
        Boolean.TRUE.equals(entry.revoked()));
  }

  private static String text(@Nullable String value, String field) {
    if (value == null || value.isBlank()) {
      throw new IllegalArgumentException("a key lacks its " + field);
    }
    return value;
  }

  private static List<String> list(@Nullable List<String> value, String field, String name) {
    if (value == null || value.isEmpty()) {
      throw new IllegalArgumentException("key '" + name + "' lacks its " + field);
    }
    return value;
  }

  private static String write(Trust trust) {
    List<Entry> entries = trust.keys().stream().map(TrustFile::entry).toList();
    try {
      return OPENING + YAML.writeValueAsString(new Form(entries));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("trust can be written as YAML", e);
    }
  }

  private static Entry entry(TrustedKey trusted) {
    return new Entry(
        trusted.key().id(),
        trusted.name(),
        trusted.key().text(),
        List.copyOf(new TreeSet<>(trusted.pipelines())),
        List.of(TrustedKey.names(trusted.stages()).split(",", -1)),
        trusted.until() == null ? null : trusted.until().toString(),
        trusted.revoked() ? true : null);
  }
}
