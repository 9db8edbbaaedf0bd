package io.headwater.trainer.replay;

import io.headwater.model.runtime.Crossing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What crossed for examples, on disk, so that a restart need not run the model again: by event and
 * the digest of the segments that it came from, up to a number of bytes; the oldest goes first.
 *
 * <p>Entries ({@link CrossingEntry}) are appended to numbered files of an eighth of the bound.
 * Checksum and key are checked on every read; what fails is forgotten. An entry that a crash cut
 * short ends its file. Where the directory can't be written or its disk is full, that is logged
 * once and counted, nothing more is kept, and the caller goes on without.
 *
 * <p>Belongs to one thread; any may read its figures. One process holds a directory.
 */
public final class CrossingFiles implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CrossingFiles.class);

  private static final int FILES = 8;
  private static final String SUFFIX = ".crossings";

  /** Writes all of an entry where its file ends. */
  @FunctionalInterface
  interface Writing {
    void append(FileChannel file, ByteBuffer entry) throws IOException;
  }

  private record Place(int file, long at, int length) {}

  private record Key(long first, long second) {}

  private final Path directory;
  private final long maxBytes;
  private final Writing writing;
  private final Map<Key, Place> places = new HashMap<>();
  private final TreeMap<Integer, FileChannel> files = new TreeMap<>();
  private @Nullable FileChannel lock;
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong hits = new AtomicLong();
  private final AtomicLong misses = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();
  private boolean broken;

  private CrossingFiles(Path directory, long maxBytes, Writing writing) {
    this.directory = directory;
    this.maxBytes = maxBytes;
    this.writing = writing;
  }

  /** Keeps nothing. */
  public static CrossingFiles none() {
    return open(Path.of(""), 0);
  }

  /**
   * Opens a directory, which is made where it is missing, and takes up what is in it.
   *
   * @param maxBytes what its files may take; 0 keeps nothing
   */
  public static CrossingFiles open(Path directory, long maxBytes) {
    return open(
        directory,
        maxBytes,
        (file, entry) -> {
          while (entry.hasRemaining()) {
            file.write(entry);
          }
        });
  }

  static CrossingFiles open(Path directory, long maxBytes, Writing writing) {
    CrossingFiles cache = new CrossingFiles(directory, maxBytes, writing);
    if (maxBytes <= 0) {
      cache.broken = true;
      return cache;
    }
    try {
      cache.takeUp();
    } catch (IOException e) {
      cache.fail(e);
    }
    return cache;
  }

  /** What crossed for an event; null where it is not held whole and unchanged. */
  public @Nullable Crossing find(String prefix, String event) {
    byte[] key = CrossingEntry.key(prefix, event);
    Place place = places.get(brief(key));
    Crossing found = null;
    if (place != null) {
      try {
        found = read(place, key);
      } catch (IOException | IllegalArgumentException | ArithmeticException e) {
        failures.incrementAndGet();
      }
      if (found == null) {
        places.remove(brief(key));
      }
    }
    if (found == null) {
      misses.incrementAndGet();
    } else {
      hits.incrementAndGet();
    }
    return found;
  }

  /** Keeps what crossed, where there is room in the bound for it. */
  public void put(String prefix, String event, Crossing crossing) {
    byte[] key = CrossingEntry.key(prefix, event);
    if (broken || places.containsKey(brief(key))) {
      return;
    }
    ByteBuffer entry = CrossingEntry.of(key, crossing);
    if (entry.remaining() > maxBytes / FILES) {
      return;
    }
    try {
      FileChannel last = last(entry.remaining());
      long at = last.position();
      int length = entry.remaining();
      bytes.addAndGet(length);
      writing.append(last, entry);
      places.put(brief(key), new Place(files.lastKey(), at, length));
    } catch (IOException e) {
      fail(e);
    }
  }

  /** What the files take. */
  public long bytes() {
    return bytes.get();
  }

  /** How often something was found. */
  public long hits() {
    return hits.get();
  }

  /** How often it was not. */
  public long misses() {
    return misses.get();
  }

  /** Entries that could not be read, and files that could not be written. */
  public long failures() {
    return failures.get();
  }

  @Override
  public void close() {
    try {
      for (FileChannel file : files.values()) {
        file.close();
      }
      if (lock != null) {
        lock.close();
      }
    } catch (IOException e) {
      LOG.warn("the activation cache {} can't be closed ({})", directory, e.toString());
    }
    places.clear();
    broken = true;
  }

  private void takeUp() throws IOException {
    Files.createDirectories(directory);
    lock =
        FileChannel.open(
            directory.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (!locked(lock)) {
      throw new IOException("another trainer uses it");
    }
    List<Path> found = new ArrayList<>();
    try (Stream<Path> all = Files.list(directory)) {
      all.filter(path -> path.getFileName().toString().matches("\\d{1,9}" + SUFFIX))
          .forEach(found::add);
    }
    for (Path path : found) {
      String name = path.getFileName().toString();
      open(Integer.parseInt(name.substring(0, name.length() - SUFFIX.length())));
    }
    for (Map.Entry<Integer, FileChannel> file : files.entrySet()) {
      scan(file.getKey(), file.getValue());
    }
    makeRoom(0);
  }

  private static boolean locked(FileChannel channel) throws IOException {
    try {
      FileLock held = channel.tryLock();
      return held != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  private FileChannel open(int number) throws IOException {
    FileChannel file =
        FileChannel.open(
            path(number),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    files.put(number, file);
    return file;
  }

  private Path path(int number) {
    return directory.resolve("%09d%s".formatted(number, SUFFIX));
  }

  /** Notes where entries are; contents are checked when they are read. */
  private void scan(int number, FileChannel file) throws IOException {
    ByteBuffer head = ByteBuffer.allocate(CrossingEntry.START).order(ByteOrder.LITTLE_ENDIAN);
    long at = 0;
    while (true) {
      head.clear();
      if (!full(file, head, at)) {
        break;
      }
      int length = CrossingEntry.length(head.flip());
      if (length < CrossingEntry.START || at + length > file.size()) {
        break;
      }
      places.put(brief(CrossingEntry.keyOf(head)), new Place(number, at, length));
      at += length;
    }
    file.truncate(at);
    file.position(at);
    bytes.addAndGet(at);
  }

  /** The file to append to. */
  private FileChannel last(int more) throws IOException {
    makeRoom(more);
    Map.Entry<Integer, FileChannel> last = files.lastEntry();
    if (last == null || last.getValue().size() + more > maxBytes / FILES) {
      return open(last == null ? 0 : last.getKey() + 1);
    }
    return last.getValue();
  }

  private void makeRoom(int more) throws IOException {
    while (bytes.get() + more > maxBytes && !files.isEmpty()) {
      Map.Entry<Integer, FileChannel> oldest = files.firstEntry();
      bytes.addAndGet(-oldest.getValue().size());
      oldest.getValue().close();
      files.remove(oldest.getKey());
      Files.deleteIfExists(path(oldest.getKey()));
      places.values().removeIf(place -> place.file() == oldest.getKey());
    }
  }

  private @Nullable Crossing read(Place place, byte[] key) throws IOException {
    FileChannel file = files.get(place.file());
    ByteBuffer entry = ByteBuffer.allocate(place.length()).order(ByteOrder.LITTLE_ENDIAN);
    if (file == null || !full(file, entry, place.at())) {
      return null;
    }
    Crossing crossing = CrossingEntry.read(entry.flip(), key);
    if (crossing == null) {
      failures.incrementAndGet();
    }
    return crossing;
  }

  private static boolean full(FileChannel file, ByteBuffer into, long at) throws IOException {
    while (into.hasRemaining()) {
      if (file.read(into, at + into.position()) < 0) {
        return false;
      }
    }
    return true;
  }

  private void fail(IOException e) {
    failures.incrementAndGet();
    broken = true;
    LOG.warn(
        "nothing more is kept in the activation cache {} ({}): trainings go on and run the model"
            + " again; free room on its disk, or set training.cacheBytes lower, and restart",
        directory,
        e.toString());
  }

  private static Key brief(byte[] key) {
    ByteBuffer bytes = ByteBuffer.wrap(key);
    return new Key(bytes.getLong(), bytes.getLong());
  }
}
