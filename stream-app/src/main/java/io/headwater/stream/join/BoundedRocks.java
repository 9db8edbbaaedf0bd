package io.headwater.stream.join;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/**
 * Gives all stores of the process one bounded block cache, which their write buffers count against;
 * by default every store of every task may take 100 MB off the heap.
 *
 * <p>Made by Kafka Streams, one per store, through its name.
 */
public final class BoundedRocks implements RocksDBConfigSetter {
  private static final long CACHE_BYTES = 96L * 1024 * 1024;
  private static final long WRITE_BUFFERS_BYTES = 32L * 1024 * 1024;
  private static final long WRITE_BUFFER_BYTES = 4L * 1024 * 1024;

  static {
    RocksDB.loadLibrary();
  }

  private static final Cache CACHE = new LRUCache(CACHE_BYTES);
  private static final WriteBufferManager WRITE_BUFFERS =
      new WriteBufferManager(WRITE_BUFFERS_BYTES, CACHE);

  @Override
  public void setConfig(String store, Options options, Map<String, Object> configs) {
    if (options.tableFormatConfig() instanceof BlockBasedTableConfig table) {
      table.setBlockCache(CACHE);
      table.setCacheIndexAndFilterBlocks(true);
      options.setTableFormatConfig(table);
    }
    options.setWriteBufferManager(WRITE_BUFFERS);
    options.setWriteBufferSize(WRITE_BUFFER_BYTES);
  }

  /** The cache and the write buffers are the process's, and stay. */
  @Override
  public void close(String store, Options options) {}
}
