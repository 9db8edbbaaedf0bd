package io.headwater.ops.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.ops.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkspaceTest {
  @TempDir Path directory;

  @Test
  void close_temporary_removesEverything() throws IOException {
    Workspace work = Workspace.open(null);
    Files.createDirectories(work.path().resolve("a/b"));
    Files.writeString(work.path().resolve("a/b/c"), "x");

    work.close();

    assertThat(work.path()).doesNotExist();
  }

  @Test
  void close_named_leavesItAsItIs() throws IOException {
    Workspace work = Workspace.open(directory.resolve("mine"));
    Files.writeString(work.path().resolve("kept"), "x");

    work.close();

    assertThat(work.path().resolve("kept")).exists();
  }

  @Test
  void open_namedAndNotEmpty_isAUserError() throws IOException {
    Files.writeString(directory.resolve("old"), "x");

    assertThatThrownBy(() -> Workspace.open(directory))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("--data-dir");
  }
}
