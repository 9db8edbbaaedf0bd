package io.headwater.model.guard;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Walks a parsed model, with its subgraphs and functions, and refuses the first thing in it that is
 * not let through.
 *
 * <p>Not safe for use by several threads.
 */
final class GraphChecks {
  private static final int OLDEST_IR = 3;
  private static final int NEWEST_IR = 13;
  private static final int NEWEST_OPSET = 26;

  private final String what;
  private final ModelLimits limits;
  private final Set<String> filledLater;
  private final Set<String> functions = new HashSet<>();

  /**
   * Readies the checks of one file.
   *
   * @param filledLater initializers of the outermost graph that may lack their values
   */
  GraphChecks(String what, ModelLimits limits, Set<String> filledLater) {
    this.what = what;
    this.limits = limits;
    this.filledLater = filledLater;
  }

  void check(ModelProto model) {
    versions(model);
    for (FunctionProto function : model.getFunctionsList()) {
      if (!functions.add(key(function.getDomain(), function.getName()))) {
        throw refused(RefusalReason.NAME, "has two functions named '" + function.getName() + "'");
      }
    }
    for (FunctionProto function : model.getFunctionsList()) {
      String where = "function '" + function.getName() + "', ";
      nodes(where, function.getNodeList());
      function.getAttributeProtoList().forEach(attribute -> attribute(where, attribute));
    }
    graph("", model.getGraph(), filledLater);
    model
        .getTrainingInfoList()
        .forEach(
            training -> {
              graph("training, ", training.getInitialization(), Set.of());
              graph("training, ", training.getAlgorithm(), Set.of());
            });
    expansion(model);
  }

  private void versions(ModelProto model) {
    long ir = model.getIrVersion();
    if (ir < OLDEST_IR || ir > NEWEST_IR) {
      throw refused(
          RefusalReason.VERSION,
          "is of IR version %d; export it with %d to %d".formatted(ir, OLDEST_IR, NEWEST_IR));
    }
    Set<String> domains = new HashSet<>();
    for (OperatorSetIdProto set : model.getOpsetImportList()) {
      String domain = Operators.domain(set.getDomain());
      if (!domains.add(domain)) {
        throw refused(RefusalReason.VERSION, "imports operators of '" + domain + "' twice");
      }
      long newest = domain.equals(Operators.STANDARD) ? NEWEST_OPSET : Integer.MAX_VALUE;
      if (set.getVersion() < 1 || set.getVersion() > newest) {
        throw refused(
            RefusalReason.VERSION,
            "imports version %d of the operators of '%s'; export it with 1 to %d"
                .formatted(set.getVersion(), domain, newest));
      }
    }
  }

  private void graph(String where, GraphProto graph, Set<String> mayBeEmpty) {
    if (graph.getSparseInitializerCount() > 0) {
      throw refused(
          RefusalReason.SPARSE,
          where
              + "keeps tensor '"
              + graph.getSparseInitializer(0).getValues().getName()
              + "' sparse; export it dense");
    }
    Set<String> names = new HashSet<>();
    for (TensorProto tensor : graph.getInitializerList()) {
      String name = tensor.getName();
      if (name.isEmpty() || !names.add(name)) {
        throw refused(
            RefusalReason.NAME, where + "has two initializers or more named '" + name + "'");
      }
      tensor(where + "tensor '" + name + "'", tensor, mayBeEmpty.contains(name));
    }
    nodes(where, graph.getNodeList());
  }

  private void nodes(String where, List<NodeProto> nodes) {
    Set<String> given = new HashSet<>();
    for (NodeProto node : nodes) {
      String here = where + named(node);
      operator(here, node);
      for (String output : node.getOutputList()) {
        if (!output.isEmpty() && !given.add(output)) {
          throw refused(
              RefusalReason.NAME, here + " gives '" + output + "', which another node gives too");
        }
      }
      node.getAttributeList().forEach(attribute -> attribute(here + ", ", attribute));
    }
  }

  private void operator(String here, NodeProto node) {
    String domain = Operators.domain(node.getDomain());
    String operator = domain + ":" + node.getOpType();
    if (limits.operators().contains(operator)) {
      return;
    }
    if (domain.equals(Operators.STANDARD) && Operators.CONTROL_FLOW.contains(node.getOpType())) {
      if (!limits.controlFlow()) {
        throw refused(RefusalReason.CONTROL_FLOW, controlFlow(here));
      }
    } else if (!Operators.isListed(domain, node.getOpType())
        && !functions.contains(key(node.getDomain(), node.getOpType()))) {
      throw refused(
          RefusalReason.OPERATOR,
          here
              + " runs "
              + operator
              + ", which is not on the list of operators; where you trust it, start with"
              + " -Dheadwater.guard.operators="
              + operator);
    }
  }

  private static String controlFlow(String here) {
    return here
        + " runs a subgraph; export the model without control flow, or, where you trust it, start"
        + " with -Dheadwater.guard.control-flow=true";
  }

  private void attribute(String where, AttributeProto attribute) {
    String here = where + "attribute '" + attribute.getName() + "'";
    if (attribute.hasT()) {
      tensor(here, attribute.getT(), false);
    }
    attribute.getTensorsList().forEach(tensor -> tensor(here, tensor, false));
    if (attribute.hasSparseTensor()) {
      sparse(here, attribute.getSparseTensor());
    }
    attribute.getSparseTensorsList().forEach(tensor -> sparse(here, tensor));
    if (Float.isNaN(attribute.getF())
        || attribute.getFloatsList().stream().anyMatch(value -> value.isNaN())) {
      throw refused(RefusalReason.NOT_FINITE, here + " is not a number; export the model again");
    }
    if (attribute.hasG() || attribute.getGraphsCount() > 0) {
      if (!limits.controlFlow()) {
        throw refused(RefusalReason.CONTROL_FLOW, controlFlow(here));
      }
      if (attribute.hasG()) {
        graph(here + ", ", attribute.getG(), Set.of());
      }
      attribute.getGraphsList().forEach(graph -> graph(here + ", ", graph, Set.of()));
    }
  }

  private void sparse(String here, SparseTensorProto tensor) {
    TensorChecks.inline(what + ": " + here, tensor.getValues());
    TensorChecks.inline(what + ": " + here, tensor.getIndices());
    throw refused(RefusalReason.SPARSE, here + " is sparse; export it dense");
  }

  private void tensor(String here, TensorProto tensor, boolean mayBeEmpty) {
    String where = what + ": " + here;
    TensorChecks.inline(where, tensor);
    TensorChecks.whole(where, tensor, mayBeEmpty, limits.maxTensorBytes());
    TensorChecks.finite(where, tensor);
  }

  /** Functions that call functions can stand for more nodes than any file could hold. */
  private void expansion(ModelProto model) {
    Map<String, FunctionProto> bodies = new HashMap<>();
    model.getFunctionsList().forEach(f -> bodies.put(key(f.getDomain(), f.getName()), f));
    Map<String, Long> sizes = new HashMap<>();
    long total = expanded(model.getGraph().getNodeList(), bodies, sizes, new HashSet<>());
    if (total > limits.maxNodes()) {
      throw refused(
          RefusalReason.TOO_LARGE,
          "has more than " + limits.maxNodes() + " nodes once its functions are expanded");
    }
  }

  private long expanded(
      List<NodeProto> nodes,
      Map<String, FunctionProto> bodies,
      Map<String, Long> sizes,
      Set<String> open) {
    long total = 0;
    for (NodeProto node : nodes) {
      String key = key(node.getDomain(), node.getOpType());
      FunctionProto body = bodies.get(key);
      if (body == null) {
        total++;
      } else {
        Long size = sizes.get(key);
        if (size == null) {
          if (!open.add(key) || open.size() > limits.maxDepth()) {
            throw refused(
                RefusalReason.TOO_DEEP, "has functions that call themselves, or too deep a chain");
          }
          size = expanded(body.getNodeList(), bodies, sizes, open);
          open.remove(key);
          sizes.put(key, size);
        }
        total += size;
      }
      total = Math.min(total, Integer.MAX_VALUE);
    }
    return total;
  }

  private static String key(String domain, String name) {
    return Operators.domain(domain) + ":" + name;
  }

  static String named(NodeProto node) {
    String name =
        !node.getName().isEmpty() || node.getOutputCount() == 0
            ? node.getName()
            : node.getOutput(0);
    return "node '" + name + "' (" + node.getOpType() + ")";
  }

  private ModelRefusedException refused(RefusalReason reason, String problem) {
    return new ModelRefusedException(
        reason,
        what
            + (problem.startsWith("node") || problem.startsWith("function") ? ": " : " ")
            + problem);
  }
}
