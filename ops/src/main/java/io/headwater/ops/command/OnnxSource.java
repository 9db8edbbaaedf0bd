package io.headwater.ops.command;

import io.headwater.ops.data.PretrainedModels;
import io.headwater.ops.models.ModelFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An ONNX model that the command line names: a file, or a pre-trained model by its name.
 *
 * @param given as it was written
 */
record OnnxSource(String given) {
  private boolean isName() {
    return PretrainedModels.isKnown(given) && !Files.exists(Path.of(given));
  }

  /** The model's name: the file's without its folder, or the pre-trained model's. */
  String name() {
    Path last = Path.of(given).getFileName();
    return last == null ? given : last.toString();
  }

  /**
   * The model's bytes.
   *
   * @param progress told in a line what is being fetched
   * @throws io.headwater.ops.UserError where they can't be had
   */
  byte[] bytes(Consumer<String> progress) {
    return isName() ? Pretraining.models(progress).onnx(given) : ModelFiles.read(Path.of(given));
  }

  /** The tokenizer that comes with a pre-trained model of texts; null for all others. */
  byte @Nullable [] tokenizer(Consumer<String> progress) {
    return isName() && PretrainedModels.readsText(given)
        ? Pretraining.models(progress).fetch(given).tokenizer()
        : null;
  }
}
