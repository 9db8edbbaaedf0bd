package io.headwater.ops;

import io.headwater.ops.command.HeadwaterCommand;

/** The headwater command's main class. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    System.exit(HeadwaterCommand.line().execute(args));
  }
}
