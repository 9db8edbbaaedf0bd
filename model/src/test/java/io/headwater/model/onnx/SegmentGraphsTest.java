package io.headwater.model.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import com.google.protobuf.InvalidProtocolBufferException;
import io.headwater.model.pack.BlobMap;
import io.headwater.model.pack.Blobs;
import io.headwater.model.pack.Digest;
import io.headwater.model.pack.MissingBlobException;
import io.headwater.model.pack.ModelPackage;
import io.headwater.schemas.Segment;
import io.headwater.schemas.Weight;
import java.util.List;
import org.junit.jupiter.api.Test;

class SegmentGraphsTest {
  private final ModelPackage version = ToyEncoder.packaged(3);
  private final Segment backbone = version.manifest().getSegments().get(0);

  @Test
  void assemble_whatSplitTookApart_isTheSameModel() throws InvalidProtocolBufferException {
    ModelProto model = ToyEncoder.model(ToyEncoder.PLAIN).build();
    SegmentGraphs.Parts parts = SegmentGraphs.split("toy", model, false);

    ModelProto again =
        ModelProto.parseFrom(SegmentGraphs.assemble(parts.segment(), BlobMap.of(parts.blobs())));

    assertThat(again).isEqualTo(model);
  }

  @Test
  void split_typedFields_giveLittleEndianBlobs() {
    TensorProto.Builder bytes =
        TensorProto.newBuilder().setName("b").setDataType(DataType.INT8_VALUE).addDims(2000);
    for (int i = 0; i < 2000; i++) {
      bytes.addInt32Data(i % 2 == 0 ? -1 : 1);
    }
    TensorProto floats =
        TensorProto.newBuilder()
            .setName("f")
            .setDataType(DataType.FLOAT_VALUE)
            .addDims(2)
            .addFloatData(1)
            .addFloatData(2)
            .build();
    ModelProto.Builder model = ToyEncoder.model(ToyEncoder.PLAIN);
    model.getGraphBuilder().addInitializer(bytes).addInitializer(floats);

    List<byte[]> blobs = SegmentGraphs.split("toy", model.build(), false).blobs();

    assertThat(blobs.get(3)).hasSize(2000).startsWith(-1, 1, -1);
    assertThat(blobs.get(4)).containsExactly(0, 0, 0x80, 0x3f, 0, 0, 0, 0x40);
  }

  @Test
  void assemble_missingBlob_saysWhich() {
    assertThatThrownBy(() -> SegmentGraphs.assemble(backbone, BlobMap.of()))
        .isInstanceOf(MissingBlobException.class)
        .hasMessageContaining(backbone.getGraph());
  }

  @Test
  void assemble_weightLeftOut_namesTheTensor() {
    backbone.setWeights(List.of());

    assertThatThrownBy(() -> SegmentGraphs.assemble(backbone, version.blobs()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'embeddings'");
  }

  @Test
  void assemble_weightTheGraphLacks_namesIt() {
    backbone.setWeights(
        List.of(backbone.getWeights().get(0), new Weight("ghost", backbone.getGraph())));

    assertThatThrownBy(() -> SegmentGraphs.assemble(backbone, version.blobs()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ghost");
  }

  @Test
  void assemble_weightOfAnotherSize_namesTheTensor() {
    byte[] small = new byte[8];
    backbone.setWeights(List.of(new Weight("embeddings", Digest.of(small))));
    BlobMap added = BlobMap.of(small);
    Blobs blobs =
        digest ->
            added.digests().contains(digest) ? added.get(digest) : version.blobs().get(digest);

    assertThatThrownBy(() -> SegmentGraphs.assemble(backbone, blobs))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'embeddings' has 8 bytes");
  }

  @Test
  void assemble_interfaceThatIsNotTheGraphs_refuses() {
    backbone.getOutputs().get(0).setName("other");

    assertThatThrownBy(() -> SegmentGraphs.assemble(backbone, version.blobs()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("inputs or outputs");
  }

  @Test
  void read_head_hasItsWeightsFilledIn() {
    GraphProto head = HeadGraphs.read(version).getGraph();

    assertThat(head.getInitializerList()).allSatisfy(t -> assertThat(Tensors.hasBytes(t)).isTrue());
    assertThat(head.getOutput(0).getName()).isEqualTo("logits");
    assertThat(head.getInput(0).getName()).isEqualTo("pooled");
  }
}
