package io.headwater.model.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtSession;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Consecutive segments that the same versions share, as one session, and what branches off behind.
 *
 * @param through the versions that run it
 * @param ends those whose last segment it holds
 */
record TrieNode(
    SegmentSession session, Set<String> through, Map<String, Tap> ends, List<TrieNode> children) {

  /** What one run of a batch answers, and how many sessions that took. */
  static final class Pass {
    final Set<String> wanted;
    final int batch;
    final Map<String, Answer> answers = new HashMap<>();
    int runs;

    Pass(Set<String> wanted, int batch) {
      this.wanted = wanted;
      this.batch = batch;
    }
  }

  /**
   * Runs what the wanted versions need of it and of what is behind it. A failure is the answer of
   * the versions that it touches, and of no others.
   */
  void run(Map<String, OnnxTensor> given, Pass pass) {
    Set<String> concerned = new HashSet<>(through);
    concerned.retainAll(pass.wanted);
    if (concerned.isEmpty()) {
      return;
    }
    pass.runs++;
    try (OrtSession.Result result = session.run(given, null)) {
      Map<String, OnnxTensor> values = new HashMap<>(given);
      for (Map.Entry<String, OnnxValue> output : result) {
        if (output.getValue() instanceof OnnxTensor tensor) {
          values.put(output.getKey(), tensor);
        }
      }
      ends.forEach(
          (version, tap) -> {
            if (concerned.contains(version)) {
              pass.answers.put(version, answer(tap, values, pass.batch));
            }
          });
      children.forEach(child -> child.run(values, pass));
    } catch (RuntimeException e) {
      Answer failed = new Answer.Failed(named(e));
      concerned.forEach(version -> pass.answers.putIfAbsent(version, failed));
    }
  }

  private static Answer answer(Tap tap, Map<String, OnnxTensor> values, int batch) {
    try (Chain.Values read = new Chain.Values(values)) {
      return new Answer.Given(tap.scored(read, batch));
    } catch (RuntimeException e) {
      return new Answer.Failed(named(e));
    }
  }

  /** Only our own exceptions are known not to quote an event. */
  private static InferenceException named(RuntimeException e) {
    return e instanceof InferenceException known
        ? known
        : new InferenceException("a run failed: " + e.getClass().getSimpleName(), e);
  }
}
