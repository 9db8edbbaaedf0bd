package io.headwater.trainer.gradient;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.headwater.model.runtime.Ort;
import java.nio.FloatBuffer;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LossTest {
  private static final float STEP = 2e-3f;
  private static final float[] TARGETS = {.1f, .2f, .7f, 0, 1, 0};
  private static final float[] OUTPUTS = {-1.7f, 0.3f, 1.1f, 0.45f, 0.6f, -0.2f};

  @ParameterizedTest
  @EnumSource(Loss.Kind.class)
  void slope_eachLoss_isThatOfTheLoss(Loss.Kind kind) throws OrtException {
    Emitter emit = new Emitter(GraphProto.getDefaultInstance());
    Loss.Emitted loss = new Loss(kind, 0.7).emit(emit, "z", emit.constant(TARGETS, 2, 3));
    GraphProto.Builder graph =
        GraphProto.newBuilder()
            .setName("loss")
            .addInput(Tensors.value("z", Tensors.FLOAT, 2, 3))
            .addOutput(ValueInfoProto.newBuilder().setName(loss.perExample()))
            .addOutput(ValueInfoProto.newBuilder().setName(loss.slope()))
            .addAllNode(emit.nodes());
    emit.constants().forEach(graph::addInitializer);
    byte[] model = FiniteDifferences.model(graph.build(), CurrentForm.OPSET).toByteArray();
    try (OrtSession session = Ort.environment().createSession(model)) {
      float[] slope = run(session, OUTPUTS, loss.slope());
      for (int i = 0; i < OUTPUTS.length; i++) {
        float[] z = OUTPUTS.clone();
        z[i] = OUTPUTS[i] + STEP;
        double up = run(session, z, loss.perExample())[i / 3];
        z[i] = OUTPUTS[i] - STEP;
        double down = run(session, z, loss.perExample())[i / 3];
        assertThat((up - down) / (2 * STEP)).isCloseTo(slope[i], Offset.offset(1e-3));
      }
    }
  }

  private static float[] run(OrtSession session, float[] z, String output) throws OrtException {
    try (OnnxTensor input =
            OnnxTensor.createTensor(Ort.environment(), FloatBuffer.wrap(z), new long[] {2, 3});
        OrtSession.Result result = session.run(Map.of("z", input))) {
      FloatBuffer answer = ((OnnxTensor) result.get(output).orElseThrow()).getFloatBuffer();
      float[] floats = new float[answer.remaining()];
      answer.get(floats);
      return floats;
    }
  }
}
