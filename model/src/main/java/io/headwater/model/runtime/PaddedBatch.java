package io.headwater.model.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import io.headwater.model.featurise.Features;
import io.headwater.schemas.TextFeature;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A batch's token ids, mask and types, padded to its longest, as tensors over the calling thread's
 * own direct memory: one batch per thread may be open at a time.
 */
final class PaddedBatch implements AutoCloseable {
  private static final int INPUTS = 3;

  private static final ThreadLocal<ByteBuffer> MEMORY =
      ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(0));

  private final Map<String, OnnxTensor> tensors = new HashMap<>();

  private PaddedBatch() {}

  /** Lays out a batch of one event or more. */
  static PaddedBatch of(TextFeature feature, List<Features> batch) {
    int longest = 1;
    for (Features features : batch) {
      longest = Math.max(longest, features.length());
    }
    int cells = Math.multiplyExact(batch.size(), longest);
    ByteBuffer memory = memory(Math.multiplyExact(cells, INPUTS * Long.BYTES));
    LongBuffer ids = slice(memory, 0, cells);
    LongBuffer mask = slice(memory, 1, cells);
    LongBuffer types = slice(memory, 2, cells);
    for (int i = 0; i < batch.size(); i++) {
      long[] tokens = batch.get(i).tokens();
      for (int j = 0; j < longest; j++) {
        int cell = i * longest + j;
        ids.put(cell, j < tokens.length ? tokens[j] : 0);
        mask.put(cell, j < tokens.length ? 1 : 0);
        types.put(cell, 0);
      }
    }
    long[] shape = {batch.size(), longest};
    PaddedBatch padded = new PaddedBatch();
    try {
      padded.add(feature.getIdsInput(), ids, shape);
      padded.add(feature.getMaskInput(), mask, shape);
      String typesInput = feature.getTypesInput();
      if (typesInput != null) {
        padded.add(typesInput, types, shape);
      }
      return padded;
    } catch (OrtException e) {
      padded.close();
      throw new InferenceException("a batch can't be made into tensors: " + e.getCode(), e);
    }
  }

  Map<String, OnnxTensor> tensors() {
    return tensors;
  }

  @Override
  public void close() {
    tensors.values().forEach(OnnxTensor::close);
  }

  private void add(String name, LongBuffer values, long[] shape) throws OrtException {
    tensors.put(name, OnnxTensor.createTensor(Ort.environment(), values, shape));
  }

  private static ByteBuffer memory(int bytes) {
    ByteBuffer memory = MEMORY.get();
    if (memory.capacity() < bytes) {
      memory = ByteBuffer.allocateDirect(bytes);
      MEMORY.set(memory);
    }
    return memory;
  }

  private static LongBuffer slice(ByteBuffer memory, int index, int cells) {
    return memory
        .slice(index * cells * Long.BYTES, cells * Long.BYTES)
        .order(ByteOrder.nativeOrder())
        .asLongBuffer();
  }
}
