package io.headwater.ops.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.ops.UserError;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeldDirectoryTest {
  private static final HeldDirectory.Holder SCORER =
      new HeldDirectory.Holder("scorer", "--state-dir");

  @Test
  void take_heldInThisJvm_isRefusedUntilItIsLetGo(@TempDir Path folder) throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder);
    try (HeldDirectory held = HeldDirectory.take(folder, SCORER)) {
      assertThat(held.path()).isEqualTo(folder.toRealPath());
      assertThatThrownBy(() -> HeldDirectory.take(link, SCORER))
          .isInstanceOf(UserError.class)
          .hasMessage(
              "another scorer is using %s: stop it, or name another directory with --state-dir",
              folder.toRealPath());
      assertThatThrownBy(() -> HeldDirectory.take(folder, SCORER)).isInstanceOf(UserError.class);
    }
    HeldDirectory.take(folder, SCORER).close();
  }

  @Test
  void take_whereNoDirectoryCanBe_saysSo(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThatThrownBy(() -> HeldDirectory.take(file.resolve("below"), SCORER))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("can't write in " + file);
  }
}
