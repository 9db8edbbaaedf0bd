package io.headwater.model.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Single events of batched tensors. */
final class Rowwise {
  private Rowwise() {}

  /** One event of a tensor [batch, ...], as a batch of one. */
  static HostTensor row(HostTensor tensor, int row) {
    if (tensor.dims().length == 0) {
      return tensor;
    }
    long[] dims = tensor.dims().clone();
    int bytes = Math.toIntExact(tensor.bytes().capacity() / Math.max(1, dims[0]));
    dims[0] = 1;
    ByteBuffer slice = HostTensor.direct(bytes);
    slice.put(tensor.bytes().duplicate().position(row * bytes).limit((row + 1) * bytes));
    return new HostTensor(tensor.type(), dims, slice.rewind().order(ByteOrder.nativeOrder()));
  }

  /** Largest absolute value of a float tensor; 0 for others. */
  static double largest(HostTensor tensor) {
    double largest = 0;
    if (tensor.type().equals("float")) {
      for (float value : tensor.floats()) {
        largest = Math.max(largest, Math.abs(value));
      }
    }
    return largest;
  }
}
