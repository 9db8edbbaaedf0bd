package io.headwater.ops.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FoldersTest {
  private static final Path HOME = Path.of("/home/ada");

  @Test
  void of_emptyEnvironment_liesInTheHome() {
    Folders folders = Folders.of(Map.of(), HOME, Optional.empty());
    assertThat(folders.log("score"))
        .isEqualTo(Path.of("/home/ada/.local/state/headwater/score.log"));
    assertThat(folders.data()).isEqualTo(Path.of("/home/ada/.local/share/headwater"));
  }

  @Test
  void of_xdgFolders_takesThoseThatAreAbsolute() {
    Folders folders =
        Folders.of(
            Map.of("XDG_STATE_HOME", "/var/state", "XDG_DATA_HOME", "data"),
            HOME,
            Optional.empty());
    assertThat(folders.state()).isEqualTo(Path.of("/var/state/headwater"));
    assertThat(folders.data()).isEqualTo(Path.of("/home/ada/.local/share/headwater"));
  }
}
