package io.headwater.model.runtime;

import static java.util.Objects.requireNonNull;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import io.headwater.model.featurise.Features;
import io.headwater.model.featurise.InputLayout;
import io.headwater.model.featurise.InputLayout.Cell;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A batch's inputs as tensors over the calling thread's own direct memory, texts padded to the
 * longest: one batch per thread may be open at a time.
 */
final class InputBatch implements AutoCloseable {
  /** Larger batches are run in parts: memory grows with the batch, and speed no longer does. */
  static final long MAX_BYTES = 64L << 20;

  private static final ThreadLocal<ByteBuffer> MEMORY =
      ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(0));

  private final Map<String, OnnxTensor> tensors = new HashMap<>();
  private final ByteBuffer memory;
  private int used;

  private InputBatch(ByteBuffer memory) {
    this.memory = memory;
  }

  /**
   * How far a run that starts at {@code from} may go: to the end, to what memory allows, or one
   * event on where the model takes no more.
   */
  static int end(InputLayout layout, List<Features> batch, int from) {
    if (layout.oneByOne()) {
      return from + 1;
    }
    long[] longest = new long[layout.texts().size()];
    long values = valueBytes(layout);
    int end = from;
    while (end < batch.size()) {
      long each = values;
      for (int i = 0; i < longest.length; i++) {
        longest[i] = Math.max(longest[i], tokens(layout.texts().get(i), batch.get(end), i));
        each += textBytes(layout.texts().get(i), longest[i]);
      }
      if (end > from && each * (end + 1 - from) > MAX_BYTES) {
        break;
      }
      end++;
    }
    return end;
  }

  /** Lays out a batch of one event or more. */
  static InputBatch of(InputLayout layout, List<Features> batch) {
    return of(layout, batch, 1);
  }

  /** The same with texts padded to a multiple of {@code tokens}, where their length is free. */
  static InputBatch of(InputLayout layout, List<Features> batch, int tokens) {
    int[] lengths = new int[layout.texts().size()];
    long bytes = valueBytes(layout) * batch.size();
    for (int i = 0; i < lengths.length; i++) {
      InputLayout.Text text = layout.texts().get(i);
      int longest = longest(text, batch, i);
      lengths[i] = text.padTo() > 0 ? longest : (longest + tokens - 1) / tokens * tokens;
      bytes += textBytes(layout.texts().get(i), lengths[i]) * batch.size();
    }
    InputBatch inputs = new InputBatch(memory(Math.toIntExact(bytes)));
    try {
      inputs.addNumbers(layout, batch);
      inputs.addIndices(layout, batch);
      for (int i = 0; i < lengths.length; i++) {
        inputs.addText(layout.texts().get(i), batch, i, lengths[i]);
      }
      return inputs;
    } catch (OrtException e) {
      inputs.close();
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

  private void addNumbers(InputLayout layout, List<Features> batch) throws OrtException {
    int from = 0;
    for (InputLayout.Values input : layout.numbers()) {
      int size = input.size();
      FloatBuffer cells = take(batch.size() * size, Cell.FLOAT).asFloatBuffer();
      for (Features features : batch) {
        cells.put(features.numbers(), from, size);
      }
      long[] shape = shape(batch.size(), input.dims());
      tensors.put(input.input(), OnnxTensor.createTensor(Ort.environment(), cells.flip(), shape));
      from += size;
    }
  }

  private void addIndices(InputLayout layout, List<Features> batch) throws OrtException {
    int from = 0;
    for (InputLayout.Values input : layout.indices()) {
      int size = input.size();
      Integers cells = integers(batch.size() * size, input.cell());
      for (Features features : batch) {
        for (int i = 0; i < size; i++) {
          cells.put(features.indices()[from + i]);
        }
      }
      tensors.put(input.input(), cells.tensor(shape(batch.size(), input.dims())));
      from += size;
    }
  }

  private void addText(InputLayout.Text text, List<Features> batch, int index, int length)
      throws OrtException {
    int cells = batch.size() * length;
    long[] shape = {batch.size(), length};
    Integers ids = integers(cells, text.cell());
    for (Features features : batch) {
      long[] tokens = features.texts()[index];
      for (int i = 0; i < length; i++) {
        ids.put(i < tokens.length ? tokens[i] : text.padId());
      }
    }
    tensors.put(text.ids(), ids.tensor(shape));
    if (text.mask() != null) {
      Integers mask = integers(cells, text.cell());
      for (Features features : batch) {
        int tokens = features.texts()[index].length;
        for (int i = 0; i < length; i++) {
          mask.put(i < tokens ? 1 : 0);
        }
      }
      tensors.put(text.mask(), mask.tensor(shape));
    }
    if (text.types() != null) {
      Integers types = integers(cells, text.cell());
      for (int i = 0; i < cells; i++) {
        types.put(0);
      }
      tensors.put(text.types(), types.tensor(shape));
    }
  }

  private ByteBuffer take(int cells, Cell cell) {
    int bytes = cells * cell.bytes();
    ByteBuffer slice = memory.slice(used, bytes).order(ByteOrder.nativeOrder());
    used += alignedInt(bytes);
    return slice;
  }

  private Integers integers(int cells, Cell cell) {
    ByteBuffer bytes = take(cells, cell);
    return cell == Cell.INT64
        ? new Integers(bytes.asLongBuffer(), null)
        : new Integers(null, bytes.asIntBuffer());
  }

  /** Cells of one of the two integer types. */
  private record Integers(@Nullable LongBuffer longs, @Nullable IntBuffer ints) {
    void put(long value) {
      if (longs != null) {
        longs.put(value);
      } else if (ints != null) {
        ints.put((int) value);
      }
    }

    OnnxTensor tensor(long[] shape) throws OrtException {
      return longs != null
          ? OnnxTensor.createTensor(Ort.environment(), longs.flip(), shape)
          : OnnxTensor.createTensor(Ort.environment(), requireNonNull(ints).flip(), shape);
    }
  }

  private static int longest(InputLayout.Text text, List<Features> batch, int index) {
    int longest = 1;
    for (Features features : batch) {
      longest = Math.max(longest, tokens(text, features, index));
    }
    return longest;
  }

  private static int tokens(InputLayout.Text text, Features features, int index) {
    return text.padTo() > 0 ? text.padTo() : features.texts()[index].length;
  }

  private static long textBytes(InputLayout.Text text, long tokens) {
    int inputs = 1 + (text.mask() == null ? 0 : 1) + (text.types() == null ? 0 : 1);
    return inputs * aligned(tokens * text.cell().bytes());
  }

  /** Of one event. */
  private static long valueBytes(InputLayout layout) {
    long bytes = 0;
    for (List<InputLayout.Values> inputs : List.of(layout.numbers(), layout.indices())) {
      for (InputLayout.Values input : inputs) {
        bytes += aligned((long) input.size() * input.cell().bytes());
      }
    }
    return bytes;
  }

  private static int alignedInt(int bytes) {
    return (int) aligned((long) bytes);
  }

  private static long aligned(long bytes) {
    return (bytes + Long.BYTES - 1) / Long.BYTES * Long.BYTES;
  }

  private static long[] shape(int batch, List<Integer> dims) {
    long[] shape = new long[1 + dims.size()];
    shape[0] = batch;
    for (int i = 0; i < dims.size(); i++) {
      shape[i + 1] = dims.get(i);
    }
    return shape;
  }

  private static ByteBuffer memory(int bytes) {
    ByteBuffer memory = MEMORY.get();
    if (memory.capacity() < bytes) {
      memory = ByteBuffer.allocateDirect(bytes);
      MEMORY.set(memory);
    }
    return memory;
  }
}
