package io.headwater.model.guard;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The operators that are let through: those of ONNX (up to opset 26) and ONNX-ML, and of
 * com.microsoft those that quantised and optimised exports use. What trains, reads files, runs
 * foreign code or generates text by subgraphs is not among them.
 */
final class Operators {
  static final String STANDARD = "ai.onnx";

  /** Operators that run subgraphs. */
  static final Set<String> CONTROL_FLOW = Set.of("If", "Loop", "Scan", "SequenceMap");

  private static final Pattern SPACE = Pattern.compile("\\s+");

  private static final Map<String, Set<String>> LISTED =
      Map.of(
          STANDARD,
          names(
              """
              Abs Acos Acosh Add AffineGrid And ArgMax ArgMin Asin Asinh Atan Atanh Attention
              AveragePool BatchNormalization Bernoulli BitCast BitShift BitwiseAnd BitwiseNot
              BitwiseOr BitwiseXor BlackmanWindow Cast CastLike Ceil Celu CenterCropPad Clip Col2Im
              Compress Concat ConcatFromSequence Constant ConstantOfShape Conv ConvInteger
              ConvTranspose Cos Cosh CumProd CumSum DFT DeformConv DepthToSpace DequantizeLinear Det
              Div Dropout DynamicQuantizeLinear Einsum Elu Equal Erf Exp Expand EyeLike Flatten
              Floor GRU Gather GatherElements GatherND Gelu Gemm GlobalAveragePool GlobalLpPool
              GlobalMaxPool Greater GreaterOrEqual GridSample GroupNormalization HammingWindow
              HannWindow HardSigmoid HardSwish Hardmax Identity InstanceNormalization IsInf IsNaN
              LRN LSTM LayerNormalization LeakyRelu Less LessOrEqual Log LogSoftmax LpNormalization
              LpPool MatMul MatMulInteger Max MaxPool MaxRoiPool MaxUnpool Mean
              MeanVarianceNormalization MelWeightMatrix Min Mish Mod Mul Multinomial Neg
              NegativeLogLikelihoodLoss NonMaxSuppression NonZero Not OneHot Optional
              OptionalGetElement OptionalHasElement Or PRelu Pad Pow QLinearConv QLinearMatMul
              QuantizeLinear RMSNormalization RNN RandomNormal RandomNormalLike RandomUniform
              RandomUniformLike Range Reciprocal ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp
              ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare RegexFullMatch
              Relu Reshape Resize ReverseSequence RoiAlign RotaryEmbedding Round STFT Scatter
              ScatterElements ScatterND Selu SequenceAt SequenceConstruct SequenceEmpty
              SequenceErase SequenceInsert SequenceLength Shape Shrink Sigmoid Sign Sin Sinh Size
              Slice Softmax SoftmaxCrossEntropyLoss Softplus Softsign SpaceToDepth Split
              SplitToSequence Sqrt Squeeze StringConcat StringNormalizer StringSplit Sub Sum Swish
              Tan Tanh TensorScatter TfIdfVectorizer ThresholdedRelu Tile TopK Transpose Trilu
              Unique Unsqueeze Upsample Where Xor
              """),
          "ai.onnx.ml",
          names(
              """
              ArrayFeatureExtractor Binarizer CastMap CategoryMapper DictVectorizer
              FeatureVectorizer Imputer LabelEncoder LinearClassifier LinearRegressor Normalizer
              OneHotEncoder SVMClassifier SVMRegressor Scaler TreeEnsemble TreeEnsembleClassifier
              TreeEnsembleRegressor ZipMap
              """),
          "com.microsoft",
          names(
              """
              Attention BiasAdd BiasDropout BiasGelu BiasSoftmax BiasSplitGelu ConvTransposeWithDynamicPads
              DecoderMaskedMultiHeadAttention DecoderMaskedSelfAttention DequantizeLinear
              DynamicQuantizeLSTM DynamicQuantizeMatMul EmbedLayerNormalization FastGelu
              FusedConv FusedGemm FusedMatMul FusedMatMulActivation GatherBlockQuantized GatherND
              Gelu GemmFastGelu GroupNorm GroupQueryAttention Inverse LayerNormalization
              MatMulBnb4 MatMulFpQ4 MatMulInteger16 MatMulIntegerToFloat MatMulNBits
              MultiHeadAttention NGramRepeatBlock NhwcConv NhwcFusedConv NhwcMaxPool
              PackedAttention PackedMultiHeadAttention QAttention QEmbedLayerNormalization QGemm
              QLinearAdd QLinearAveragePool QLinearConcat QLinearConv QLinearGlobalAveragePool
              QLinearLeakyRelu QLinearMul QLinearReduceMean QLinearSigmoid QLinearSoftmax
              QLinearWhere QMoE QOrderedMatMul QuantizeLinear QuickGelu RelativePositionBias
              RemovePadding RestorePadding RotaryEmbedding SkipGroupNorm SkipLayerNormalization
              SkipSimplifiedLayerNormalization SparseAttention TransposeMatMul Trilu
              SimplifiedLayerNormalization Unique UnfoldTensor
              """));

  private Operators() {}

  /** The domain under its one name: the standard one may also be written as nothing. */
  static String domain(String written) {
    return written.isEmpty() ? STANDARD : written;
  }

  static boolean isListed(String domain, String name) {
    return LISTED.getOrDefault(domain, Set.of()).contains(name);
  }

  static Set<String> domains() {
    return new TreeMap<>(LISTED).keySet();
  }

  /** Names that stand between spaces. */
  static Set<String> names(String text) {
    return Set.of(SPACE.split(text.strip()));
  }
}
