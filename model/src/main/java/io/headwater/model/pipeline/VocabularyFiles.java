package io.headwater.model.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Files of categories that a pipeline file names; they travel inside manifests, so they are small.
 *
 * @param folder of the pipeline file, or null where it is no file
 */
record VocabularyFiles(@Nullable Path folder) {
  private static final int MAX_BYTES = 256 << 10;
  private static final int MAX_VALUES = 20_000;

  /**
   * The file's lines, without blank ones.
   *
   * @throws IllegalArgumentException saying why there are none
   */
  List<String> read(String name) {
    if (folder == null) {
      throw new IllegalArgumentException("the pipeline was not read from a file");
    }
    byte[] bytes;
    try (InputStream in = Files.newInputStream(folder.resolve(name))) {
      bytes = in.readNBytes(MAX_BYTES + 1);
    } catch (NoSuchFileException e) {
      throw new IllegalArgumentException("there is no file " + folder.resolve(name), e);
    } catch (IOException | InvalidPathException e) {
      throw new IllegalArgumentException("'" + name + "' can't be read", e);
    }
    if (bytes.length > MAX_BYTES) {
      throw new IllegalArgumentException(
          "'" + name + "' has more than 256 KiB; use 'buckets' for so many values");
    }
    try {
      List<String> values =
          UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(bytes))
              .toString()
              .lines()
              .filter(line -> !line.isBlank())
              .toList();
      if (values.isEmpty() || values.size() > MAX_VALUES) {
        throw new IllegalArgumentException("'" + name + "' has " + values.size() + " values");
      }
      return values;
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("'" + name + "' is not UTF-8", e);
    }
  }
}
