package io.headwater.ops;

import org.jspecify.annotations.Nullable;

/**
 * A failure that the user can mend: one line that says what is wrong, and one that says what to do.
 */
public final class UserError extends RuntimeException {
  private final String problem;
  private final String mend;

  /**
   * A failure without a cause worth logging.
   *
   * @param problem what is wrong, a clause without a full stop
   * @param mend what to do about it, a clause without a full stop
   */
  public UserError(String problem, String mend) {
    this(problem, mend, null);
  }

  /** The same, with what caused it, for the log. */
  public UserError(String problem, String mend, @Nullable Throwable cause) {
    super(problem + ": " + mend, cause);
    this.problem = problem;
    this.mend = mend;
  }

  public String problem() {
    return problem;
  }

  public String mend() {
    return mend;
  }
}
