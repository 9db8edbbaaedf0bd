package io.headwater.ops.process;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Where Headwater keeps its files, by the XDG base directory rules.
 *
 * @param config what the user decided: keys, and whom to trust
 * @param state log files, and what a command needs again after a restart
 * @param data what a user would miss: the broker's topics
 * @param checkout the source tree that the launcher runs from, where there is one
 */
public record Folders(Path config, Path state, Path data, Optional<Path> checkout) {
  /** The folders of this process's user. */
  public static Folders ofUser() {
    return of(
        System.getenv(),
        Path.of(System.getProperty("user.home")),
        Optional.ofNullable(System.getProperty("headwater.home")).map(Path::of));
  }

  /** Where keys and trust are kept, unless --keys names another folder. */
  public Path keys() {
    return config.resolve("keys");
  }

  /** The log file of a command. */
  public Path log(String command) {
    return state.resolve(command + ".log");
  }

  static Folders of(Map<String, String> environment, Path home, Optional<Path> checkout) {
    Path config = xdg(environment, "XDG_CONFIG_HOME", home.resolve(".config"));
    Path state = xdg(environment, "XDG_STATE_HOME", home.resolve(".local/state"));
    Path data = xdg(environment, "XDG_DATA_HOME", home.resolve(".local/share"));
    return new Folders(config, state, data, checkout);
  }

  /** A relative path is ignored, as the rules say. */
  private static Path xdg(Map<String, String> environment, String name, Path otherwise) {
    Path named = Path.of(environment.getOrDefault(name, ""));
    return (named.isAbsolute() ? named : otherwise).resolve("headwater");
  }
}
