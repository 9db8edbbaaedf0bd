package io.headwater.ops;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Which part may know which. */
@AnalyzeClasses(packages = "io.headwater", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule modules_dependOneWay =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("schemas")
          .definedBy("io.headwater.schemas..")
          .layer("model")
          .definedBy("io.headwater.model..")
          .layer("stream")
          .definedBy("io.headwater.stream..")
          .layer("trainer")
          .definedBy("io.headwater.trainer..")
          .layer("ops")
          .definedBy("io.headwater.ops..")
          .whereLayer("ops")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("stream")
          .mayOnlyBeAccessedByLayers("ops")
          .whereLayer("trainer")
          .mayOnlyBeAccessedByLayers("ops")
          .whereLayer("model")
          .mayOnlyBeAccessedByLayers("stream", "trainer", "ops");

  @ArchTest
  static final ArchRule onnxRuntime_isSeenByWhatRunsSegmentsAndWhatMeasuresItAlone =
      only(
          new String[] {
            "io.headwater.model.runtime..",
            "io.headwater.ops.bench..",
            "io.headwater.trainer.tune..",
            "io.headwater.trainer.verify.."
          },
          "ai.onnxruntime..");

  @ArchTest
  static final ArchRule onnxProtobuf_isSeenByWhatReadsOrWritesGraphsAlone =
      only(
          new String[] {
            "io.headwater.model.guard..",
            "io.headwater.model.onnx..",
            "io.headwater.trainer.gradient..",
            "io.headwater.trainer.tune..",
            "io.headwater.trainer.verify.."
          },
          "ai.onnx.proto..");

  @ArchTest
  static final ArchRule kafkaStreams_isSeenByTheScorerAndWhatMeasuresItAlone =
      only(
          new String[] {"io.headwater.stream..", "io.headwater.ops.bench.."},
          "org.apache.kafka.streams..");

  @ArchTest
  static final ArchRule kafkaServer_isSeenByTheBrokerAlone =
      only(new String[] {"io.headwater.ops.broker.."}, "kafka..", "org.apache.kafka.metadata..");

  @ArchTest
  static final ArchRule javaUtilLogging_isUsedByNone = NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;

  @ArchTest
  static final ArchRule standardStreams_areUsedByTheCommandLineAlone =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.headwater.ops..")
          .should(ACCESS_STANDARD_STREAMS);

  @ArchTest
  static final ArchRule theJvm_isEndedByMainAlone =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName(Main.class.getName())
          .should()
          .callMethod(System.class, "exit", int.class);

  private static ArchRule only(String[] users, String... used) {
    return noClasses()
        .that()
        .resideOutsideOfPackages(users)
        .should()
        .dependOnClassesThat(resideInAnyPackage(used));
  }
}
