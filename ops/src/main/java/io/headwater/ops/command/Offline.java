package io.headwater.ops.command;

/** A command that reads at most a file and answers: it keeps no log. */
interface Offline {}
